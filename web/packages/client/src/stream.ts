// One WebSocket for everything that is live. It comes back by itself, with jitter, subscribes again
// to what is followed, and never keeps a connection that has stopped talking: a node that is frozen
// looks like one that is idle, but for the pings it owes.
import { backoffMs } from "./backoff";
import type { Order } from "./types";

export type StreamState =
  | { is: "idle" }
  | { is: "connecting"; tries: number }
  | { is: "open"; node: string; clockOffsetMs: number }
  | { is: "waiting"; tries: number; until: number }
  /** It will not come back by itself. */
  | { is: "ended"; why: "signed_out" | "forbidden" };

export interface StreamProblem {
  status: number;
  code: string;
  detail?: string;
  retry: boolean;
  retry_after_ms?: number;
}
export interface Push {
  at?: string;
  event?: unknown;
  rows?: unknown[];
  gone?: { id: string; version: number }[];
  more?: boolean;
}
export interface Subscribed extends Push {
  snapshot?: unknown;
  recovered?: boolean;
  left_out?: number;
}

/** Whoever follows a topic. A new `opened` may come at any time: after each reconnect. */
export interface Follower {
  /** Where to go on; none: from a snapshot. */
  since?(): string | undefined;
  opened(reply: Subscribed): void;
  pushed(push: Push): void;
  /** What is shown may be old from now on (true), or is live again. */
  stale?(isStale: boolean): void;
  /** The server will not give it, or not any more. */
  refused?(problem: { code: string; detail?: string }): void;
}

/** What the server says beside topics: work for a technician's phone, and how a phone should behave. */
export interface Told {
  asg: { n: string; order: Order; offer_expires_at: string | null };
  pos_ack: number;
  cfg: { pos_min_ms?: number; clock_offset_ms?: number };
}

export interface StreamOptions {
  open: () => WebSocket;
  /** What `connect` says: nothing, or the tracking token of somebody without a login. */
  hello?: () => Record<string, unknown>;
  /** Asked when connecting fails: a browser doesn't say why. */
  isSignedIn?: () => Promise<boolean | undefined>;
  random?: () => number;
  now?: () => number;
  /** Without anything from the server for this long, the connection counts as dead. */
  silenceMs?: number;
  replyMs?: number;
}

interface Topic {
  follower: Follower;
  state: "wanted" | "asked" | "live";
  tries: number;
  timer?: ReturnType<typeof setTimeout>;
}
interface Waiting {
  done: (ok: Record<string, unknown>) => void;
  fail: (problem: StreamProblem) => void;
  timer: ReturnType<typeof setTimeout>;
}

const subscriptionsAtOnce = 16;
const cutOff: StreamProblem = { status: 0, code: "disconnected", retry: true };

export class Stream {
  private socket: WebSocket | undefined;
  private current: StreamState = { is: "idle" };
  private readonly listeners = new Set<(state: StreamState) => void>();
  private readonly topics = new Map<string, Topic>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly hearers = new Map<keyof Told, Set<(told: never) => void>>();
  private nextId = 1;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private silenceMs: number;

  constructor(private readonly options: StreamOptions) {
    this.silenceMs = options.silenceMs ?? 60_000;
  }

  get state(): StreamState { return this.current; }
  onState(listener: (state: StreamState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    if (this.current.is === "idle" || this.current.is === "ended") this.connect();
  }
  /** What is followed stays so, for the next start(). */
  stop(): void {
    this.drop();
    this.tries = 0;
    this.become({ is: "idle" });
  }
  /** The network came back, or somebody looks again: no more waiting, and no trust in a connection that
   *  may have died while the machine slept. */
  wake(): void {
    // Nobody follows this: the refusal shows that somebody is there.
    if (this.current.is === "open") return void this.ask("unsub", { topic: "cluster" }).catch(() => {});
    if (this.current.is !== "waiting") return;
    this.tries = 0;
    this.connect();
  }

  /** Returns how to stop. One follower a topic. */
  follow(name: string, follower: Follower): () => void {
    if (this.topics.has(name)) throw new Error(`${name} is followed already`);
    const topic: Topic = { follower, state: "wanted", tries: 0 };
    this.topics.set(name, topic);
    this.subscribe();
    return () => {
      if (this.topics.get(name) !== topic) return;
      clearTimeout(topic.timer);
      this.topics.delete(name);
      if (topic.state !== "wanted" && this.current.is === "open")
        this.ask("unsub", { topic: name }).catch(() => {});
    };
  }

  /** Hears what the server tells of this kind. Returns how to stop. */
  on<K extends keyof Told>(kind: K, hear: (told: Told[K]) => void): () => void {
    const all = this.hearers.get(kind) ?? new Set();
    this.hearers.set(kind, all.add(hear));
    return () => all.delete(hear);
  }
  /** Sends a verb that has no reply; false: there is no connection. */
  tell(verb: "ack" | "pos", body: unknown): boolean {
    if (this.current.is !== "open" || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify({ [verb]: body }));
    return true;
  }

  /** Sends a verb and waits for its reply; fails with the problem the server answers. */
  ask(verb: string, body: unknown): Promise<Record<string, unknown>> {
    return new Promise((done, fail) => this.send(verb, body, done, fail));
  }

  /** The reply is heard before the next message of its frame is: a promise would come after it. */
  private send(verb: string, body: unknown, done: Waiting["done"], fail: Waiting["fail"]): void {
    const socket = this.socket;
    if (!socket || socket.readyState !== 1) return fail(cutOff);
    const id = this.nextId++;
    // A reply that doesn't come says more than a ping: nobody is there.
    const timer = setTimeout(() => this.lost(socket), this.options.replyMs ?? 10_000);
    this.waiting.set(id, { done, fail, timer });
    socket.send(JSON.stringify({ id, [verb]: body }));
  }

  private become(state: StreamState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener(state);
  }

  private connect(): void {
    this.drop();
    this.become({ is: "connecting", tries: this.tries });
    const socket = (this.socket = this.options.open());
    this.listen(20_000);
    socket.onopen = () => {
      this.send("connect", this.options.hello?.() ?? {}, (ok) => this.connected(ok), () => this.lost(socket));
    };
    socket.onmessage = (message: MessageEvent) => {
      if (socket !== this.socket) return;
      this.listen(this.silenceMs);
      for (const line of String(message.data).split("\n")) if (line) this.receive(JSON.parse(line));
    };
    socket.onclose = (event: CloseEvent) => {
      if (socket === this.socket) this.lost(socket, event.code);
    };
    socket.onerror = () => {};
  }

  private connected(ok: Record<string, unknown>): void {
    this.tries = 0;
    const ping = Number(ok.ping_ms);
    if (this.options.silenceMs === undefined && ping > 0) this.silenceMs = ping * 2 + 5_000;
    this.listen(this.silenceMs);
    const serverTime = Date.parse(String(ok.server_time)), now = this.options.now ?? Date.now;
    const clockOffsetMs = Number.isFinite(serverTime) ? serverTime - now() : 0;
    this.become({ is: "open", node: String(ok.node ?? ""), clockOffsetMs });
    this.subscribe();
  }

  private listen(ms: number): void {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.silence = setTimeout(() => socket && this.lost(socket), ms);
  }

  /** Forgets the socket; whatever it still says is not heard. */
  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.fail(cutOff);
    }
    this.waiting.clear();
    for (const topic of this.topics.values()) {
      clearTimeout(topic.timer);
      delete topic.timer;
      if (topic.state === "live") topic.follower.stale?.(true);
      topic.state = "wanted";
    }
  }

  private lost(socket: WebSocket, code = 0): void {
    if (socket !== this.socket) return;
    const wasOpen = this.current.is === "open";
    this.drop();
    if (code === 4401) return this.become({ is: "ended", why: "signed_out" });
    if (code === 4403) return this.become({ is: "ended", why: "forbidden" });
    this.again(wasOpen);
  }

  private again(wasOpen: boolean): void {
    const wait = backoffMs(this.tries, this.options.random);
    this.tries += 1;
    const now = this.options.now ?? Date.now;
    this.become({ is: "waiting", tries: this.tries, until: now() + wait });
    this.timer = setTimeout(async () => {
      if (!wasOpen && this.tries > 1 && this.options.isSignedIn) {
        const isIn = await this.options.isSignedIn();
        if (this.current.is !== "waiting") return;
        if (isIn === false) return this.become({ is: "ended", why: "signed_out" });
      }
      this.connect();
    }, wait);
  }

  private subscribe(): void {
    if (this.current.is !== "open") return;
    let asked = 0;
    for (const topic of this.topics.values()) if (topic.state === "asked") asked += 1;
    for (const [name, topic] of this.topics) {
      if (asked >= subscriptionsAtOnce) return;
      if (topic.state !== "wanted" || topic.timer) continue;
      topic.state = "asked";
      asked += 1;
      const since = topic.follower.since?.();
      this.send("sub", since ? { topic: name, since } : { topic: name },
        (ok) => {
          if (this.topics.get(name) !== topic) return;
          topic.state = "live";
          topic.tries = 0;
          topic.follower.opened(ok as Subscribed);
          topic.follower.stale?.(false);
          this.subscribe();
        },
        (problem) => this.notSubscribed(name, topic, problem));
    }
  }

  private notSubscribed(name: string, topic: Topic, problem: StreamProblem): void {
    if (this.topics.get(name) !== topic) return;
    topic.state = "wanted";
    if (problem.status === 0) return; // the next connection asks again
    if (!problem.retry && problem.status !== 429 && problem.status < 500) {
      this.topics.delete(name);
      topic.follower.refused?.(problem);
      return this.subscribe();
    }
    this.askLater(topic, problem.retry_after_ms);
    this.subscribe();
  }

  private askLater(topic: Topic, atLeastMs = 0): void {
    const wait = Math.max(atLeastMs, backoffMs(topic.tries, this.options.random));
    topic.tries += 1;
    topic.timer = setTimeout(() => {
      delete topic.timer;
      this.subscribe();
    }, wait);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  private receive(message: any): void {
    if (typeof message.id === "number") {
      const waiting = this.waiting.get(message.id);
      if (!waiting) return;
      this.waiting.delete(message.id);
      clearTimeout(waiting.timer);
      return message.err ? waiting.fail(message.err) : waiting.done(message.ok ?? {});
    }
    if (message.pub) return this.topics.get(message.pub.topic)?.follower.pushed(message.pub);
    if (message.view) return this.topics.get(message.view.topic)?.follower.pushed(message.view);
    if (message.unsub) return this.unsubscribed(message.unsub);
    if (message.stale) return this.topics.get(message.stale.topic)?.follower.stale?.(true);
    if (message.fresh) return this.topics.get(message.fresh.topic)?.follower.stale?.(false);
    for (const kind of ["asg", "pos_ack", "cfg"] as const)
      if (message[kind] !== undefined) {
        for (const hear of [...(this.hearers.get(kind) ?? [])]) hear(message[kind] as never);
        return;
      }
    if (message.bye) return this.leave(Number(message.bye.after_ms) || 0);
    if (Object.keys(message).length === 0) this.socket?.send("{}");
  }

  private unsubscribed({ topic: name, code }: { topic: string; code: string }): void {
    const topic = this.topics.get(name);
    if (!topic) return;
    topic.state = "wanted";
    topic.follower.stale?.(true);
    if (code === "unavailable") return this.askLater(topic);
    this.topics.delete(name);
    topic.follower.refused?.({ code });
  }

  /** The node is going: its connections leave one by one, not all at the end. */
  private leave(withinMs: number): void {
    const socket = this.socket;
    const random = this.options.random ?? Math.random;
    setTimeout(() => {
      if (socket && socket === this.socket) this.lost(socket);
    }, withinMs * random() * 0.9);
  }
}
