// What an application shares in all its parts: one API, one session, one stream.
import { Sessions, Stream, createApi, type StreamOptions } from "@microflow/client";
import { languageNow } from "@microflow/i18n";
import { Toasts } from "@microflow/ui";

export const api = createApi({ language: languageNow });
export const sessions = new Sessions(api, localStorage);
export const toasts = new Toasts();

/** A stream of this page's node, which looks again as soon as the network or somebody is back. */
export function streamOfPage(options: Omit<StreamOptions, "open"> = {}): Stream {
  const made = new Stream({
    open: () => {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      return new WebSocket(`${scheme}//${location.host}/v1/stream`, "microflow.v1");
    },
    ...options,
  });
  addEventListener("online", () => made.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") made.wake();
  });
  return made;
}

export const stream = streamOfPage({
  isSignedIn: async () => {
    const who = await sessions.whoAmI();
    return who.is === "unknown" ? undefined : who.is === "in";
  },
});

/** The server's clock, as far as the stream has told us: due times are the server's. */
export function serverNow(): number {
  const { state } = stream;
  if (state.is === "open") offsetMs = state.clockOffsetMs;
  return Date.now() + offsetMs;
}
let offsetMs = 0;
/** How far the server's clock is ahead of this device's; 0 until it has been heard. */
export const clockOffset = () => (serverNow(), offsetMs);
