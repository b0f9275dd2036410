// Where technicians are, as far as the stream tells: the latest of each, for as many as a connection may
// follow beside its boards.
import type { Position, Stream } from "@microflow/client";

export const followedMax = 90;

export class Positions {
  private latest: ReadonlyMap<string, Position> = new Map();
  private readonly stops = new Map<string, () => void>();
  private readonly listeners = new Set<() => void>();
  constructor(private readonly stream: Stream) {}

  snapshot = (): ReadonlyMap<string, Position> => this.latest;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  /** Exactly these, the first of them where they are too many. */
  follow(technicians: readonly string[]): void {
    const wanted = new Set(technicians.slice(0, followedMax));
    for (const [id, stop] of this.stops) {
      if (wanted.has(id)) continue;
      stop();
      this.stops.delete(id);
    }
    for (const id of wanted) {
      if (this.stops.has(id)) continue;
      const take = (position: unknown) => {
        if (!position) return;
        this.latest = new Map(this.latest).set(id, position as Position);
        for (const listener of [...this.listeners]) listener();
      };
      this.stops.set(id, this.stream.follow(`position:${id}`, { opened: ({ snapshot }) => take(snapshot), pushed: ({ event }) => take(event) }));
    }
  }
}
