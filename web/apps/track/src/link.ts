// One order followed by its link, without a login: read again whenever its stream says that something
// happened, and where the technician is while somebody travels.
import { Stream, answerOf, backoffMs, createApi, pause, type LinkedOrder, type Position } from "@microflow/client";

export type LinkState =
  | { is: "loading" | "incomplete" | "ended" }
  /** Nobody answers; `order` is what was known last. */
  | { is: "trouble"; order: LinkedOrder | undefined }
  | { is: "good"; order: LinkedOrder; position: Position | undefined };

export class Link {
  private now: LinkState = { is: "loading" };
  private readonly listeners = new Set<() => void>();
  private readonly stream: Stream;
  private readonly api;
  private order: LinkedOrder | undefined;
  private position: Position | undefined;
  private isReading = false;
  private isReadAgain = false;
  private isFollowing = false;
  private followed: { technician: string; stop: () => void } | undefined;

  constructor(private readonly token: string, language: () => string) {
    this.api = createApi({ language });
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.stream = new Stream({ open: () => new WebSocket(`${scheme}//${location.host}/v1/stream`, "microflow.v1"),
      hello: () => ({ tracking: token }) });
    if (!token) {
      this.now = { is: "incomplete" };
      return;
    }
    this.stream.onState(({ is }) => {
      if (is === "waiting" && this.now.is === "good") this.become({ is: "trouble", order: this.order });
      // Only the service itself can say that a link has ended.
      if (is === "ended") void this.read();
    });
    addEventListener("online", () => this.stream.wake());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.stream.wake(); });
    void this.read();
  }
  snapshot = (): LinkState => this.now;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private become(state: LinkState): void {
    this.now = state;
    for (const listener of [...this.listeners]) listener();
  }

  /** One reading at a time, and one more if something happened meanwhile; until there is an answer. */
  private async read(): Promise<void> {
    if (this.isReading) return void (this.isReadAgain = true);
    this.isReading = true;
    for (let tries = 0; ; ) {
      this.isReadAgain = false;
      const answer = await answerOf(this.api.client.GET("/v1/track", { headers: { Authorization: `Tracking ${this.token}` } }));
      if ("ok" in answer) {
        this.order = answer.ok as LinkedOrder;
        this.show();
        if (!this.isReadAgain) break;
      } else if (answer.no.status === 401) {
        this.stream.stop();
        this.become({ is: "ended" });
        break;
      } else {
        this.become({ is: "trouble", order: this.order });
        await pause(Math.max(answer.no.retryAfterMs ?? 0, backoffMs(tries++)));
      }
    }
    this.isReading = false;
  }

  private show(): void {
    const order = this.order!;
    if (!this.isFollowing) {
      this.isFollowing = true;
      const read = () => void this.read();
      this.stream.follow(`order:${order.id}`, { opened: read, pushed: read, refused: read });
      this.stream.start();
    }
    const technician = order.status === "EN_ROUTE" ? order.technician : undefined;
    if (this.followed?.technician !== technician) {
      this.followed?.stop();
      this.position = undefined;
      const seen = (position: unknown) => {
        this.position = position as Position;
        if (this.now.is === "good") this.become({ ...this.now, position: this.position });
      };
      this.followed = technician === undefined ? undefined : { technician, stop: this.stream.follow(`position:${technician}`, {
        opened: ({ snapshot }) => { if (snapshot) seen(snapshot); },
        pushed: ({ event }) => { if (event) seen(event); },
        refused: () => { this.followed = undefined; },
      }) };
    }
    this.become({ is: "good", order, position: this.position });
  }
}
