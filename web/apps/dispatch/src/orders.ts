// Which orders the list shows, and in which order: pure, so that it can be tested and memoized.
import type { OrderRow } from "@microflow/client";

export type Group = "unassigned" | "planned" | "going" | "closing";
export const groups: readonly Group[] = ["unassigned", "planned", "going", "closing"];
export type Sort = "due" | "priority" | "newest";
export interface Filter {
  text: string;
  groups: readonly Group[];
  isAtRisk: boolean;
  /** 0: any. */
  priority: number;
  sort: Sort;
}
export const everything: Filter = { text: "", groups: [], isAtRisk: false, priority: 0, sort: "due" };

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

/** `before`: what this gave the last time; what is nearly in order is soon in order. */
export function selectOrders(rows: readonly OrderRow[], filter: Filter, before: readonly OrderRow[] = []): OrderRow[] {
  const words = folded(filter.text).split(/\s+/).filter(Boolean);
  const found: OrderRow[] = [];
  const byIdNow = new Map<string, OrderRow>();
  for (const row of rows)
    if ((filter.groups.length === 0 || filter.groups.includes(groupOf(row))) && (!filter.isAtRisk || isAtRisk(row)) &&
        (filter.priority === 0 || row.priority === filter.priority) && words.every((word) => textOf(row).includes(word)))
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
