// Where this phone is, told while its owner wants it, as often as the server asks and no more. What has not
// been acknowledged is told again after a break in the connection.
import type { Stream } from "@microflow/client";

export type Point = [seq: number, at: number, lat: number, lon: number, accuracy: number | null, speed: number | null, heading: number | null];
export type Trouble = "denied" | "unavailable";
export interface PositionsSnapshot {
  isOn: boolean;
  last: Point | undefined;
  everyMs: number;
  trouble: Trouble | undefined;
}
const pointsAtOnce = 30, pointsKept = 600;

export class Positions {
  private now: PositionsSnapshot = { isOn: false, last: undefined, everyMs: 5_000, trouble: undefined };
  private readonly listeners = new Set<() => void>();
  private watch: number | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private unacked: Point[] = [];
  private newest: Point | undefined;
  private seq = 0;
  private readonly stops: (() => void)[];

  constructor(private readonly stream: Stream, private readonly place: Geolocation | undefined = navigator.geolocation) {
    this.stops = [
      stream.on("pos_ack", (seq) => { this.unacked = this.unacked.filter(([of]) => of > seq); }),
      stream.on("cfg", ({ pos_min_ms: every }) => {
        if (!every || every === this.now.everyMs) return;
        this.become({ everyMs: every });
        if (this.now.isOn) this.pace();
      }),
    ];
  }
  snapshot = (): PositionsSnapshot => this.now;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  turn(isOn: boolean): void {
    if (isOn === this.now.isOn) return;
    this.become({ isOn, trouble: undefined, last: undefined });
    if (!isOn) return this.rest();
    if (!this.place) return this.become({ isOn: false, trouble: "unavailable" });
    this.watch = this.place.watchPosition(({ coords, timestamp }) => {
      this.seq = Math.max(this.seq + 1, Date.now());
      this.newest = [this.seq, timestamp, coords.latitude, coords.longitude, coords.accuracy, coords.speed, coords.heading];
      this.become({ trouble: undefined });
      if (!this.now.last) this.tell();
    }, (error) => {
      this.become({ trouble: error.code === error.PERMISSION_DENIED ? "denied" : "unavailable" });
    }, { enableHighAccuracy: true, maximumAge: 5_000 });
    this.pace();
  }
  /** Where it is, if that has been known for less than this long. */
  fresh(withinMs: number): { lat: number; lon: number } | undefined {
    const point = this.newest;
    return this.now.isOn && point && Date.now() - point[1] < withinMs ? { lat: point[2], lon: point[3] } : undefined;
  }
  stop(): void {
    this.rest();
    for (const stop of this.stops) stop();
    this.listeners.clear();
  }

  private rest(): void {
    if (this.watch !== undefined) this.place?.clearWatch(this.watch);
    this.watch = undefined;
    clearInterval(this.timer);
    this.unacked = [];
    this.newest = undefined;
  }
  private pace(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tell(), this.now.everyMs);
  }
  private tell(): void {
    if (this.newest && this.newest !== this.unacked.at(-1) && this.newest !== this.now.last) {
      this.unacked = [...this.unacked, this.newest].slice(-pointsKept);
      this.become({ last: this.newest });
    }
    if (this.unacked.length > 0) this.stream.tell("pos", this.unacked.slice(0, pointsAtOnce));
  }
  private become(change: Partial<PositionsSnapshot>): void {
    this.now = { ...this.now, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}
