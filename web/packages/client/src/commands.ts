// What people order, and the server's verdict. A command whose answer got lost is sent again with its
// key, so that it is done once however often it is sent; nothing is called done that isn't.
import { answerOf, type Answer, type Api, type Refusal } from "./api";
import { backoffMs, pause } from "./backoff";
import type { Board } from "./board";
import type { BodyOf, OrderBody, OrderRow, OrderVerb, Outcome } from "./types";

export type Verdict =
  | { is: "done"; outcome: Outcome; replayed: boolean }
  /** Somebody changed the order after the version that was looked at; nothing was done. */
  | { is: "conflict"; why: Refusal }
  | { is: "refused"; why: Refusal }
  /** Nobody answered for `patienceMs`: it may have been done. Ask again with the same key. */
  | { is: "unknown"; why: Refusal; key: string };

export interface CommandOptions {
  /** The version that was looked at; absent: whatever it is by now. */
  version?: number | undefined;
  key?: string;
  patienceMs?: number;
  random?: () => number;
}

/** Sends what `send` makes of a key until there is a verdict. */
async function insist(send: (key: string) => Promise<Answer<Outcome>>, options: CommandOptions): Promise<Verdict> {
  const key = options.key ?? crypto.randomUUID();
  const until = Date.now() + (options.patienceMs ?? 20_000);
  for (let tries = 0; ; ++tries) {
    const answer = await send(key);
    if ("ok" in answer)
      return { is: "done", outcome: answer.ok,
        replayed: answer.headers.get("Idempotent-Replayed") === "true" };
    const why = answer.no;
    if (why.status === 412) return { is: "conflict", why };
    if (why.status !== 0 && why.status !== 429 && why.status < 500) return { is: "refused", why };
    const wait = Math.max(why.retryAfterMs ?? 0, backoffMs(tries, options.random));
    if (Date.now() + wait > until)
      return why.status === 429 ? { is: "refused", why } : { is: "unknown", why, key };
    await pause(wait);
  }
}

export function command<V extends OrderVerb>(
  api: Api, id: string, verb: V, body: OrderBody<V>, options: CommandOptions = {},
): Promise<Verdict> {
  const match = options.version === undefined ? {} : { "If-Match": `"${options.version}"` };
  // Each verb has the same parameters and the same answer: one of them stands for all.
  return insist((key) => answerOf(api.client.POST(`/v1/orders/{id}/${verb}` as "/v1/orders/{id}/assign", {
    params: { path: { id }, header: { "Idempotency-Key": key, ...match } },
    body: body as OrderBody<"assign">,
  })), options);
}

/** A new order; its id is the outcome's. */
export function createOrder(api: Api, body: BodyOf<"/v1/orders">, options: CommandOptions = {}): Promise<Verdict> {
  return insist((key) => answerOf(api.client.POST("/v1/orders",
    { params: { header: { "Idempotency-Key": key } }, body })), options);
}

/** The same, shown on the board at once as `predict` says, and taken back unless it is done. */
export async function commandOnBoard<V extends OrderVerb>(
  api: Api, board: Board, id: string, verb: V, body: OrderBody<V>,
  options: CommandOptions & { predict?: (row: OrderRow) => OrderRow } = {},
): Promise<Verdict> {
  const prediction = options.predict && board.predict(id, options.predict);
  const verdict = await command(api, id, verb, body, options);
  if (verdict.is === "done") prediction?.confirm(verdict.outcome.version);
  else prediction?.cancel();
  return verdict;
}
