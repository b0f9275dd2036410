// What the whole application shares: one API, one session, one stream, one board.
import { Board, Sessions, Stream, createApi } from "@microflow/client";
import { languageNow } from "@microflow/i18n";
import { Toasts } from "@microflow/ui";

export const api = createApi({ language: languageNow });
export const sessions = new Sessions(api, localStorage);
export const toasts = new Toasts();

export const stream = new Stream({
  open: () => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(`${scheme}//${location.host}/v1/stream`, "microflow.v1");
  },
  isSignedIn: async () => {
    const who = await sessions.whoAmI();
    return who.is === "unknown" ? undefined : who.is === "in";
  },
});

/** At once after a quiet time, and in a storm about eight times a second: so often eyes can follow, and
 *  the frames between belong to whoever scrolls. */
const stormMs = 120;
let toldAt = 0;
function later(tell: () => void): void {
  const wait = Math.max(0, toldAt + stormMs - performance.now());
  setTimeout(() => {
    toldAt = performance.now();
    tell();
  }, wait);
}
export const board = new Board(stream, later);

addEventListener("online", () => stream.wake());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") stream.wake();
});

/** The server's clock, as far as the stream has told us: due times are the server's. */
export function serverNow(): number {
  const { state } = stream;
  if (state.is === "open") offsetMs = state.clockOffsetMs;
  return Date.now() + offsetMs;
}
let offsetMs = 0;
