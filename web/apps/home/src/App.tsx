// The address without a path: whoever comes here is brought to the screen of their role.
import { Elsewhere, Gate, Middle, homeOf, type Entrance } from "@microflow/app";
import type { Session } from "@microflow/client";
import { Button, Empty } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";

export function App() {
  const { t } = useLingui();
  const enter = async (session: Session): Promise<Entrance<Session["roles"]>> => {
    const home = session.totp_required ? "/admin#account" : homeOf(session.roles);
    if (home === undefined) return { in: session.roles };
    location.replace(home);
    return new Promise(() => {}); // the page ends here
  };
  return (
    <Gate subtitle={t`Órdenes de servicio`} enter={enter} onOut={() => {}}>
      {(roles, { onLeave }) => (
        <Middle>
          <Empty title={t`¿Adónde va?`}>
            <p className="places"><Elsewhere roles={roles} here="/" /></p>
            <Button icon="out" onPress={onLeave}>{t`Salir`}</Button>
          </Empty>
        </Middle>
      )}
    </Gate>
  );
}
