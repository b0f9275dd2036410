// One order: what it is, what it promises, who could do it, what happened.
import { OrderFollower, type Candidates, type Order, type OrderRow, type OrderSnapshot, type Refusal } from "@microflow/client";
import { Bar, Button, Dialog, DialogActions, Empty, Icon, Mark, Notice, PriorityMark, Select, Spinner, TextField, type Tone } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { approve, canApprove, canAssign, canCancel, canMove, canPrioritize, canReassign, canRetry, canTriage, canUnassign, sendBack, setPinned,
  setPriority, triage, unassign, withReason, type Who } from "./actions";
import { CandidateList } from "./CandidateList";
import { CloseButton } from "./Desk";
import { api, stream } from "./core";
import { History } from "./History";
import { useNow } from "./hooks";
import { toneOf } from "./orders";
import { clockText, flagText, statusText, visitText } from "./texts";
import { lasting, span, when } from "@microflow/app/time";

const nothing: OrderSnapshot = { order: undefined, events: [], isStale: true, refused: undefined };

function useOrder(id: string): OrderSnapshot {
  const [follower, setFollower] = useState<OrderFollower>();
  useEffect(() => {
    const made = new OrderFollower(api, stream, id);
    setFollower(made);
    return () => made.stop();
  }, [id]);
  return useSyncExternalStore((tell) => follower?.subscribe(tell) ?? (() => {}), () => follower?.snapshot() ?? nothing);
}

export function OrderPanel({ id, row, candidates, isAsking, problem, isChoosing, onChoosing, onMove, onAssign, onForce, onClose }: {
  id: string; row: OrderRow | undefined; candidates: Candidates | undefined; isAsking: boolean; problem: Refusal | undefined;
  isChoosing: boolean; onChoosing: (isChoosing: boolean) => void; onMove: () => void; onAssign: (who: Who) => void;
  onForce: (who: Who) => void; onClose: () => void;
}) {
  const { t } = useLingui();
  const { order, events, refused } = useOrder(id);
  const now = useNow(1_000);
  // The row is what is predicted and what the board says; the order knows more, a moment later.
  const head = row ?? (order as OrderRow | undefined);
  if (refused || !head)
    return (
      <aside className="panel" aria-label={t`Orden`}>
        <div className="panel-head"><span className="grow" /><CloseButton onPress={onClose} /></div>
        {refused ? <Empty title={t`No se puede mostrar esta orden`}><p>{refused.detail ?? refused.code}</p></Empty>
          : <div className="empty"><Spinner label={t`Cargando`} /></div>}
      </aside>
    );
  const isOver = !row && order !== undefined;
  return (
    <aside className="panel" aria-label={t`Orden ${head.code}`}>
      <div className="panel-head">
        <div className="grow">
          <div className="row-line"><span className="muted small num">{head.code}</span><Mark tone={toneOf[head.status]}>{statusText(head.status)}</Mark></div>
          <h2>{head.title}</h2>
          <p className="muted cut">{[head.client_name, head.neighbourhood ?? head.address].filter(Boolean).join(" · ")}</p>
        </div>
        <CloseButton onPress={onClose} />
      </div>
      <div className="panel-body">
        {(head.flags?.length ?? 0) > 0 && <Notice tone="warn">{head.flags!.map(flagText).join(" · ")}</Notice>}
        {isOver && <Notice tone="ended" icon="info">{t`Ya no está en los tableros de sus zonas.`}</Notice>}
        {row && <Actions order={row} isChoosing={isChoosing} onChoosing={onChoosing} onMove={onMove} />}
        {row && (canAssign(row) || (isChoosing && canReassign(row))) && (
          <CandidateList candidates={candidates} isAsking={isAsking} problem={problem} onAssign={onAssign} onForce={onForce} />
        )}
        {order ? <Clocks order={order} now={now} /> : <div className="empty"><Spinner label={t`Cargando`} /></div>}
        {order && <Facts order={order} head={head} now={now} />}
        {order && <History order={order} events={events} now={now} />}
      </div>
    </aside>
  );
}

function Actions({ order, isChoosing, onChoosing, onMove }: {
  order: OrderRow; isChoosing: boolean; onChoosing: (is: boolean) => void; onMove: () => void;
}) {
  const { t } = useLingui();
  const [asks, setAsks] = useState<"cancel" | "reject" | "retry" | "return">();
  return (
    <div className="actions-row">
      {canTriage(order) && <Button look="primary" onPress={() => void triage(order)}>
        {order.flags?.includes("possible_duplicate") ? t`No es repetida: revisar` : t`Dar por revisada`}</Button>}
      {canApprove(order) && <Button look="primary" icon="check" onPress={() => void approve(order)}>{t`Aprobar y cerrar`}</Button>}
      {order.status === "APPROVAL_REQUIRED" && <Button onPress={() => setAsks("return")}>{t`Devolver`}</Button>}
      {canRetry(order) && <Button look="primary" onPress={() => setAsks("retry")}>{t`Intentar de nuevo`}</Button>}
      {canReassign(order) && <Button aria-pressed={isChoosing} onPress={() => onChoosing(!isChoosing)}>{isChoosing ? t`No cambiar` : t`Otro técnico`}</Button>}
      {canMove(order) && order.slot && <Button onPress={onMove}>{t`Mover o alargar`}</Button>}
      {canUnassign(order) && <Button onPress={() => void unassign(order)}>{t`Quitar técnico`}</Button>}
      {canPrioritize(order) && <Select label={t`Prioridad`} isLabelHidden value={String(order.priority)}
        onChange={(id) => Number(id) !== order.priority && void setPriority(order, Number(id))}
        choices={[1, 2, 3, 4].map((n) => ({ id: String(n), text: t`Prioridad ${n}` }))} />}
      <Button icon="pin" aria-pressed={order.pinned} look={order.pinned ? "primary" : "plain"}
        label={order.pinned ? t`Soltar (p)` : t`Fijar: el despacho automático no la mueve (p)`} onPress={() => void setPinned(order, !order.pinned)} />
      {canTriage(order) && <Button look="danger" onPress={() => setAsks("reject")}>{t`Rechazar`}</Button>}
      {!canTriage(order) && canCancel(order) && <Button look="danger" onPress={() => setAsks("cancel")}>{t`Cancelar`}</Button>}
      {asks && <ReasonDialog order={order} verb={asks} onClose={() => setAsks(undefined)} />}
    </div>
  );
}

function ReasonDialog({ order, verb, onClose }: { order: OrderRow; verb: "cancel" | "reject" | "retry" | "return"; onClose: () => void }) {
  const { t } = useLingui();
  const [reason, setReason] = useState("");
  const { code } = order;
  const title = { cancel: t`Cancelar ${code}`, reject: t`Rechazar ${code}`, retry: t`Intentar ${code} de nuevo`, return: t`Devolver ${code} al técnico` }[verb];
  const action = { cancel: t`Cancelar la orden`, reject: t`Rechazar la orden`, retry: t`Intentar de nuevo`, return: t`Devolver` }[verb];
  const least = verb === "return" ? 10 : 1;
  const send = () => {
    if (reason.trim().length < least) return;
    onClose();
    void (verb === "return" ? sendBack(order, reason.trim()) : withReason(order, verb, reason.trim()));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <TextField label={verb === "return" ? t`Qué falta (10 letras o más)` : t`Por qué`} value={reason} onChange={setReason} lines={3} maxLength={200} autoFocus />
      <DialogActions>
        <Button onPress={onClose}>{t`Volver`}</Button>
        <Button look={verb === "cancel" || verb === "reject" ? "danger" : "primary"} isDisabled={reason.trim().length < least} onPress={send}>{action}</Button>
      </DialogActions>
    </Dialog>
  );
}

function Clocks({ order, now }: { order: Order; now: number }) {
  const { t } = useLingui();
  const running = (["respond", "arrive", "resolve"] as const).filter((name) => "limit_ms" in order.sla[name] && order.sla[name].limit_ms > 0);
  if (running.length === 0) return null;
  return (
    <section className="block" aria-label={t`Plazos`}>
      <h3>{t`Plazos`}</h3>
      <ul className="clocks">
        {running.map((name) => {
          const clock = order.sla[name], due = clock.due ? Date.parse(clock.due) : undefined;
          const left = due === undefined ? 0 : due - now, time = lasting(left);
          const tone: Tone = clock.met_at ? (clock.breached ? "danger" : "ok") : clock.breached || (due !== undefined && left < 0) ? "danger" : clock.at_risk ? "warn" : "planned";
          const says = clock.met_at ? (clock.breached ? t`tarde, ${when(clock.met_at, now)}` : t`cumplido, ${when(clock.met_at, now)}`)
            : due === undefined ? t`detenido` : left < 0 ? t`vencido hace ${time}` : t`faltan ${time}`;
          const part = clock.met_at ? 1 : due === undefined ? 0 : 1 - left / clock.limit_ms;
          return (
            <li key={name} title={due === undefined ? "" : when(due, now)}>
              <span>{clockText(name)}</span><span className={`num toned tone-${tone}`}>{says}</span>
              <Bar part={part} tone={tone} label={`${clockText(name)}: ${says}`} />
            </li>
          );
        })}
      </ul>
      {order.sla.held_since && <p className="muted small">{t`En espera del cliente desde ${when(order.sla.held_since, now)}`}</p>}
    </section>
  );
}

function Facts({ order, head, now }: { order: Order; head: OrderRow; now: number }) {
  const { t } = useLingui();
  const contact = order.contact ?? undefined, phones = contact?.client?.phones ?? [];
  const site = contact?.site;
  const where = [head.address, head.neighbourhood].filter(Boolean).join(", ");
  const estimate = lasting(order.duration_ms);
  const facts: [string, ReactNode][] = [
    [t`Cliente`, <><b>{head.client_name}</b>{phones.map((phone) => <a key={phone} className="phone num" href={`tel:${phone.replace(/\s/g, "")}`}><Icon name="phone" size={12} />{phone}</a>)}</>],
    [t`Sitio`, <>{where}{head.site_name && <span className="muted"> · {head.site_name}</span>}</>],
    ...(site && "access_notes" in site && site.access_notes ? [[t`Acceso`, site.access_notes] as [string, ReactNode]] : []),
    [t`Tipo`, <>{head.type_name}<span className="muted"> · {estimate}</span></>],
    ...(order.skills?.length ? [[t`Habilidades`, order.skills.map(({ skill, level }) => `${skill} ${level}`).join(", ")] as [string, ReactNode]] : []),
    ...(head.windows?.length ? [[t`Franjas`, head.windows.map(({ from, to }) => span(from, to, now)).join("; ")] as [string, ReactNode]] : []),
    ...(head.technician_name ? [[t`Técnico`, <><b>{head.technician_name}</b>{head.slot && <span className="muted num"> · {span(head.slot.from, head.slot.to, now)}</span>}</>] as [string, ReactNode]] : []),
    ...(head.status === "ASSIGNED" && head.offer_expires_at ? [[t`Debe aceptar`, t`antes de las ${when(head.offer_expires_at, now)}`] as [string, ReactNode]] : []),
    ...(order.tags?.length ? [[t`Etiquetas`, order.tags.join(", ")] as [string, ReactNode]] : []),
    ...(order.description ? [[t`Descripción`, order.description] as [string, ReactNode]] : []),
    ...(order.remark ? [[t`Se devolvió por`, order.remark] as [string, ReactNode]] : []),
    ...(order.parts?.length ? [[t`Repuestos`, order.parts.join(", ")] as [string, ReactNode]] : []),
    ...(order.completion?.note ? [[t`Nota final`, order.completion.note] as [string, ReactNode]] : []),
    ...(order.completion?.signature_refusal_reason ? [[t`Sin firma`, order.completion.signature_refusal_reason] as [string, ReactNode]] : []),
    ...(order.offers_lost ? [[t`Ofertas perdidas`, order.offers_lost] as [string, ReactNode]] : []),
  ];
  return (
    <section className="block" aria-label={t`Datos`}>
      <h3>{t`Datos`}</h3>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {(order.visits?.length ?? 0) > 1 && (
        <details><summary>{t`Visitas: ${order.visits!.length}`}</summary>
          <ul className="visits">
            {order.visits!.map((visit) => (
              <li key={visit.id}><span className="cut">{visit.technician_name}</span><span className="muted num">{span(visit.slot.from, visit.slot.to, now)}</span><Mark tone="ended" isPlain>{visitText(visit.status)}</Mark></li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
export { PriorityMark };
