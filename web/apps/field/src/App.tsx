import { Gate, roleText, toasts, type Entrance } from "@microflow/app";
import type { Session } from "@microflow/client";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { closePocket, forgetDay, lastSession, openPocket, unsent, type Pocket } from "./core";
import { Phone } from "./Phone";

export function App() {
  const { t } = useLingui();
  const enter = async (session: Session): Promise<Entrance<Pocket>> => {
    if (session.totp_required)
      return { notice: { title: t`Falta el segundo factor`, text: t`Su cuenta debe activar un código de autenticación antes de seguir.` } };
    if (!session.roles.includes("technician") || !session.technician) {
      const roles = session.roles.map(roleText).join(", ");
      return { notice: { title: t`Aquí no hay nada para su cuenta`, text: t`Esta página es para técnicos. Su cuenta: ${roles}.` } };
    }
    return { in: await openPocket(session) };
  };
  const leave = async () => {
    const left = unsent();
    if (left > 0)
      toasts.show(t`Quedan en este teléfono ${plural(left, { one: "# orden sin enviar", other: "# órdenes sin enviar" })}: salen cuando usted vuelva a entrar.`, { isBad: true });
    return true;
  };
  return (
    <Gate subtitle={t`Visitas del día, con o sin señal`} enter={enter} known={lastSession} leave={leave}
      onOut={() => { closePocket(); void forgetDay(); }}>
      {(pocket, inside) => <Phone key={pocket.session.account} pocket={pocket} {...inside} />}
    </Gate>
  );
}
