// One of a client's orders: its steps, what can be done about it, and the conversation.
import { api, halfDays, onWire, stream, toasts, useNow, windowText } from "@microflow/app";
import { roleText, sentence } from "@microflow/app/texts";
import { when } from "@microflow/app/time";
import { OrderFollower, command, type ClientEvent, type ClientOrder, type OrderBody, type OrderSnapshot, type OrderVerb, type Position } from "@microflow/client";
import { Button, Chip, Dialog, DialogActions, Empty, Icon, Notice, Spinner, TextField } from "@microflow/ui";
import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Progress } from "./Progress";
import { canChange, isBadEnd } from "./steps";

const nothing: OrderSnapshot = { order: undefined, events: [], isStale: true, refused: undefined };

export function OrderPage({ id }: { id: string }) {
  const { t } = useLingui();
  const [follower, setFollower] = useState<OrderFollower>();
  useEffect(() => {
    const made = new OrderFollower(api, stream, id);
    setFollower(made);
    return () => made.stop();
  }, [id]);
  const snapshot = useSyncExternalStore((tell) => follower?.subscribe(tell) ?? (() => {}), () => follower?.snapshot() ?? nothing);
  const order = snapshot.order as ClientOrder | undefined, events = snapshot.events as unknown as readonly ClientEvent[];
  const now = useNow(10_000);
  const position = usePosition(order?.status === "EN_ROUTE" ? order.technician : undefined);
  const [asks, setAsks] = useState<"reschedule" | "cancel">();

  if (snapshot.refused) return <main className="sheet"><Empty title={t`La orden no se puede mostrar`}><p>{snapshot.refused.detail ?? snapshot.refused.code}</p></Empty></main>;
  if (!order) return <main className="sheet"><div className="empty"><Spinner label={t`Cargando`} /></div></main>;
  const give = <V extends OrderVerb>(verb: V, body: OrderBody<V>, done: string) => send(order.id, verb, body, done);
  const isFinished = ["COMPLETED", "APPROVAL_REQUIRED", "CLOSED"].includes(order.status);
  return (
    <main className="sheet">
      {snapshot.isStale && <Notice tone="warn">{t`Sin conexión: esto es lo último que se supo. Se intenta de nuevo.`}</Notice>}
      <Progress order={order} position={position} now={now} />
      <p className="muted small">{[order.type_name, order.address, order.neighbourhood].filter(Boolean).join(" · ")}</p>
      {order.description && <p>{order.description}</p>}
      {canChange(order.status) && (
        <div className="choices">
          {order.slot && !order.window_confirmed_at && <Button look="primary" icon="check" onPress={() => void give("confirm_window", {}, t`Franja confirmada`)}>{t`Me sirve esa hora`}</Button>}
          {order.slot && order.window_confirmed_at && <p className="toned tone-ok"><Icon name="check" /> {t`Usted confirmó la hora.`}</p>}
          <Button icon="clock" onPress={() => setAsks("reschedule")}>{t`Cambiar la fecha`}</Button>
          <Button look="danger" onPress={() => setAsks("cancel")}>{t`Cancelar`}</Button>
        </div>
      )}
      {isFinished && <Rating order={order} />}
      <Talk order={order} events={events} now={now} />
      {asks === "reschedule" && <Reschedule now={now} onClose={() => setAsks(undefined)} onDone={(windows, note) => {
        setAsks(undefined);
        void give("reschedule", { windows: windows.map(onWire), ...(note ? { note } : {}) }, t`Pedimos la nueva fecha`);
      }} />}
      {asks === "cancel" && <Cancel onClose={() => setAsks(undefined)} onDone={(note) => {
        setAsks(undefined);
        void give("cancel", { reason: "client_request", ...(note ? { note } : {}) }, t`Solicitud cancelada`);
      }} />}
      {isBadEnd(order.status) && order.successor && <p><a href={`#${order.successor.order}`}>{t`Sigue en otra solicitud`}</a></p>}
    </main>
  );
}

/** Done, or what the server says against it; true when it is done. */
async function send<V extends OrderVerb>(id: string, verb: V, body: OrderBody<V>, done: string): Promise<boolean> {
  const verdict = await command(api, id, verb, body);
  if (verdict.is === "done") toasts.show(done);
  else toasts.show(verdict.why.detail ? sentence(verdict.why.detail) : t`El servidor no responde: puede que no se haya hecho.`, { isBad: true });
  return verdict.is === "done";
}

function usePosition(technician: string | undefined): Position | undefined {
  const [position, setPosition] = useState<Position>();
  useEffect(() => {
    setPosition(undefined);
    if (!technician) return;
    return stream.follow(`position:${technician}`, {
      opened: ({ snapshot }) => { if (snapshot) setPosition(snapshot as Position); },
      pushed: ({ event }) => { if (event) setPosition(event as Position); },
      refused: () => setPosition(undefined),
    });
  }, [technician]);
  return position;
}

function Rating({ order }: { order: ClientOrder }) {
  const { t } = useLingui();
  const [stars, setStars] = useState(0);
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  if (order.rating) return <p className="stars" role="img" aria-label={t`Usted dio ${order.rating} de 5`}>{[1, 2, 3, 4, 5].map((n) => <span key={n} className={n <= order.rating! ? "on" : ""}><Icon name="star" size={22} /></span>)}</p>;
  return (
    <section className="rate" aria-label={t`Calificar`}>
      <h2>{t`¿Cómo le fue?`}</h2>
      <div className="stars" role="radiogroup" aria-label={t`Estrellas`}>
        {[1, 2, 3, 4, 5].map((n) => <button key={n} role="radio" aria-checked={stars === n} aria-label={t`${n} de 5`} className={n <= stars ? "on" : ""} onClick={() => setStars(n)}><Icon name="star" size={28} /></button>)}
      </div>
      {stars > 0 && (
        <>
          <TextField label={t`¿Algo más? (opcional)`} value={text} onChange={setText} lines={2} maxLength={2000} />
          <Button look="primary" isDisabled={isSending} onPress={async () => {
            setSending(true);
            await send(order.id, "rate", { rating: stars, ...(text.trim() ? { text: text.trim() } : {}) }, t`Gracias`);
            setSending(false);
          }}>{t`Enviar`}</Button>
        </>
      )}
    </section>
  );
}

function Talk({ order, events, now }: { order: ClientOrder; events: readonly ClientEvent[]; now: number }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const said = events.filter((event) => event.type === "order.commented");
  const write = async () => {
    if (!text.trim() || isSending) return;
    setSending(true);
    if (await send(order.id, "comment", { text: text.trim(), visibility: "client" }, t`Mensaje enviado`)) setText("");
    setSending(false);
  };
  return (
    <section className="talk-box" aria-label={t`Conversación`}>
      <h2>{t`Conversación`}</h2>
      <ol className="talk">
        {said.map((event) => {
          const role = String(event.data.author_as ?? "");
          return <li key={event.id} className={role === "client" ? "mine" : ""}><p>{String((event.data as { text?: string }).text ?? "")}</p>
            <p className="muted small">{role === "client" ? t`Usted` : role === "technician" ? roleText(role) : t`La empresa`} · <span className="num">{when(event.occurred_at, now)}</span></p></li>;
        })}
      </ol>
      <TextField label={t`Escriba un mensaje`} value={text} onChange={setText} lines={2} maxLength={2000} />
      <Button icon="chat" isDisabled={!text.trim() || isSending} onPress={() => void write()}>{t`Enviar`}</Button>
    </section>
  );
}

export function WindowChips({ now, days, chosen, onChange }: { now: number; days: number; chosen: readonly number[]; onChange: (chosen: number[]) => void }) {
  const windows = halfDays(now, days);
  return (
    <div className="chips">
      {windows.map((one) => <Chip key={one.from} isSelected={chosen.includes(one.from)}
        onChange={(isOn) => onChange(isOn ? [...chosen, one.from] : chosen.filter((from) => from !== one.from))}>{windowText(one, now)}</Chip>)}
    </div>
  );
}

function Reschedule({ now, onClose, onDone }: { now: number; onClose: () => void; onDone: (windows: { from: number; to: number }[], note: string) => void }) {
  const { t } = useLingui();
  const [chosen, setChosen] = useState<number[]>([]);
  const [note, setNote] = useState("");
  return (
    <Dialog title={t`Cambiar la fecha`} onClose={onClose}>
      <p>{t`Elija una o varias franjas en que puede recibirnos.`}</p>
      <WindowChips now={now} days={5} chosen={chosen} onChange={setChosen} />
      <TextField label={t`Nota`} value={note} onChange={setNote} maxLength={300} />
      <DialogActions>
        <Button onPress={onClose}>{t`Volver`}</Button>
        <Button look="primary" isDisabled={chosen.length === 0} onPress={() => onDone(halfDays(now, 5).filter(({ from }) => chosen.includes(from)), note.trim())}>{t`Pedir ese cambio`}</Button>
      </DialogActions>
    </Dialog>
  );
}

function Cancel({ onClose, onDone }: { onClose: () => void; onDone: (note: string) => void }) {
  const { t } = useLingui();
  const [note, setNote] = useState("");
  return (
    <Dialog title={t`Cancelar la solicitud`} onClose={onClose}>
      <p>{t`Nadie irá. Si luego la necesita, puede pedir otra.`}</p>
      <TextField label={t`¿Por qué? (opcional)`} value={note} onChange={setNote} lines={2} maxLength={500} />
      <DialogActions>
        <Button autoFocus onPress={onClose}>{t`Volver`}</Button>
        <Button look="danger" onPress={() => onDone(note.trim())}>{t`Cancelar la solicitud`}</Button>
      </DialogActions>
    </Dialog>
  );
}
