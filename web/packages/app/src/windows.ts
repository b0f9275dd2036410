// Half days in which clients can receive somebody.
import { t } from "@lingui/core/macro";
import { clock, day, isSameDay } from "./time";

const hourMs = 3_600_000, dayMs = 24 * hourMs;
export interface Window { from: number; to: number }

/** Those of the next `days` days that have not nearly ended. */
export function halfDays(now: number, days = 2): Window[] {
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  return Array.from({ length: days }, (_, n) => start.getTime() + n * dayMs)
    .flatMap((midnight) => [[8, 12], [13, 18]].map(([from, to]) => ({ from: midnight + from! * hourMs, to: midnight + to! * hourMs })))
    .filter(({ to }) => to > now + hourMs);
}
export function windowText({ from, to }: Window, now: number): string {
  const name = isSameDay(from, now) ? t`hoy` : isSameDay(from, now + dayMs) ? t`mañana` : day(from);
  return `${name} ${clock(from)}–${clock(to)}`;
}
export const onWire = ({ from, to }: Window) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
