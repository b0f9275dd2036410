// Times and durations as people read them, in the language of the page and the zone of the device.
import { i18n } from "@microflow/i18n";
import { plural, t } from "@lingui/core/macro";

const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = i18n.locale === "en" ? "en-GB" : "es-CO";
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}
type Time = string | number;
const ms = (time: Time) => (typeof time === "string" ? Date.parse(time) : time);

export const clock = (time: Time) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms(time));
export const clockWithSeconds = (time: Time) =>
  format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(ms(time));
export const day = (time: Time) => format({ weekday: "short", day: "numeric", month: "short" }).format(ms(time));

export function isSameDay(a: Time, b: Time): boolean {
  return new Date(ms(a)).toDateString() === new Date(ms(b)).toDateString();
}
/** "14:30" today, "mar, 1 dic 14:30" on another day. */
export const when = (time: Time, now: number) => (isSameDay(time, now) ? clock(time) : `${day(time)} ${clock(time)}`);
export const span = (from: Time, to: Time, now: number) =>
  isSameDay(from, to) ? `${when(from, now)}–${clock(to)}` : `${when(from, now)} – ${when(to, now)}`;

/** "45 min", "3 h 05 min", "2 días": never negative. */
export function lasting(durationMs: number): string {
  const minutes = Math.round(Math.abs(durationMs) / 60_000);
  if (minutes < 1) return t`menos de 1 min`;
  if (minutes < 60) return t`${minutes} min`;
  const hours = Math.floor(minutes / 60), rest = String(minutes % 60).padStart(2, "0");
  if (hours < 24) return minutes % 60 === 0 ? t`${hours} h` : t`${hours} h ${rest} min`;
  const days = Math.floor(hours / 24), restHours = hours % 24;
  if (days < 3 && restHours > 0) return t`${days} d ${restHours} h`;
  return t`${plural(days, { one: "# día", other: "# días" })}`;
}
