import type { OrderStatus } from "@microflow/client";
import type { Tone } from "@microflow/ui";

export const toneOf: Record<OrderStatus, Tone> = {
  NEW: "new", TRIAGED: "waiting", SCHEDULED: "planned", ASSIGNED: "planned", ACCEPTED: "planned", EN_ROUTE: "moving",
  ON_SITE: "moving", IN_PROGRESS: "working", PAUSED: "paused", COMPLETED: "ended", APPROVAL_REQUIRED: "new",
  CLOSED: "ended", FAILED: "danger", CANCELLED: "ended", REJECTED: "ended",
};
