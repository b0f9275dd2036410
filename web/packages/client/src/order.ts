// One order as its panel shows it: the order, its whole history, and both kept current by its stream.
// Events say what happened, not how the order looks now, so each batch of them asks for it once.
import { answerOf, type Api, type Refusal } from "./api";
import { backoffMs, pause } from "./backoff";
import type { Push, Stream, Subscribed } from "./stream";
import type { Order, OrderEvent } from "./types";

export interface OrderSnapshot {
  order: Order | undefined;
  /** Oldest first, each once. */
  events: readonly OrderEvent[];
  isStale: boolean;
  /** It can't be shown, or not any more. */
  refused: { code: string; detail?: string } | undefined;
}

export class OrderFollower {
  private now: OrderSnapshot = { order: undefined, events: [], isStale: true, refused: undefined };
  private readonly byId = new Map<string, OrderEvent>();
  private readonly listeners = new Set<() => void>();
  private readonly ended = new AbortController();
  private readonly unfollow: () => void;
  private at: string | undefined;
  private isReading = false;
  private isReadAgain = false;

  constructor(private readonly api: Api, stream: Stream, readonly id: string) {
    this.unfollow = stream.follow(`order:${id}`, {
      since: () => this.at,
      opened: (reply) => this.opened(reply),
      pushed: (push) => this.pushed(push),
      stale: (isStale) => this.become({ isStale }),
      refused: (refused) => this.become({ refused }),
    });
  }

  snapshot = (): OrderSnapshot => this.now;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  stop(): void {
    this.ended.abort();
    this.unfollow();
    this.listeners.clear();
  }
  /** The same as last asked, with texts in another language. */
  refresh(): void { void this.readOrder(); }

  private become(change: Partial<OrderSnapshot>): void {
    this.now = { ...this.now, ...change };
    for (const listener of [...this.listeners]) listener();
  }

  private opened(reply: Subscribed): void {
    this.at = reply.at;
    if (reply.snapshot) {
      this.takeOrder(reply.snapshot as Order);
      void this.readHistory();
    } else {
      void this.readOrder();
    }
  }

  private pushed(push: Push): void {
    this.at = push.at;
    const event = push.event as OrderEvent;
    this.take([event]);
    if ((this.now.order?.version ?? 0) < event.version) void this.readOrder();
  }

  private take(events: readonly OrderEvent[]): void {
    const before = this.byId.size;
    for (const event of events) this.byId.set(event.id, event);
    if (this.byId.size === before) return;
    const all = [...this.byId.values()].sort((a, b) => a.version - b.version);
    this.become({ events: all });
  }

  private takeOrder(order: Order): void {
    if ((this.now.order?.version ?? 0) <= order.version) this.become({ order });
  }

  private async readOrder(): Promise<void> {
    if (this.isReading) return void (this.isReadAgain = true);
    this.isReading = true;
    do {
      this.isReadAgain = false;
      const order = await this.insist(() =>
        answerOf(this.api.client.GET("/v1/orders/{id}", { params: { path: { id: this.id } } })));
      if (order) this.takeOrder(order as Order);
    } while (this.isReadAgain && !this.ended.signal.aborted);
    this.isReading = false;
  }

  private async readHistory(): Promise<void> {
    for (let cursor: string | undefined; ; ) {
      const query = cursor ? { limit: 100, cursor } : { limit: 100 };
      const page = await this.insist(() =>
        answerOf(this.api.client.GET("/v1/orders/{id}/timeline",
          { params: { path: { id: this.id }, query } })));
      if (!page) return;
      this.take(page.data as OrderEvent[]);
      if (!page.next_cursor) return;
      cursor = page.next_cursor;
    }
  }

  /** Until there is an answer, a refusal that will not change, or nobody who looks. */
  private async insist<T>(ask: () => Promise<{ ok: T } | { no: Refusal }>): Promise<T | undefined> {
    for (let tries = 0; !this.ended.signal.aborted; ++tries) {
      const answer = await ask();
      if (this.ended.signal.aborted) return undefined;
      if ("ok" in answer) return answer.ok;
      const { status, code, detail, retryAfterMs = 0 } = answer.no;
      if (status !== 0 && status !== 429 && status < 500) {
        this.become({ refused: { code, detail } });
        return undefined;
      }
      await pause(Math.max(retryAfterMs, backoffMs(tries)), this.ended.signal);
    }
    return undefined;
  }
}
