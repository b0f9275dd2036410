import { Gate, roleText, stream, type Entrance } from "@microflow/app";
import { Rows, type ClientOrderRow, type Session } from "@microflow/client";
import { useLingui } from "@lingui/react/macro";
import { Home } from "./Home";

export type Orders = Rows<ClientOrderRow>;
let open: { client: string; orders: Orders } | undefined;
function close(): void {
  open?.orders.stop();
  open = undefined;
}
function openOrders(client: string): Orders {
  if (open?.client !== client) {
    close();
    open = { client, orders: new Rows(stream, `client:${client}`) };
  }
  return open!.orders;
}

export function App() {
  const { t } = useLingui();
  const enter = async (session: Session): Promise<Entrance<Orders>> => {
    if (session.totp_required)
      return { notice: { title: t`Falta el segundo factor`, text: t`Su cuenta debe activar un código de autenticación antes de seguir.` } };
    if (!session.roles.includes("client") || !session.client) {
      const roles = session.roles.map(roleText).join(", ");
      return { notice: { title: t`Aquí no hay nada para su cuenta`, text: t`Esta página es para clientes. Su cuenta: ${roles}.` } };
    }
    return { in: openOrders(session.client) };
  };
  return (
    <Gate subtitle={t`Sus solicitudes de servicio`} enter={enter} onOut={close}>
      {(orders, inside) => <Home orders={orders} {...inside} />}
    </Gate>
  );
}
