// What a preview comes to: pure.
import type { Preview } from "@microflow/client";

/** ok: as it should be; worse: it goes through, the day suffers; forced: with a reason; no: never. */
export type Chance = "ok" | "worse" | "forced" | "no";
export const chanceOf = (preview: Preview): Chance =>
  preview.feasible ? "ok" : preview.accepted ? "worse" : preview.override_helps ? "forced" : "no";

/** What is in the way of the command itself, in words. */
export const against = ({ rules }: Preview) => rules.filter((one) => one.refuses).map((one) => one.detail).join("; ");

/** How much later each of the other visits would begin; `undefined`: not as it is planned. */
export function shifts(preview: Preview | undefined): ReadonlyMap<string, number | undefined> {
  return new Map(preview?.follows.map(({ order, slot, begins_before, begins_after }) =>
    [order, begins_after === undefined ? undefined : Date.parse(begins_after) - Date.parse(begins_before ?? slot.from)]));
}
