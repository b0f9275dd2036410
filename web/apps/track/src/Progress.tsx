// The steps of an order, its window, who comes, and where that is: the same with a login and without.
import { reasonText, statusText } from "@microflow/app/texts";
import { clock, day, lasting, span, when } from "@microflow/app/time";
import type { OrderStatus, Position } from "@microflow/client";
import { i18n } from "@microflow/i18n";
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { distanceM, isBadEnd, isOpen, stepsOf, type Place, type Seen, type StepName } from "./steps";

const names: Record<StepName, MessageDescriptor> = {
  received: msg`Recibida`, assigned: msg`Asignada`, on_the_way: msg`En camino`, there: msg`En el sitio`, working: msg`En curso`, done: msg`Terminada`,
};
const headlines: Record<string, MessageDescriptor> = {
  NEW: msg`La recibimos`, TRIAGED: msg`Buscamos quién vaya`, SCHEDULED: msg`Tiene fecha`, ASSIGNED: msg`Asignada`, ACCEPTED: msg`Asignada`,
  EN_ROUTE: msg`Va en camino`, ON_SITE: msg`Ya llegó`, IN_PROGRESS: msg`Está trabajando`, PAUSED: msg`El trabajo está en pausa`,
  COMPLETED: msg`Terminada`, APPROVAL_REQUIRED: msg`Terminada`, CLOSED: msg`Terminada`,
};
/** A state as a client reads it. */
export const headlineOf = (status: OrderStatus) => (headlines[status] ? i18n._(headlines[status]!) : statusText(status));

/** Reasons as a client reads them. */
const forClients: Record<string, MessageDescriptor> = {
  client_absent: msg`no había nadie en el sitio`, no_access: msg`no se pudo entrar al sitio`, unsafe: msg`el sitio no era seguro`,
  duplicate: msg`ya había una orden igual`, client_request: msg`usted lo pidió`, other: msg`otro motivo`,
};

export function Progress({ order, position, now }: { order: Seen; position: Position | undefined; now: number }) {
  const { t } = useLingui();
  const { status, technician_name: name, slot } = order, isBad = isBadEnd(status);
  const site = order.lat !== undefined && order.lon !== undefined ? { lat: order.lat, lon: order.lon } : undefined;
  const reason = order.reason && (forClients[order.reason] ? i18n._(forClients[order.reason]!) : reasonText(order.reason));
  return (
    <>
      <p className="code num">{order.code} · {order.title}</p>
      <h1 className={isBad ? "headline bad" : "headline"}>{headlineOf(status)}</h1>
      {isBad && reason && <p>{t`Motivo: ${reason}`}</p>}
      {name && !isBad && isOpen(status) && <p className="who">{status === "EN_ROUTE" ? t`${name} va hacia su dirección.` : t`Le atiende ${name}.`}</p>}
      {slot && isOpen(status) && !order.departed_at && <p className="slot">{t`Visita`}: <b>{day(slot.from)}</b>, <b className="num">{clock(slot.from)} – {clock(slot.to)}</b></p>}
      {order.eta && <p className="slot">{t`Llega hacia las`} <b className="num">{clock(order.eta)}</b></p>}
      {!slot && isOpen(status) && (order.windows?.length ?? 0) > 0 && <p className="slot">{t`Usted puede recibirnos`}: <span className="num">{order.windows!.map(({ from, to }) => span(from, to, now)).join("; ")}</span></p>}
      {status === "EN_ROUTE" && position && <OnTheWay site={site} position={position} now={now} />}
      <ol className="steps">
        {stepsOf(order).map((step) => (
          <li key={step.name} className={step.isReached ? "reached" : ""} aria-current={undefined}>
            <span>{i18n._(names[step.name])}{step.isReached && <span className="hidden-text"> ({t`hecho`})</span>}</span>
            {step.at && <time dateTime={step.at} className="num">{when(step.at, now)}</time>}
          </li>
        ))}
        {isBad && <li className="reached bad"><span>{statusText(status)}</span>{order.ended_at && <time dateTime={order.ended_at} className="num">{when(order.ended_at, now)}</time>}</li>}
      </ol>
    </>
  );
}

const widthPx = 320, heightPx = 160, edgePx = 30;

/** House and technician to scale, north up; where they are is rounded by the server. */
function OnTheWay({ site, position, now }: { site: Place | undefined; position: Position; now: number }) {
  const { t } = useLingui();
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const ageMs = Math.max(0, Math.max(at, now) - Date.parse(position.at)), age = lasting(ageMs), isOld = ageMs > 120_000;
  if (!site) return <p className="muted">{t`Posición de hace ${age}.`}</p>;
  const metres = distanceM(site, position), far = metres < 950 ? t`${Math.max(100, Math.round(metres / 100) * 100)} m` : t`${i18n.number(Math.round(metres / 100) / 10, { minimumFractionDigits: 1 })} km`;
  const squeeze = Math.cos((site.lat * Math.PI) / 180), dx = (position.lon - site.lon) * squeeze, dy = site.lat - position.lat;
  const scale = Math.min((widthPx - 2 * edgePx) / Math.max(Math.abs(dx), 1e-4), (heightPx - 2 * edgePx) / Math.max(Math.abs(dy), 1e-4), 60_000);
  const middle = { x: widthPx / 2, y: heightPx / 2 };
  const house = { x: middle.x - (dx * scale) / 2, y: middle.y - (dy * scale) / 2 }, person = { x: middle.x + (dx * scale) / 2, y: middle.y + (dy * scale) / 2 };
  return (
    <figure className={isOld ? "way old" : "way"}>
      <svg viewBox={`0 0 ${widthPx} ${heightPx}`} role="img" aria-label={t`A unos ${far} de su dirección`}>
        <line x1={house.x} y1={house.y} x2={person.x} y2={person.y} className="way-line" />
        <g transform={`translate(${house.x} ${house.y})`} className="way-house"><circle r="15" /><path d="M-7 1 0-6 7 1M-5 0V7H5V0" /></g>
        <g transform={`translate(${person.x} ${person.y})`} className="way-dot"><circle r="13" className="halo" /><circle r="7" /></g>
      </svg>
      <figcaption><b>{t`A unos ${far}`}</b><span className="muted"> · {t`hace ${age}`}</span></figcaption>
    </figure>
  );
}
