// What a technician may do next with a visit, and how it looks while the server hasn't decided: pure.
import type { OrderStatus, Queued, Sent } from "@microflow/client";

export type Verb = "accept" | "decline" | "depart" | "arrive" | "start" | "pause" | "resume" | "follow_up" | "complete" |
  "fail" | "comment" | "request_time_edit";

const afterwards: Partial<Record<Verb, OrderStatus>> = {
  accept: "ACCEPTED", decline: "TRIAGED", depart: "EN_ROUTE", arrive: "ON_SITE", start: "IN_PROGRESS", pause: "PAUSED",
  resume: "IN_PROGRESS", follow_up: "TRIAGED", complete: "COMPLETED", fail: "FAILED",
};

export interface Steps {
  /** The one big button. */
  next: Verb | undefined;
  others: readonly Verb[];
}
export function stepsOf(status: OrderStatus): Steps {
  switch (status) {
    case "ASSIGNED": return { next: "accept", others: ["decline"] };
    case "ACCEPTED": return { next: "depart", others: ["start", "decline"] };
    case "EN_ROUTE": return { next: "arrive", others: ["fail"] };
    case "ON_SITE": return { next: "start", others: ["fail"] };
    case "IN_PROGRESS": return { next: "complete", others: ["pause", "follow_up", "fail"] };
    case "PAUSED": return { next: "resume", others: ["follow_up", "fail"] };
    default: return { next: undefined, others: [] };
  }
}
/** The visit is over for this technician. */
export const isOver = (status: OrderStatus) => stepsOf(status).next === undefined;
export const isGoing = (status: OrderStatus) => ["EN_ROUTE", "ON_SITE", "IN_PROGRESS", "PAUSED"].includes(status);

export const verbOf = (method: string) => method.replace(/^orders\./, "") as Verb;

export interface Shown { status: OrderStatus; isUnsent: boolean; refused: number }
/** What the server said last, and what was ordered since: done (with a later version), or waiting. What was
 *  refused changes nothing. */
export function shownOf(known: { id: string; status: OrderStatus; version: number }, queued: readonly Queued[],
                        sent: readonly Sent[]): Shown {
  const shown: Shown = { status: known.status, isUnsent: false, refused: 0 };
  const later = sent.filter((one) => one.id === known.id && one.version > known.version && afterwards[verbOf(one.method)])
    .sort((a, b) => a.version - b.version).at(-1);
  if (later) shown.status = later.status as OrderStatus;
  for (const one of queued) {
    if (one.params.id !== known.id) continue;
    if (one.refused) shown.refused += 1;
    else {
      shown.isUnsent = true;
      shown.status = afterwards[verbOf(one.method)] ?? shown.status;
    }
  }
  return shown;
}

/** Which of them is next: what is going on, else what begins first. */
export function firstOf<T extends { shown: Shown; from: number }>(jobs: readonly T[]): T | undefined {
  const open = jobs.filter(({ shown }) => !isOver(shown.status) && shown.status !== "ASSIGNED");
  return open.filter(({ shown }) => isGoing(shown.status)).sort((a, b) => a.from - b.from)[0] ?? open.sort((a, b) => a.from - b.from)[0];
}
