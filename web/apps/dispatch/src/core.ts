// What the whole desk shares besides what every application has: one board.
import { stream } from "@microflow/app";
import { Board } from "@microflow/client";

export { api, serverNow, stream, toasts } from "@microflow/app";

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
