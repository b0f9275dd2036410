// A technician's visits as this phone knows them: read when something changes, kept on the phone, and shown
// from there until the server is in reach.
import { OrderFollower, answerOf, backoffMs, type AgendaLine, type Api, type FormerOrderRow, type Keeper, type Order, type OrderEvent,
  type ReasonCode, type Stream, type Technician } from "@microflow/client";

export interface Known { order: Order; events: readonly OrderEvent[] }
export interface DaySnapshot {
  lines: readonly AgendaLine[];
  /** Whole orders, by id. */
  orders: ReadonlyMap<string, Known>;
  technician: Technician | undefined;
  reasons: readonly ReasonCode[];
  /** Ended visits, newest first. */
  done: readonly FormerOrderRow[];
  /** When the server was last heard; none: never. */
  readAt: number | undefined;
  isStale: boolean;
}
interface Kept { lines: AgendaLine[]; technician?: Technician | undefined; done: FormerOrderRow[]; reasons: ReasonCode[]; readAt: number }
const dayShelf = "day", orderShelf = "orders";

export class Day {
  private now: DaySnapshot = { lines: [], orders: new Map(), technician: undefined, reasons: [], done: [], readAt: undefined, isStale: true };
  private readonly listeners = new Set<() => void>();
  private readonly followers = new Map<string, OrderFollower>();
  private readonly unfollow: () => void;
  private isReading = false;
  private isReadAgain = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;

  constructor(private readonly api: Api, private readonly stream: Stream, private readonly keeper: Keeper, readonly technician: string) {
    const read = () => void this.read();
    this.unfollow = stream.follow(`technician:${technician}`, {
      opened: read,
      pushed: read,
      stale: (isStale) => this.become({ isStale }),
      refused: () => this.become({ isStale: true }),
    });
  }

  snapshot = (): DaySnapshot => this.now;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.unfollow();
    for (const follower of this.followers.values()) follower.stop();
    this.listeners.clear();
  }

  /** What the phone has kept. */
  async load(): Promise<void> {
    const [kept, orders] = await Promise.all([this.keeper.get<Kept>(dayShelf, this.technician), this.keeper.all<Known>(orderShelf)]);
    this.become({ orders: new Map(orders.map((known) => [known.order.id, known])),
      ...(kept ? { lines: kept.lines, technician: kept.technician, done: kept.done, reasons: kept.reasons, readAt: kept.readAt } : {}) });
    this.followLines();
  }

  /** Work that was pushed: on the disk before the server hears that it has arrived. */
  async take(order: Order): Promise<void> {
    await this.keep(order, this.now.orders.get(order.id)?.events ?? []);
    void this.read();
  }

  async read(): Promise<void> {
    if (this.isReading) return void (this.isReadAgain = true);
    this.isReading = true;
    clearTimeout(this.timer);
    do {
      this.isReadAgain = false;
      await this.readOnce();
    } while (this.isReadAgain && !this.isOver);
    this.isReading = false;
  }

  /** One order, whether it is still on the agenda or not, kept current while somebody looks. */
  look(id: string): () => void {
    const isMine = this.followers.has(id);
    if (!isMine) this.follow(id);
    return () => {
      if (!isMine && !this.now.lines.some(({ order }) => order === id)) this.unfollowOne(id);
    };
  }

  private async readOnce(): Promise<void> {
    const { client } = this.api, path = { id: this.technician };
    const [agenda, technician, done, reasons] = await Promise.all([
      answerOf(client.GET("/v1/technicians/{id}/agenda", { params: { path } })),
      answerOf(client.GET("/v1/technicians/{id}", { params: { path } })),
      answerOf(client.GET("/v1/orders", { params: { query: { status: ["COMPLETED", "APPROVAL_REQUIRED", "CLOSED", "FAILED"], limit: 20 } } })),
      this.now.reasons.length ? undefined : answerOf(client.GET("/v1/reason-codes", { params: { query: { limit: 100 } } })),
    ]);
    if (this.isOver) return;
    if ("no" in agenda) {
      const { status, retryAfterMs = 0 } = agenda.no;
      if (status === 0 || status === 429 || status >= 500)
        this.timer = setTimeout(() => void this.read(), Math.max(retryAfterMs, backoffMs(this.tries++)));
      return;
    }
    this.tries = 0;
    const kept: Kept = {
      lines: agenda.ok.data, technician: "ok" in technician ? (technician.ok as Technician) : this.now.technician,
      done: "ok" in done ? ([...done.ok.data] as FormerOrderRow[]) : [...this.now.done],
      reasons: reasons && "ok" in reasons ? reasons.ok.data : [...this.now.reasons], readAt: Date.now(),
    };
    this.become({ ...kept });
    this.followLines();
    await this.keeper.put(dayShelf, this.technician, kept).catch(() => {});
    for (const [id] of this.now.orders) if (!kept.lines.some(({ order }) => order === id)) await this.keeper.remove(orderShelf, id).catch(() => {});
  }

  private followLines(): void {
    const wanted = new Set(this.now.lines.filter(({ row }) => row).map(({ order }) => order));
    for (const id of [...this.followers.keys()]) if (!wanted.has(id)) this.unfollowOne(id);
    for (const id of wanted) if (!this.followers.has(id)) this.follow(id);
  }
  private follow(id: string): void {
    const follower = new OrderFollower(this.api, this.stream, id);
    this.followers.set(id, follower);
    follower.subscribe(() => {
      const { order, events } = follower.snapshot(), known = this.now.orders.get(id);
      if (!order || (known?.order.version === order.version && known.events.length >= events.length)) return;
      // A change of state moves lines about.
      if (known && known.order.status !== order.status) void this.read();
      void this.keep(order, events.length ? events : (known?.events ?? [])).catch(() => {});
    });
  }
  private unfollowOne(id: string): void {
    this.followers.get(id)?.stop();
    this.followers.delete(id);
  }
  private async keep(order: Order, events: readonly OrderEvent[]): Promise<void> {
    this.become({ orders: new Map(this.now.orders).set(order.id, { order, events }) });
    await this.keeper.put(orderShelf, order.id, { order, events });
  }
  private become(change: Partial<DaySnapshot>): void {
    this.now = { ...this.now, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}
