// What a technician ordered while perhaps nobody could hear it. Each command is on the disk before it
// counts as given, stays there until the server has decided about it, and goes out in the order in which
// it was given (POST /v1/sync), each with its key, so that it is done once however often it is sent.
// What was refused stays, too, until somebody mends or drops it.
import { answerOf, type Api, type Refusal } from "./api";
import { backoffMs } from "./backoff";
import type { Keeper } from "./keeper";
import type { AnswerOf } from "./types";

export interface Queued {
  key: string;
  /** Their order: grows. */
  seq: number;
  account: string;
  /** "orders.start" */
  method: string;
  /** With the `id` of what it is about. */
  params: { id: string } & Record<string, unknown>;
  /** By the device's clock, as `sent_at` is. */
  occurred_at: string;
  /** What people call what it is about. */
  title: string;
  /** The server's verdict, where it was no. */
  refused?: Refusal;
}
/** A command that was done. */
export interface Sent {
  key: string;
  method: string;
  id: string;
  title: string;
  occurred_at: string;
  status: string;
  version: number;
}
export interface OutboxSnapshot {
  /** In order: those that wait and those that were refused. */
  queued: readonly Queued[];
  /** The latest, newest first. */
  sent: readonly Sent[];
  /** Why nothing goes out: nobody answers, or nobody is signed in. */
  trouble: Refusal | undefined;
  isSending: boolean;
  /** Of other people who used this device, and have not sent it. */
  ofOthers: number;
}
export interface OutboxOptions {
  now?: () => number;
  random?: () => number;
  /** So that of two tabs one sends at a time. */
  exclusively?: (work: () => Promise<void>) => Promise<void>;
  later?: (work: () => void, ms: number) => unknown;
}

const shelf = "outbox", atOnce = 20, bytesAtOnce = 40_000, remembered = 30;
type Result = AnswerOf<"/v1/sync", "post">["results"][number];

export class Outbox {
  private queued: Queued[] = [];
  private sent: Sent[] = [];
  private ofOthers = 0;
  private trouble: Refusal | undefined;
  private isSending = false;
  private isAgain = false;
  private tries = 0;
  private timer: unknown;
  private shown: OutboxSnapshot | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly api: Api, private readonly keeper: Keeper, private readonly account: string,
              private readonly options: OutboxOptions = {}) {}

  snapshot = (): OutboxSnapshot => this.shown ??= { queued: this.queued, sent: this.sent, trouble: this.trouble,
    isSending: this.isSending, ofOthers: this.ofOthers };
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What the device has kept; another tab may have added to it. */
  async load(): Promise<void> {
    const all = await this.keeper.all<Queued>(shelf);
    this.queued = all.filter((one) => one.account === this.account).sort((a, b) => a.seq - b.seq);
    this.ofOthers = all.length - this.queued.length;
    this.changed();
  }

  /** Resolves when it is kept, and sends it then; fails when the device has no room for it. `at`: when it
   *  happened, by the device's clock, if that isn't now. */
  async add(method: string, params: Queued["params"], title: string, at?: number): Promise<void> {
    const now = this.options.now?.() ?? Date.now();
    await this.keep({ key: crypto.randomUUID(), seq: Math.max(now, (this.queued.at(-1)?.seq ?? 0) + 1), account: this.account,
      method, params, occurred_at: new Date(at ?? now).toISOString(), title });
    void this.flush();
  }
  /** Once more, with what was wrong put right; it happened when it happened. */
  async mend(key: string, params: Queued["params"]): Promise<void> {
    const known = this.queued.find((one) => one.key === key);
    if (!known) return;
    const { refused: _, ...rest } = known;
    // Another body wants another key; what was refused under this one has changed nothing.
    const isSame = JSON.stringify(params) === JSON.stringify(known.params);
    const mended = { ...rest, params, key: isSame ? key : crypto.randomUUID() };
    await this.keep(mended);
    if (!isSame) await this.forget(key);
    void this.flush();
  }
  async drop(key: string): Promise<void> {
    await this.forget(key);
  }

  /** Sends what waits, until nothing does or nobody answers; then again by itself. */
  async flush(): Promise<void> {
    if (this.isSending) return void (this.isAgain = true);
    this.isSending = true;
    clearTimeout(this.timer as ReturnType<typeof setTimeout>);
    this.changed();
    let again: number | undefined;
    const work = async () => {
      await this.load();
      do {
        this.isAgain = false;
        again = await this.sendSome();
      } while (again === 0 || (this.isAgain && again === undefined));
    };
    try {
      await (this.options.exclusively ?? ((run) => run()))(work);
    } catch {
      again = backoffMs(this.tries++, this.options.random);
    } finally {
      this.isSending = false;
      this.changed();
    }
    if (again !== undefined) this.timer = (this.options.later ?? setTimeout)(() => void this.flush(), again);
  }
  stop(): void {
    clearTimeout(this.timer as ReturnType<typeof setTimeout>);
    this.listeners.clear();
  }

  /** When to go on: 0 at once, undefined when there is nothing to send or no use in it. */
  private async sendSome(): Promise<number | undefined> {
    const batch: Queued[] = [];
    let bytes = 0;
    for (const one of this.queued) {
      if (one.refused) continue;
      bytes += JSON.stringify(one.params).length + 200;
      if (batch.length === atOnce || (batch.length > 0 && bytes > bytesAtOnce)) break;
      batch.push(one);
    }
    if (batch.length === 0) {
      this.trouble = undefined;
      return undefined;
    }
    const answer = await answerOf(this.api.client.POST("/v1/sync", { body: {
      sent_at: new Date(this.options.now?.() ?? Date.now()).toISOString(),
      commands: batch.map(({ method, params, key, occurred_at }) => ({ method, params, key, occurred_at })),
    } as never }));
    if ("no" in answer) {
      this.trouble = answer.no;
      const { status, retryAfterMs = 0 } = answer.no;
      this.changed();
      if (status === 0 || status === 429 || status >= 500) return Math.max(retryAfterMs, backoffMs(this.tries++, this.options.random, { maxMs: 30_000 }));
      return undefined; // signed out, or no technician any more: whoever is here must act
    }
    this.trouble = undefined;
    let wait: number | undefined = 0;
    for (const [at, one] of batch.entries()) {
      const result = (answer.ok as { results: Result[] }).results[at];
      if (!result) break;
      if (result.err?.retry) wait = Math.max(result.err.retry_after_ms ?? 0, wait || backoffMs(this.tries, this.options.random));
      else await this.decided(one, result);
    }
    if (wait === 0) this.tries = 0;
    else this.tries += 1;
    return wait;
  }

  private async decided(one: Queued, { ok, err }: Result): Promise<void> {
    if (ok) {
      this.sent = [{ key: one.key, method: one.method, id: one.params.id, title: one.title, occurred_at: one.occurred_at,
        status: ok.status, version: ok.version }, ...this.sent].slice(0, remembered);
      await this.forget(one.key);
    } else if (err) {
      await this.keep({ ...one, refused: { status: err.status, code: err.code, detail: err.detail ?? err.title,
        errors: (err.errors ?? []).map((e) => ({ field: e.field, detail: e.detail })) } });
    }
  }

  private async keep(one: Queued): Promise<void> {
    await this.keeper.put(shelf, one.key, one);
    this.queued = [...this.queued.filter(({ key }) => key !== one.key), one].sort((a, b) => a.seq - b.seq);
    this.changed();
  }
  private async forget(key: string): Promise<void> {
    await this.keeper.remove(shelf, key);
    this.queued = this.queued.filter((one) => one.key !== key);
    this.changed();
  }
  private changed(): void {
    this.shown = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}
