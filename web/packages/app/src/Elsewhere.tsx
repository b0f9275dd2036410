import type { Session } from "@microflow/client";
import { useLingui } from "@lingui/react/macro";

/** Links to the applications of these roles. */
export function Elsewhere({ roles, here }: { roles: Session["roles"]; here: string }) {
  const { t } = useLingui();
  const places: [path: string, name: string, of: string[]][] = [
    ["/dispatch", t`Despacho`, ["supervisor", "administrator"]], ["/field", t`Visitas`, ["technician"]],
    ["/track", t`Solicitudes`, ["client"]], ["/admin", t`Administración`, ["administrator", "operator"]],
  ];
  return (
    <>
      {places.filter(([path, , of]) => path !== here && of.some((role) => roles.includes(role)))
        .map(([path, name]) => <a key={path} className="elsewhere" href={path}>{name} ↗</a>)}
    </>
  );
}
