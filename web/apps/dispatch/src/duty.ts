// When a technician is not there, of what a row says: pure.
import type { TechnicianRow } from "@microflow/client";
import { hourMs, type Span } from "./timeline";

export interface Hole extends Span { why: "off" | "break" | "absence"; reason: string | undefined }

type Shift = NonNullable<TechnicianRow["shifts"]>[number];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const dayMs = 24 * hourMs;
/** The company works by the clock of Bogotá, which has no summer time. */
const companyOffsetMs = -5 * hourMs;

const ofDay = (time: string) => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * hourMs + minutes * 60_000;
};

/** The stretches of `within` that repeat so; without days it is every day. */
function stretches(shifts: readonly Shift[], within: Span): Span[] {
  const found: Span[] = [];
  const first = Math.floor((within.from + companyOffsetMs) / dayMs) - 1;
  for (let day = first; day * dayMs - companyOffsetMs < within.to; ++day) {
    const midnight = day * dayMs - companyOffsetMs, name = days[((day % 7) + 11) % 7]!; // 1970 began on a Thursday
    for (const shift of shifts) {
      if (shift.days?.length && !(shift.days as readonly string[]).includes(name)) continue;
      const from = midnight + ofDay(shift.from);
      let to = midnight + ofDay(shift.to);
      if (to <= from) to += dayMs;
      if (to > within.from && from < within.to) found.push({ from: Math.max(from, within.from), to: Math.min(to, within.to) });
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

/** What is left of `within` without these. */
function without(within: Span, spans: readonly Span[]): Span[] {
  const left: Span[] = [];
  let at = within.from;
  for (const { from, to } of spans) {
    if (from > at) left.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < within.to) left.push({ from: at, to: within.to });
  return left;
}

/** Nothing when the row doesn't say: somebody without shifts is always on duty. */
export function holesOf({ shifts, breaks, absences }: TechnicianRow, within: Span): Hole[] {
  const holes: Hole[] = [];
  if (shifts?.length) for (const span of without(within, stretches(shifts, within))) holes.push({ ...span, why: "off", reason: undefined });
  for (const span of stretches(breaks ?? [], within)) holes.push({ ...span, why: "break", reason: undefined });
  for (const { from, to, reason } of absences ?? []) {
    const span = { from: Math.max(Date.parse(from), within.from), to: Math.min(Date.parse(to), within.to) };
    if (span.from < span.to) holes.push({ ...span, why: "absence", reason });
  }
  return holes;
}
