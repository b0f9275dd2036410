// A keyed view that is not a board: `client:{id}`. Each row at its highest version, live.
import type { Push, Stream, Subscribed } from "./stream";

export interface RowsSnapshot<T> {
  rows: readonly T[];
  isComplete: boolean;
  isStale: boolean;
  refused: { code: string; detail?: string } | undefined;
}

export class Rows<T extends { id: string; version: number }> {
  private readonly byId = new Map<string, T>();
  private readonly listeners = new Set<() => void>();
  private now: RowsSnapshot<T> = { rows: [], isComplete: false, isStale: true, refused: undefined };
  readonly stop: () => void;

  constructor(stream: Stream, topic: string) {
    const unfollow = stream.follow(topic, {
      opened: (reply: Subscribed) => this.take(reply, !reply.more),
      pushed: (push: Push) => this.take(push, !push.more),
      stale: (isStale) => this.become({ isStale }),
      refused: (refused) => this.become({ refused }),
    });
    this.stop = () => {
      unfollow();
      this.listeners.clear();
    };
  }
  snapshot = (): RowsSnapshot<T> => this.now;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private take({ rows, gone }: Push, isLast: boolean): void {
    for (const row of (rows ?? []) as T[])
      if ((this.byId.get(row.id)?.version ?? -1) <= row.version) this.byId.set(row.id, row);
    for (const { id } of gone ?? []) this.byId.delete(id);
    this.become({ rows: [...this.byId.values()], ...(isLast ? { isComplete: true } : {}) });
  }
  private become(change: Partial<RowsSnapshot<T>>): void {
    this.now = { ...this.now, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}
