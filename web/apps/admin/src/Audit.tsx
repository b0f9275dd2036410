// Everything that happened to one order: who, in which role, for whom, when by the device and when by us.
import { api, roleText } from "@microflow/app";
import { eventDetail, eventText, statusText } from "@microflow/app/texts";
import { clockWithSeconds, day } from "@microflow/app/time";
import { answerOf, type OrderEvent, type OrderRow } from "@microflow/client";
import { Button, Empty, SearchField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Head, Listing, usePages } from "./core";

type Row = Omit<OrderRow, "kind">;
const both = (time: string) => `${day(time)} ${clockWithSeconds(time)}`;

export function Audit() {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [order, setOrder] = useState<Row>();
  const orders = usePages<Row>((cursor) => answerOf(api.client.GET("/v1/orders",
    { params: { query: { limit: 20, q: text.trim() || " ", ...(cursor ? { cursor } : {}) } } })) as never, [text]);
  if (order) return <History order={order} onBack={() => setOrder(undefined)} />;
  return (
    <>
      <Head title={t`Auditoría`} note={t`Busque una orden por su código, su cliente o lo que dice: se ve todo lo que le pasó, y quién lo hizo.`} />
      <SearchField label={t`Código, cliente, dirección…`} clearLabel={t`Borrar la búsqueda`} value={text} onChange={setText} />
      {text.trim().length < 2 ? <Empty title={t`Escriba al menos dos letras`} /> : (
        <Listing pages={orders} head={[t`Orden`, t`Qué pasa`, t`Cliente`, t`Estado`]} empty={t`Ninguna orden es así`}>
          {(row) => <tr key={row.id}><td><button className="link num" onClick={() => setOrder(row)}>{row.code}</button></td><td>{row.title}</td><td>{row.client_name}</td><td>{statusText(row.status)}</td></tr>}
        </Listing>
      )}
    </>
  );
}

function History({ order, onBack }: { order: Row; onBack: () => void }) {
  const { t } = useLingui();
  const events = usePages<OrderEvent>((cursor) => answerOf(api.client.GET("/v1/orders/{id}/timeline",
    { params: { path: { id: order.id }, query: { limit: 100, ...(cursor ? { cursor } : {}) } } })) as never, [order.id]);
  const { code } = order;
  return (
    <>
      <Head title={t`Todo lo que le pasó a ${code}`}><Button icon="left" onPress={onBack}>{t`Otra orden`}</Button></Head>
      <Listing pages={events} head={[t`Pasó`, t`Se registró`, t`Qué`, t`Quién`]} empty={t`Nada`}>
        {(event) => (
          <tr key={event.id}><td className="num nowrap">{both(event.occurred_at)}{event.device_time && <div className="muted small">{t`el teléfono decía ${both(event.device_time)}`}</div>}</td>
            <td className="num nowrap muted">{both(event.recorded_at)}</td>
            <td><b>{eventText(event)}</b><div className="muted">{eventDetail(event, Date.now())}</div>{event.justification && <div className="small">{event.justification}</div>}</td>
            <td>{roleText(event.role)}{event.principal && <div className="muted small num">{event.principal}</div>}</td></tr>
        )}
      </Listing>
    </>
  );
}
