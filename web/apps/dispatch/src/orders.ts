// Which orders the list shows, and in which order: pure, so that it can be tested and memoized.
import type { OrderRow } from "@microflow/client";

export type Group = "unassigned" | "planned" | "going" | "closing";
export const groups: readonly Group[] = ["unassigned", "planned", "going", "closing"];
export type Sort = "due" | "priority" | "newest";
/** risk: at risk or broken. */
export type Promised = "risk" | "breached" | "held";
/** Of each, "" or 0 is any. */
export interface Filter {
  text: string;
  groups: readonly Group[];
  priority: number;
  sla: Promised | "";
  skill: string;
  tag: string;
  /** "today", "tomorrow", "none", or "2026-11-30". */
  day: string;
  sort: Sort;
}
export const everything: Filter = { text: "", groups: [], priority: 0, sla: "", skill: "", tag: "", day: "", sort: "due" };

export function groupOf(row: OrderRow): Group {
  switch (row.status) {
    case "NEW": case "TRIAGED": return "unassigned";
    case "SCHEDULED": return row.technician ? "planned" : "unassigned";
    case "ASSIGNED": case "ACCEPTED": return "planned";
    case "EN_ROUTE": case "ON_SITE": case "IN_PROGRESS": case "PAUSED": return "going";
    default: return "closing";
  }
}
export { toneOf } from "@microflow/app/tones";

export const isAtRisk = (row: OrderRow) => row.sla.at_risk || row.sla.breached;

export interface Due { clock: "respond" | "arrive" | "resolve"; at: number }
const dues = new WeakMap<OrderRow, Due | null>();
/** Which promise comes due first, and when. */
export function nextDue(row: OrderRow): Due | undefined {
  let found = dues.get(row);
  if (found === undefined) {
    found = null;
    for (const clock of ["respond", "arrive", "resolve"] as const) {
      const due = row.sla[`${clock}_due`];
      if (due && (!found || Date.parse(due) < found.at)) found = { clock, at: Date.parse(due) };
    }
    dues.set(row, found);
  }
  return found ?? undefined;
}

/** Without accents and case: "Jardín" is found by "jardin". */
export const folded = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const texts = new WeakMap<OrderRow, string>();
function textOf(row: OrderRow): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = folded([row.code, row.code.replace(/-/g, ""), row.title, row.type_name, row.client_name, row.address,
      row.neighbourhood, row.site_name, row.technician_name].filter(Boolean).join("\n"));
    texts.set(row, text);
  }
  return text;
}

const dateOf = (time: number) => new Date(time).toLocaleDateString("sv");
const dayMs = 24 * 3_600_000;
/** What a day is called in a filter, as a date. */
export const dateNamed = (day: string, now: number) => (day === "today" ? dateOf(now) : day === "tomorrow" ? dateOf(now + dayMs) : day);

const dates = new WeakMap<OrderRow, readonly string[]>();
/** The days on which it is planned; until it is, those that the client wished. By the clock of the device. */
export function datesOf(row: OrderRow): readonly string[] {
  let found = dates.get(row);
  if (!found) {
    const days = new Set<string>();
    for (const { from, to } of row.slot ? [row.slot] : (row.windows ?? []))
      for (let at = Date.parse(from), end = Date.parse(to); days.size < 32; at += dayMs) {
        days.add(dateOf(Math.min(at, end - 1)));
        if (at >= end) break;
      }
    dates.set(row, (found = [...days]));
  }
  return found;
}

function isPromised(row: OrderRow, sla: Promised): boolean {
  return sla === "risk" ? isAtRisk(row) : sla === "breached" ? row.sla.breached : row.sla.held;
}

export interface Facets { skills: ReadonlyMap<string, number>; tags: ReadonlyMap<string, number>; days: ReadonlyMap<string, number> }
/** What there is to choose from, and of how many orders. */
export function facetsOf(rows: readonly OrderRow[]): Facets {
  const skills = new Map<string, number>(), tags = new Map<string, number>(), days = new Map<string, number>();
  const more = (of: Map<string, number>, name: string) => of.set(name, (of.get(name) ?? 0) + 1);
  for (const row of rows) {
    for (const { skill } of row.skills ?? []) more(skills, skill);
    for (const tag of row.tags ?? []) more(tags, tag);
    const on = datesOf(row);
    for (const day of on.length ? on : ["none"]) more(days, day);
  }
  return { skills, tags, days };
}

/** How many things of it are chosen besides words and states. */
export const chosenIn = ({ priority, sla, skill, tag, day }: Filter) => [priority, sla, skill, tag, day].filter(Boolean).length;

/** `before`: what this gave the last time; what is nearly in order is soon in order. */
export function selectOrders(rows: readonly OrderRow[], filter: Filter, before: readonly OrderRow[] = [], now = Date.now()): OrderRow[] {
  const { groups, priority, sla, skill, tag } = filter, date = dateNamed(filter.day, now);
  const words = folded(filter.text).split(/\s+/).filter(Boolean);
  const found: OrderRow[] = [];
  const byIdNow = new Map<string, OrderRow>();
  for (const row of rows)
    if ((groups.length === 0 || groups.includes(groupOf(row))) && (priority === 0 || row.priority === priority) && (!sla || isPromised(row, sla)) &&
        (!skill || row.skills?.some((one) => one.skill === skill)) && (!tag || row.tags?.includes(tag)) &&
        (!date || (date === "none" ? datesOf(row).length === 0 : datesOf(row).includes(date))) && words.every((word) => textOf(row).includes(word)))
      byIdNow.set(row.id, row);
  for (const { id } of before) {
    const row = byIdNow.get(id);
    if (row && byIdNow.delete(id)) found.push(row);
  }
  for (const row of byIdNow.values()) found.push(row);
  // Equal ones stay where they are from one change to the next: by id at last.
  const byId = (a: OrderRow, b: OrderRow) => (a.id < b.id ? -1 : 1);
  const due = (a: OrderRow, b: OrderRow) => {
    const x = nextDue(a)?.at ?? Infinity, y = nextDue(b)?.at ?? Infinity;
    return x === y ? byId(a, b) : x - y;
  };
  switch (filter.sort) {
    case "due": return found.sort(due);
    case "priority": return found.sort((a, b) => a.priority - b.priority || due(a, b));
    case "newest": return found.sort((a, b) => (a.created_at === b.created_at ? byId(a, b) : a.created_at < b.created_at ? 1 : -1));
  }
}

export interface Counts { total: number; byGroup: Record<Group, number>; atRisk: number; breached: number }
const counted = new WeakMap<readonly OrderRow[], Counts>();
export function count(rows: readonly OrderRow[]): Counts {
  const known = counted.get(rows);
  if (known) return known;
  const counts: Counts = { total: rows.length, byGroup: { unassigned: 0, planned: 0, going: 0, closing: 0 },
    atRisk: 0, breached: 0 };
  for (const row of rows) {
    counts.byGroup[groupOf(row)] += 1;
    if (row.sla.breached) counts.breached += 1;
    else if (row.sla.at_risk) counts.atRisk += 1;
  }
  counted.set(rows, counts);
  return counts;
}
