// The rows of several boards as one set: each row once, at its highest version, with what was asked
// for but isn't confirmed yet laid over it.
import type { Follower, Push, Stream, Subscribed } from "./stream";
import type { BoardRow, OrderRow, Proposal, TechnicianRow } from "./types";

export interface BoardSnapshot {
  orders: readonly OrderRow[];
  technicians: readonly TechnicianRow[];
  /** What the dispatcher would do, in zones that suggest. */
  proposals: readonly Proposal[];
  /** Every board has sent all its rows once. */
  isComplete: boolean;
  /** Some board is not live: what is shown may be old. */
  isStale: boolean;
  /** Rows that found no room on a board. */
  leftOut: number;
  refused: readonly string[];
}
interface Entry {
  row: BoardRow;
  boards: Set<Topic>;
}
interface Topic {
  ids: Set<string>;
  /** While a snapshot comes in after a reconnect: what was here before and has not been named. */
  unseen: Set<string> | undefined;
  snapshotAt: string | undefined;
  isComplete: boolean;
  isStale: boolean;
  leftOut: number;
  stop: () => void;
}
export interface Prediction {
  /** The command was done and made this version: what was predicted stays until that row is here. */
  confirm(version: number): void;
  cancel(): void;
}
interface Overlay {
  patch: (row: OrderRow) => OrderRow;
  until: number;
}

export class Board {
  private readonly entries = new Map<string, Entry>();
  private readonly topics = new Map<string, Topic>();
  private readonly overlays = new Map<string, Set<Overlay>>();
  private readonly shown = new Map<string, { row: OrderRow; count: number; shown: OrderRow }>();
  private readonly refused = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private made: BoardSnapshot | undefined;
  private isTelling = false;

  /** `later` decides how often listeners hear of changes: once for all that came meanwhile. */
  constructor(private readonly stream: Stream,
              private readonly later: (tell: () => void) => void = queueMicrotask) {}

  /** Follows the boards of exactly these zones. */
  follow(zones: readonly string[]): void {
    const wanted = new Set(zones.map((zone) => `board:${zone}`));
    for (const [name, topic] of this.topics) {
      if (wanted.has(name)) continue;
      topic.stop();
      this.topics.delete(name);
      for (const id of topic.ids) this.leaves(id, topic);
    }
    for (const name of [...this.refused]) if (!wanted.has(name)) this.refused.delete(name);
    for (const name of wanted) if (!this.topics.has(name) && !this.refused.has(name)) this.open(name);
    this.changed();
  }

  /** As boards show it, with what is predicted. */
  order(id: string): OrderRow | undefined {
    const row = this.entries.get(id)?.row;
    return row?.kind === "order" ? this.predicted(row) : undefined;
  }
  technician(id: string): TechnicianRow | undefined {
    const row = this.entries.get(id)?.row;
    return row?.kind === "technician" ? row : undefined;
  }

  /** The same object until something changes. */
  snapshot = (): BoardSnapshot => {
    if (this.made) return this.made;
    const orders: OrderRow[] = [], technicians: TechnicianRow[] = [], proposals: Proposal[] = [];
    for (const { row } of this.entries.values())
      if (row.kind === "order") orders.push(this.predicted(row));
      else if (row.kind === "technician") technicians.push(row);
      else if (row.kind === "proposal") proposals.push(row);
    const topics = [...this.topics.values()];
    this.made = {
      orders, technicians, proposals,
      isComplete: topics.every((topic) => topic.isComplete),
      isStale: topics.some((topic) => topic.isStale),
      leftOut: topics.reduce((sum, topic) => sum + topic.leftOut, 0),
      refused: [...this.refused],
    };
    return this.made;
  };
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Shows an order as it will be when the server agrees. */
  predict(id: string, patch: (row: OrderRow) => OrderRow): Prediction {
    const overlay: Overlay = { patch, until: Infinity };
    const all = this.overlays.get(id) ?? new Set();
    this.overlays.set(id, all.add(overlay));
    this.shown.delete(id);
    this.changed();
    const cancel = () => {
      if (!all.delete(overlay)) return;
      this.shown.delete(id);
      if (all.size === 0 && this.overlays.get(id) === all) this.overlays.delete(id);
      this.changed();
    };
    return {
      cancel,
      confirm: (version) => {
        overlay.until = version;
        const row = this.entries.get(id)?.row;
        if (!row || row.version >= version) return cancel();
        // Its row may never come: it left the board. What is predicted ends all the same.
        setTimeout(cancel, 5_000);
      },
    };
  }

  /** The same object until the row or what is predicted of it changes. */
  private predicted(row: OrderRow): OrderRow {
    const overlays = this.overlays.get(row.id);
    if (!overlays) return row;
    const known = this.shown.get(row.id);
    if (known?.row === row && known.count === overlays.size) return known.shown;
    let shown = row;
    for (const overlay of overlays) shown = overlay.patch(shown);
    this.shown.set(row.id, { row, count: overlays.size, shown });
    return shown;
  }

  private open(name: string): void {
    const topic: Topic = { ids: new Set(), unseen: undefined, snapshotAt: undefined,
      isComplete: false, isStale: true, leftOut: 0, stop: () => {} };
    const follower: Follower = {
      opened: (reply: Subscribed) => {
        topic.unseen = new Set(topic.ids);
        topic.snapshotAt = reply.at;
        topic.leftOut = reply.left_out ?? 0;
        this.take(topic, reply);
        if (!reply.more) this.complete(topic);
      },
      pushed: (push: Push) => {
        this.take(topic, push);
        // Deltas may come between two pages of a snapshot: those have an `at` of their own.
        if (topic.unseen && !push.more && push.at === topic.snapshotAt) this.complete(topic);
      },
      stale: (isStale) => {
        topic.isStale = isStale;
        this.changed();
      },
      refused: () => {
        this.topics.delete(name);
        this.refused.add(name);
        for (const id of topic.ids) this.leaves(id, topic);
        this.changed();
      },
    };
    this.topics.set(name, topic);
    topic.stop = this.stream.follow(name, follower);
  }

  private take(topic: Topic, { rows, gone }: Push): void {
    for (const row of (rows ?? []) as BoardRow[]) {
      const known = this.entries.get(row.id);
      topic.ids.add(row.id);
      topic.unseen?.delete(row.id);
      if (known) {
        known.boards.add(topic);
        if (row.version >= known.row.version) known.row = row;
      } else {
        this.entries.set(row.id, { row, boards: new Set([topic]) });
      }
      this.settle(row.id, row.version);
    }
    for (const { id } of gone ?? []) {
      topic.ids.delete(id);
      topic.unseen?.delete(id);
      this.leaves(id, topic);
    }
    this.changed();
  }

  /** What ended while nobody listened is not in the new snapshot. */
  private complete(topic: Topic): void {
    for (const id of topic.unseen ?? []) {
      topic.ids.delete(id);
      this.leaves(id, topic);
    }
    topic.unseen = undefined;
    topic.isComplete = true;
    this.changed();
  }

  private leaves(id: string, topic: Topic): void {
    const entry = this.entries.get(id);
    entry?.boards.delete(topic);
    if (entry && entry.boards.size === 0) this.entries.delete(id);
  }

  private settle(id: string, version: number): void {
    const overlays = this.overlays.get(id);
    if (!overlays) return;
    for (const overlay of overlays) if (overlay.until <= version) overlays.delete(overlay);
    this.shown.delete(id);
    if (overlays.size === 0) this.overlays.delete(id);
  }

  private changed(): void {
    this.made = undefined;
    if (this.isTelling) return;
    this.isTelling = true;
    this.later(() => {
      this.isTelling = false;
      for (const listener of [...this.listeners]) listener();
    });
  }
}
