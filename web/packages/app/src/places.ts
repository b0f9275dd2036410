// Which screens are whose: pure.
import type { Session } from "@microflow/client";

type Role = Session["roles"][number];
export type Place = "/dispatch" | "/field" | "/track" | "/admin";
const of: Record<Place, readonly Role[]> = {
  "/dispatch": ["supervisor", "administrator"], "/field": ["technician"], "/track": ["client"], "/admin": ["administrator", "operator"],
};

export const placesOf = (roles: readonly Role[]): Place[] =>
  (Object.keys(of) as Place[]).filter((place) => of[place].some((role) => roles.includes(role)));

/** Where these roles begin; none: who works in several ways says which. An account without a screen of its own
 *  has at least itself. */
export function homeOf(roles: readonly Role[]): Place | undefined {
  const places = placesOf(roles), working = places.filter((place) => place !== "/admin");
  return working.length > 1 ? undefined : (working[0] ?? "/admin");
}
