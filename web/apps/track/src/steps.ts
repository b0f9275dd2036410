// How far an order is, as its client sees it: pure.
import type { ClientOrder, LinkedOrder, OrderStatus } from "@microflow/client";

export type Seen = LinkedOrder & Partial<Pick<ClientOrder, "rating">>;
export type StepName = "received" | "assigned" | "on_the_way" | "there" | "working" | "done";
export interface Step { name: StepName; isReached: boolean; at: string | undefined }

const ways: [StepName, (order: Seen) => string | undefined, OrderStatus[]][] = [
  ["received", (order) => order.created_at, []],
  ["assigned", () => undefined, ["ASSIGNED", "ACCEPTED"]],
  ["on_the_way", (order) => order.departed_at, ["EN_ROUTE"]],
  ["there", (order) => order.arrived_at, ["ON_SITE"]],
  ["working", (order) => order.started_at, ["IN_PROGRESS", "PAUSED"]],
  ["done", (order) => order.completed_at, ["COMPLETED", "APPROVAL_REQUIRED", "CLOSED"]],
];
const badEnds: OrderStatus[] = ["FAILED", "CANCELLED", "REJECTED"];
export const isBadEnd = (status: OrderStatus) => badEnds.includes(status);
export const isOpen = (status: OrderStatus) => !isBadEnd(status) && !["COMPLETED", "APPROVAL_REQUIRED", "CLOSED"].includes(status);
/** Until somebody is on the way the client may change or cancel it. */
export const canChange = (status: OrderStatus) => ["NEW", "TRIAGED", "SCHEDULED", "ASSIGNED", "ACCEPTED"].includes(status);

/** All steps; of an order that ended badly those that were reached. */
export function stepsOf(order: Seen): Step[] {
  const reached = ways.findLastIndex(([, at, states]) => states.includes(order.status) || at(order) !== undefined);
  const all = ways.map(([name, at], n) => ({ name, isReached: n <= reached, at: at(order) }));
  return isBadEnd(order.status) ? all.slice(0, reached + 1) : all;
}

const earthM = 6_371_000, rad = Math.PI / 180;
export interface Place { lat: number; lon: number }
/** In metres, on a plane: good for a city. */
export function distanceM(a: Place, b: Place): number {
  const y = (a.lat - b.lat) * rad, x = (a.lon - b.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return Math.hypot(x, y) * earthM;
}
