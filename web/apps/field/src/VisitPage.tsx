// One visit: what to do next, where it is and whom to ask for, what was said, what was recorded.
import { useNow } from "@microflow/app";
import { eventDetail, roleText, statusText, toneOf } from "@microflow/app/texts";
import { lasting, span, when } from "@microflow/app/time";
import type { Contact, OrderEvent } from "@microflow/client";
import { Button, Empty, Icon, Mark, Notice, Spinner } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState, type ReactNode } from "react";
import { Act, Countdown } from "./Act";
import { Form } from "./Form";
import { useHere } from "./Phone";
import { verbText } from "./texts";
import { shownOf, verbOf, type Verb } from "./visit";

/** What the phone's own map opens. */
function wayTo(lat: number, lon: number, label: string): string {
  const name = encodeURIComponent(label);
  return /iPhone|iPad|Macintosh/.test(navigator.userAgent) ? `maps://?daddr=${lat},${lon}&q=${name}` : `geo:${lat},${lon}?q=${lat},${lon}(${name})`;
}

export function VisitPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { day, jobs, outbox, pocket, order: give } = useHere();
  const now = useNow(10_000);
  const [asks, setAsks] = useState<Verb>();
  useEffect(() => pocket.day.look(id), [pocket, id]);
  const job = jobs.find((one) => one.id === id), known = day.orders.get(id), order = known?.order, row = job?.line.row;
  const head = order ?? row;
  if (!head) return <main className="page">{day.readAt === undefined ? <div className="empty"><Spinner label={t`Cargando`} /></div> : <Empty title={t`Ya no está en su agenda`}><p>{t`Se retiró o la tiene otra persona.`}</p></Empty>}</main>;
  const shown = job?.shown ?? shownOf(head, outbox.queued, outbox.sent);
  const contact: Contact | null | undefined = order?.contact ?? row?.contact;
  const site = contact?.site, phones = contact?.client.phones ?? [], address = [site?.address, site?.neighbourhood].filter(Boolean).join(", ");
  const talk = (known?.events ?? []).filter((event) => event.type === "order.commented");
  const unsaid = outbox.queued.filter((one) => one.params.id === id && verbOf(one.method) === "comment");
  const entries = order?.visits?.find((visit) => visit.id === order.visit)?.time ?? [];
  const isBegun = entries.length > 0;
  const facts: [string, ReactNode][] = [
    ...(contact?.client.name ? [[t`Cliente`, <b key="c">{contact.client.name}</b>] as [string, ReactNode]] : []),
    ...(site?.contact ? [[t`Preguntar por`, site.contact] as [string, ReactNode]] : []),
    ...(site?.hours ? [[t`Horario`, site.hours] as [string, ReactNode]] : []),
    [t`Tipo`, <>{head.type_name}{"duration_ms" in head && head.duration_ms ? <span className="muted"> · {lasting(head.duration_ms)}</span> : null}</>],
    ...(row?.windows?.length ? [[t`Franjas`, row.windows.map(({ from, to }) => span(from, to, now)).join("; ")] as [string, ReactNode]] : []),
    ...(order?.description ? [[t`Descripción`, order.description] as [string, ReactNode]] : []),
    ...(order?.remark ? [[t`Se devolvió por`, order.remark] as [string, ReactNode]] : []),
    ...(contact?.assets?.length ? [[t`Equipos`, contact.assets.map((one) => [one.kind, one.model, one.serial].filter(Boolean).join(" ")).join("; ")] as [string, ReactNode]] : []),
    ...(order?.completion?.note ? [[t`Qué se hizo`, order.completion.note] as [string, ReactNode]] : []),
    ...(order?.completion?.signature ? [[t`Firmó`, order.completion.signature] as [string, ReactNode]] : []),
  ];
  return (
    <main className="page">
      <div className="row-line"><span className="muted num small">{head.code}</span><span className="marks">{shown.isUnsent && <Mark tone="paused" isPlain>{t`sin enviar`}</Mark>}<Mark tone={toneOf[shown.status]}>{statusText(shown.status)}</Mark></span></div>
      <h2 className="visit-title">{head.title}</h2>
      {job && <p className="num when">{span(job.from, job.to, now)} {shown.status === "ASSIGNED" && <Countdown job={job} />}</p>}
      {job && <div className="card"><Act job={job} /></div>}
      {shown.status === "APPROVAL_REQUIRED" && <Notice tone="new" icon="info">{t`Un supervisor la revisa antes de cerrarla.`}</Notice>}
      {site && (
        <section className="card" aria-label={t`Dónde`}>
          <p className="address"><Icon name="place" /><span><b>{address}</b>{site.name && <span className="muted"> · {site.name}</span>}</span></p>
          {site.access_notes && <p className="access"><Icon name="info" /><span><span className="muted">{t`Acceso`}:</span> <b>{site.access_notes}</b></span></p>}
          <div className="others">
            {row?.lat !== undefined && row.lon !== undefined && <a className="button" href={wayTo(row.lat, row.lon, address)}><Icon name="place" />{t`Cómo llegar`}</a>}
            {phones.map((phone) => <a key={phone} className="button" href={`tel:${phone.replace(/\s/g, "")}`}><Icon name="phone" />{t`Llamar`} <span className="num">{phone}</span></a>)}
          </div>
        </section>
      )}
      {job && !contact && <p className="muted">{t`El teléfono todavía no tiene la dirección: hace falta señal una vez.`}</p>}
      <section className="card" aria-label={t`Datos`}><dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl></section>
      {isBegun && (
        <section className="card" aria-label={t`Tiempos`}>
          <h3>{t`Tiempo registrado`}</h3>
          <ul className="times">{entries.map((one) => <li key={one.from} className="num">{when(one.from, now)} – {one.to ? when(one.to, now) : t`sigue`}
            {one.to && <span className="muted"> · {lasting(Date.parse(one.to) - Date.parse(one.from))}</span>}</li>)}</ul>
          {order?.time_edit ? <Notice tone="new" icon="info">{t`Pidió cambiarlo a ${span(order.time_edit.from, order.time_edit.to, now)}; falta que lo aprueben.`}</Notice>
            : entries.some((one) => one.to) && <Button isSmall onPress={() => setAsks("request_time_edit")}>{verbText("request_time_edit")}</Button>}
        </section>
      )}
      <section className="card" aria-label={t`Conversación`}>
        <h3>{t`Conversación`}</h3>
        {talk.length + unsaid.length === 0 && <p className="muted">{t`Nadie ha escrito.`}</p>}
        <ol className="talk">
          {talk.map((event) => <Said key={event.id} event={event} now={now} />)}
          {unsaid.map((one) => <li key={one.key} className="mine"><p>{String(one.params.text)}</p><p className="muted small">{t`sin enviar`}</p></li>)}
        </ol>
        {job && <Button icon="chat" onPress={() => setAsks("comment")}>{verbText("comment")}</Button>}
      </section>
      {asks && <Form verb={asks} id={id} title={head.title} onClose={() => setAsks(undefined)}
        onDone={(params) => { setAsks(undefined); void give(asks, id, head.title, params); }} />}
    </main>
  );
}

function Said({ event, now }: { event: OrderEvent; now: number }) {
  const { t } = useLingui();
  const isForClient = event.type === "order.commented" && event.data.visibility === "client";
  return (
    <li className={event.role === "technician" ? "mine" : ""}>
      <p>{eventDetail(event, now)}</p>
      <p className="muted small"><span>{roleText(event.role)}</span> · <span className="num">{when(event.occurred_at, now)}</span>{isForClient && <> · {t`la ve el cliente`}</>}</p>
    </li>
  );
}
