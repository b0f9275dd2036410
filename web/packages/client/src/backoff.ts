/** How long to wait before try number `tries` (0 is the first): it doubles up to `maxMs`, and half of
 *  it is chance, so that those who were cut off together don't come back together. */
export function backoffMs(tries: number, random: () => number = Math.random,
                          { firstMs = 400, maxMs = 15_000 } = {}): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(tries, 16));
  return full / 2 + (full / 2) * random();
}

/** Resolves after `ms`, or at once when `signal` is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal?.aborted) return done();
    const timer = setTimeout(end, ms);
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      done();
    }
    signal?.addEventListener("abort", end);
  });
}
