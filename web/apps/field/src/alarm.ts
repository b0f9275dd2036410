// Work that comes is heard: two tones, a vibration, and a notification where nobody looks.
import { t } from "@lingui/core/macro";

let audio: AudioContext | undefined;
/** Browsers let a page sound only after somebody has touched it. */
export function mayRing(): void {
  audio ??= new AudioContext();
  void audio.resume();
}
addEventListener("pointerdown", mayRing, { once: true });

const rung = new Set<string>();
/** Once for each delivery, however often it is pushed. */
export function ring(delivery: string, title: string): void {
  if (rung.has(delivery)) return;
  rung.add(delivery);
  navigator.vibrate?.([200, 100, 200]);
  if (audio?.state === "running")
    for (const [at, tone] of [[0, 660], [0.22, 880]] as const) {
      const sound = audio.createOscillator(), loud = audio.createGain(), from = audio.currentTime + at;
      sound.frequency.value = tone;
      loud.gain.setValueAtTime(0.25, from);
      loud.gain.exponentialRampToValueAtTime(0.001, from + 0.2);
      sound.connect(loud).connect(audio.destination);
      sound.start(from);
      sound.stop(from + 0.2);
    }
  if (document.visibilityState === "hidden" && "Notification" in window && Notification.permission === "granted")
    void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(t`Visita nueva`, { body: title, tag: delivery, icon: "/favicon.svg" }));
}
