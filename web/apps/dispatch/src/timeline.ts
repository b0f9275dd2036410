// What stands where on the timeline: pure.
import type { OrderRow, TechnicianRow } from "@microflow/client";
import { groupOf } from "./orders";

export const hourMs = 3_600_000;
export const zooms = [3, 6, 12, 24] as const;
export type Zoom = (typeof zooms)[number];

export interface Span { from: number; to: number }
/** Yesterday evening's work may still go on; tomorrow is planned today. */
export function domainAt(now: number): Span {
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  return { from: start.getTime(), to: start.getTime() + 48 * hourMs };
}

export interface Bar extends Span {
  key: string;
  orderId: string;
  /** None: the order is on a board that isn't shown. */
  order: OrderRow | undefined;
  isAcked: boolean;
  /** It should have begun, or have ended, by now. */
  isLate: boolean;
  /** Which of `lanes` it stands in, where some overlap. */
  lane: number;
}
export interface Line { technician: TechnicianRow; bars: Bar[]; lanes: number }

const graceMs = 10 * 60_000;

export function isLate(order: OrderRow | undefined, { from, to }: Span, now: number): boolean {
  if (!order) return false;
  const group = groupOf(order);
  return (group === "planned" && from + graceMs < now) || (group === "going" && to + graceMs < now);
}

const names = new Intl.Collator("es");
const made = new WeakMap<TechnicianRow, { line: Line; minute: number; orders: (OrderRow | undefined)[] }>();

/** A line is the same object while nothing on it changes. */
function lineOf(technician: TechnicianRow, orderOf: (id: string) => OrderRow | undefined, now: number): Line {
  const agenda = technician.agenda ?? [], orders = agenda.map(({ order }) => orderOf(order));
  const minute = Math.floor(now / 60_000), known = made.get(technician);
  if (known && known.minute === minute && known.orders.every((one, at) => one === orders[at])) return known.line;
  const bars = agenda.map(({ order: orderId, visit, from, to, acked }, n): Bar => {
    const order = orders[n];
    // The order says first what was moved: as it is predicted.
    const slot = order?.slot && order.technician === technician.id && groupOf(order) === "planned" ? order.slot : { from, to };
    const at = { from: Date.parse(slot.from), to: Date.parse(slot.to) };
    return { ...at, key: visit || orderId, orderId, order, isAcked: acked, isLate: isLate(order, at, now), lane: 0 };
  }).sort((a, b) => a.from - b.from);
  const line = { technician, bars, lanes: giveLanes(bars) };
  made.set(technician, { line, minute, orders });
  return line;
}

export function linesOf(technicians: readonly TechnicianRow[], orderOf: (id: string) => OrderRow | undefined, now: number): Line[] {
  return technicians.filter((one) => !one.disabled).map((one) => lineOf(one, orderOf, now)).sort((a, b) =>
    Number(b.technician.active) - Number(a.technician.active) || names.compare(a.technician.name, b.technician.name));
}

const quarterMs = 15 * 60_000;
const onQuarter = (time: number) => Math.round(time / quarterMs) * quarterMs;

/** Where something dropped at this time begins: on a quarter of an hour; none: as soon as there is room. */
export function dropTime(time: number, now: number): number | undefined {
  const at = onQuarter(time);
  return at > now ? at : undefined;
}

/** Where the end of a visit is pulled to: a quarter at least, and not into what is past. */
export const stretchedTo = (from: number, time: number, now: number) =>
  Math.max(onQuarter(time), from + quarterMs, Math.ceil((now + 1) / quarterMs) * quarterMs);

export type Nudge = "earlier" | "later" | "shorter" | "longer";
/** A visit a quarter of an hour on, by keys; none: it can't go there. */
export function nudged({ from, to }: Span, by: Nudge, now: number): Span | undefined {
  if (by === "shorter" || by === "longer") {
    const end = stretchedTo(from, to + (by === "longer" ? quarterMs : -quarterMs), now);
    return (by === "longer" ? end <= to : end >= to) ? undefined : { from, to: end };
  }
  // From between two quarters to the next one of them.
  const start = by === "later" ? Math.floor(from / quarterMs + 1) * quarterMs : Math.ceil(from / quarterMs - 1) * quarterMs;
  return start > now ? { from: start, to: start + to - from } : undefined;
}

/** Those who could do the chosen order come first, the best at the top; the rest stays as it was. */
export function candidatesFirst(lines: readonly Line[], rankOf: ReadonlyMap<string, number>): readonly Line[] {
  if (rankOf.size === 0) return lines;
  const rank = (line: Line) => rankOf.get(line.technician.id) ?? Infinity;
  return lines.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/** The first lane that is free when a bar begins; how many there are. */
function giveLanes(bars: Bar[]): number {
  const ends: number[] = [];
  for (const bar of bars) {
    let lane = ends.findIndex((end) => end <= bar.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = bar.to;
    bar.lane = lane;
  }
  return Math.max(1, ends.length);
}
