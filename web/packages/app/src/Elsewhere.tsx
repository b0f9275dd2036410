import type { Session } from "@microflow/client";
import { useLingui } from "@lingui/react/macro";
import { placesOf, type Place } from "./places";

/** Links to the applications of these roles. */
export function Elsewhere({ roles, here }: { roles: Session["roles"]; here: string }) {
  const { t } = useLingui();
  const names: Record<Place, string> = { "/dispatch": t`Despacho`, "/field": t`Visitas`, "/track": t`Solicitudes`, "/admin": t`Administración` };
  return (
    <>
      {placesOf(roles).filter((path) => path !== here).map((path) => <a key={path} className="elsewhere" href={path}>{names[path]} ↗</a>)}
    </>
  );
}
