// No node: what is asked, cancelled and told, by a clock that is turned by hand.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Latest, type LatestAnswer } from "../src";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function desk() {
  const asked: { wanted: string; signal: AbortSignal; answer: (status: number, body: unknown, headers?: Record<string, string>) => void }[] = [];
  const told: LatestAnswer<string>[] = [];
  const latest = new Latest<string, string>((wanted, signal) => new Promise((done, fail) => {
    signal.addEventListener("abort", () => fail(signal.reason));
    asked.push({ wanted, signal, answer: (status, body, headers) => {
      const response = new Response(null, { status, ...(headers ? { headers } : {}) });
      done(response.ok ? { data: body as string, response } : { error: body, response });
    } });
  }), (answer) => told.push(answer), 80);
  return { latest, asked, told };
}

describe("what is wanted last", () => {
  it("is asked once it stays so, and the passing ones are never asked", async () => {
    const { latest, asked, told } = desk();
    for (const wanted of ["10:00", "10:15", "10:30"]) {
      latest.want(wanted);
      await vi.advanceTimersByTimeAsync(40);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(40);
    expect(asked.map(({ wanted }) => wanted)).toEqual(["10:30"]);
    asked[0]!.answer(200, "fits");
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toEqual({ isAsking: false, ok: "fits" });
  });
  it("cancels what is under way, whose answer is told to nobody", async () => {
    const { latest, asked, told } = desk();
    latest.want("10:00");
    await vi.advanceTimersByTimeAsync(80);
    latest.want("10:15");
    expect(asked[0]!.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(80);
    asked[0]!.answer(200, "old");
    asked[1]!.answer(200, "new");
    await vi.advanceTimersByTimeAsync(0);
    expect(told.filter(({ ok }) => ok)).toEqual([{ isAsking: false, ok: "new" }]);
  });
  it("is nothing: then nothing is asked, and nothing known", async () => {
    const { latest, asked, told } = desk();
    latest.want("10:00");
    latest.want(undefined);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([]);
    expect(told.at(-1)).toEqual({ isAsking: false });
  });
  it("waits as long as the server says that can't answer yet; and a refusal is the answer", async () => {
    const { latest, asked, told } = desk();
    latest.want("10:00");
    await vi.advanceTimersByTimeAsync(80);
    asked[0]!.answer(503, { code: "not_ready" }, { "Retry-After": "2" });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(asked).toHaveLength(1);
    expect(told.at(-1)).toEqual({ isAsking: true });
    await vi.advanceTimersByTimeAsync(200);
    asked[1]!.answer(404, { code: "not_found", detail: "there is no such order" });
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toMatchObject({ isAsking: false, no: { status: 404, code: "not_found" } });
  });
});
