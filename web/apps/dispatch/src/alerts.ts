// What somebody must look at now, the worst first: pure, out of what the boards say.
import type { OrderRow, TechnicianRow } from "@microflow/client";
import { nextDue } from "./orders";

export type AlertKind = "breached" | "plan_broken" | "escalated" | "declined" | "at_risk" | "unacked" | "possible_duplicate" | "silent";
export interface Alert {
  /** The same while it is about the same: somebody who has seen it isn't told again. */
  key: string;
  kind: AlertKind;
  order: OrderRow | undefined;
  technician: TechnicianRow | undefined;
  /** What it counts from, for its place in the queue. */
  at: number;
}
const severity: readonly AlertKind[] = ["breached", "plan_broken", "escalated", "declined", "silent", "at_risk", "unacked", "possible_duplicate"];
export const isGrave = (kind: AlertKind) => severity.indexOf(kind) < 3;

/** A phone that hasn't taken an offer for this long, and a technician on the way of whom nothing was heard. */
const unackedMs = 60_000, silentMs = 15 * 60_000;

export function alertsOf(orders: readonly OrderRow[], technicians: readonly TechnicianRow[], now: number): Alert[] {
  const found: Alert[] = [];
  const acked = new Map(technicians.flatMap((one) => (one.agenda ?? []).map((line) => [line.order, line.acked] as const)));
  for (const order of orders) {
    const add = (kind: AlertKind, at: number, of: string | number = "") => found.push({ key: `${kind}/${order.id}/${of}`, kind, order, technician: undefined, at });
    const updated = Date.parse(order.updated_at), due = nextDue(order);
    if (order.sla.breached) add("breached", due?.at ?? updated, due?.clock);
    else if (order.sla.at_risk) add("at_risk", due?.at ?? updated, due?.clock);
    for (const flag of order.flags ?? [])
      if (flag === "plan_broken" || flag === "possible_duplicate" || flag === "escalated") add(flag, updated);
    if (order.status === "TRIAGED" && (order.offers_lost ?? 0) > 0 && !order.flags?.includes("escalated")) add("declined", updated, order.offers_lost);
    if (order.status === "ASSIGNED" && acked.get(order.id) === false && updated + unackedMs < now) add("unacked", updated, order.visit);
  }
  for (const technician of technicians) {
    const at = technician.position ? Date.parse(technician.position.at) : undefined;
    if (technician.availability === "traveling" && at !== undefined && at + silentMs < now)
      found.push({ key: `silent/${technician.id}/${at}`, kind: "silent", order: undefined, technician, at });
  }
  return found.sort((a, b) => severity.indexOf(a.kind) - severity.indexOf(b.kind) || a.at - b.at || (a.key < b.key ? -1 : 1));
}
