// What the dispatcher would do, as a difference: who has it now and who would, when, and what is won. Taken
// whole or in part; refused with a reason.
import { api, toasts } from "@microflow/app";
import { reasonText, sentence } from "@microflow/app/texts";
import { lasting, span } from "@microflow/app/time";
import { answerOf, command, type OrderRow, type Proposal } from "@microflow/client";
import { i18n } from "@microflow/i18n";
import { Button, Dialog, DialogActions, Empty, PriorityMark, Select, TextField } from "@microflow/ui";
import { msg, plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { board } from "./core";
import { useNow } from "./hooks";

const whys: Record<string, ReturnType<typeof msg>> = {
  no_technician: msg`no tenía técnico`, due: msg`es hora de ofrecerla`, late: msg`llegaría tarde`, impossible: msg`como estaba no se puede`,
  refused: msg`su técnico la rechazó`, better: msg`ahorra viaje`,
};
const atOnce = 100;

export function Proposals({ proposals, onOpen, onClose }: { proposals: readonly Proposal[]; onOpen: (order: string) => void; onClose: () => void }) {
  const { t } = useLingui();
  const now = useNow(15_000);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Proposal>();
  const chosen = proposals.filter(({ id }) => !left.has(id)), count = chosen.length;
  const accept = async () => {
    setBusy(true);
    const byZone = new Map<string, string[]>();
    for (const { id, order } of chosen.slice(0, atOnce)) {
      const zone = board.order(order)?.zone;
      if (zone) byZone.set(zone, [...(byZone.get(zone) ?? []), id]);
    }
    let done = 0;
    const said = new Set<string>();
    for (const [id, of] of byZone) {
      const answer = await answerOf(api.client.POST("/v1/zones/{id}/accept_proposals", { params: { path: { id } }, body: { proposals: of } }));
      if ("no" in answer) said.add(sentence(answer.no.detail) || t`El servidor no responde: puede que se haya hecho.`);
      else for (const { ok, err } of answer.ok.results) {
        if (ok) done += 1;
        else if (err) said.add(sentence(err.detail ?? err.title));
      }
    }
    setBusy(false);
    if (done > 0) toasts.show(plural(done, { one: "# propuesta aceptada", other: "# propuestas aceptadas" }));
    for (const one of [...said].slice(0, 2)) toasts.show(one, { isBad: true });
  };
  return (
    <aside className="alerts proposals" aria-label={t`Propuestas`}>
      <div className="pane-head"><h2>{t`Propuestas`}</h2><span className="muted small num">{proposals.length}</span><span className="grow" />
        <Button look="quiet" isSmall icon="close" label={t`Cerrar`} onPress={onClose} /></div>
      {proposals.length === 0 ? <Empty title={t`Nada que proponer`}><p>{t`Aparecen aquí las de las zonas que proponen.`}</p></Empty> : (
        <>
          <div className="pane-head"><Button look="primary" isSmall isDisabled={count === 0 || isBusy} onPress={() => void accept()}>{isBusy ? t`Aceptando…` : t`Aceptar ${count}`}</Button>
            <Button look="quiet" isSmall onPress={() => setLeft(left.size > 0 ? new Set() : new Set(proposals.map(({ id }) => id)))}>{left.size > 0 ? t`Elegir todas` : t`Ninguna`}</Button></div>
          <ul>
            {proposals.map((one) => (
              <li key={one.id} className="proposal">
                <input type="checkbox" aria-label={t`Aceptar ${one.code}`} checked={!left.has(one.id)} onChange={(event) => {
                  const next = new Set(left);
                  if (event.target.checked) next.delete(one.id);
                  else next.add(one.id);
                  setLeft(next);
                }} />
                <Change one={one} order={board.order(one.order)} now={now} onOpen={onOpen} />
                <Button look="quiet" isSmall icon="close" label={t`Rechazar…`} onPress={() => setRefused(one)} />
              </li>
            ))}
          </ul>
        </>
      )}
      {refused && <Refuse one={refused} onClose={() => setRefused(undefined)} />}
    </aside>
  );
}

function Change({ one, order, now, onOpen }: { one: Proposal; order: OrderRow | undefined; now: number; onOpen: (order: string) => void }) {
  const { t } = useLingui();
  const why = whys[one.why], won = one.before ? one.before.travel_ms - one.adds.travel_ms : -one.adds.travel_ms, travel = lasting(won);
  return (
    <button className="alert" onClick={() => onOpen(one.order)}>
      <span className="row-line"><b className="cut">{order?.title ?? one.code}</b><PriorityMark priority={one.priority} label={t`Prioridad ${one.priority}`} /></span>
      {one.replaces && <s className="muted cut">{one.replaces.technician_name} · {span(one.replaces.slot.from, one.replaces.slot.to, now)}</s>}
      <span className="cut">→ <b>{one.technician_name}</b> · <span className="num">{span(one.slot.from, one.slot.to, now)}</span></span>
      <span className="muted small">{[why && i18n._(why), Math.abs(won) >= 60_000 ? (won > 0 ? t`${travel} menos de viaje` : t`${travel} de viaje`) : "",
        one.tells?.includes("client") ? t`cambia la hora que sabe el cliente` : ""].filter(Boolean).join(" · ")}</span>
    </button>
  );
}

function Refuse({ one, onClose }: { one: Proposal; onClose: () => void }) {
  const { t } = useLingui();
  const [reason, setReason] = useState("other"), [note, setNote] = useState("");
  const { technician_name: name, code } = one;
  const send = async () => {
    onClose();
    const verdict = await command(api, one.order, "refuse_proposal", { technician: one.technician, from: one.slot.from, reason, ...(note.trim() ? { note: note.trim() } : {}) });
    if (verdict.is === "done") toasts.show(t`${code}: hoy no se propone otra vez a ${name}`);
    else toasts.show(sentence(verdict.why.detail) || t`El servidor no responde: puede que se haya hecho.`, { isBad: true });
  };
  return (
    <Dialog title={t`No dar ${code} a ${name}`} onClose={onClose}>
      <Select label={t`Por qué`} value={reason} onChange={setReason} choices={["too_far", "client_absent", "parts", "other"].map((id) => ({ id, text: reasonText(id) }))} />
      <TextField label={t`Nota`} value={note} onChange={setNote} maxLength={300} />
      <DialogActions><Button onPress={onClose}>{t`Volver`}</Button><Button look="danger" onPress={() => void send()}>{t`Rechazar`}</Button></DialogActions>
    </Dialog>
  );
}
