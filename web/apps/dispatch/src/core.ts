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

/** Once a frame while somebody looks, and not much less where nobody does. */
function onceAFrame(tell: () => void): void {
  let isTold = false;
  const once = () => {
    if (isTold) return;
    isTold = true;
    tell();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}
export const board = new Board(stream, onceAFrame);

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
