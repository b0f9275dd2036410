import { Gate, api, roleText, type Entrance } from "@microflow/app";
import { readZones, type Session, type Zone } from "@microflow/client";
import { useLingui } from "@lingui/react/macro";
import { board } from "./core";
import { Desk } from "./Desk";

export function App() {
  const { t } = useLingui();
  const enter = async (session: Session): Promise<Entrance<Zone[]>> => {
    const isAdministrator = session.roles.includes("administrator");
    if (session.totp_required)
      return { notice: { title: t`Falta el segundo factor`, text: t`Su cuenta debe activar un código de autenticación antes de seguir.` } };
    if (!isAdministrator && !session.roles.includes("supervisor")) {
      const roles = session.roles.map(roleText).join(", ");
      return { notice: { title: t`Aquí no hay nada para su cuenta`, text: t`El despacho es para supervisores y administradores. Su cuenta: ${roles}.` } };
    }
    const all = await readZones(api);
    if ("no" in all) return { later: true };
    const zones = all.ok.filter((zone) => isAdministrator || session.zones.includes(zone.id))
      .sort((a, b) => a.name.localeCompare(b.name, "es"));
    if (zones.length === 0)
      return { notice: { title: t`Sin zonas`, text: t`Su cuenta no tiene ninguna zona. Un administrador puede dársela.` } };
    return { in: zones };
  };
  return (
    <Gate subtitle={t`Despacho de órdenes de servicio`} enter={enter} onOut={() => board.follow([])}>
      {(zones, inside) => <Desk zones={zones} {...inside} />}
    </Gate>
  );
}
