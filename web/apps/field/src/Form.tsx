// What a step asks before it is done. The same forms mend what was refused.
import { sentence } from "@microflow/app/texts";
import { reasonText } from "@microflow/app/texts";
import { when } from "@microflow/app/time";
import type { ReasonCode, Refusal } from "@microflow/client";
import { languageNow } from "@microflow/i18n";
import { Button, Dialog, DialogActions, Notice, Select, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useHere } from "./Phone";
import { verbText } from "./texts";
import type { Verb } from "./visit";

const forms: readonly Verb[] = ["decline", "pause", "follow_up", "complete", "fail", "comment", "request_time_edit"];
export const hasForm = (verb: Verb) => forms.includes(verb);

/** Where the phone has not read the catalogue yet: the codes that every company has. */
const usual: Partial<Record<Verb, readonly string[]>> = {
  pause: ["break", "parts", "client_absent", "weather", "safety", "other"], fail: ["client_absent", "no_access", "unsafe", "other"],
  decline: ["too_far", "safety", "other"], follow_up: ["parts", "client_absent", "other"],
};
function choicesOf(verb: Verb, reasons: readonly ReasonCode[]) {
  const own = reasons.filter((one) => one.verbs?.includes(verb)).map((one) => ({ id: one.code, text: languageNow() === "en" ? one.name_en : one.name_es }));
  const known = (usual[verb] ?? []).filter((code) => !own.some(({ id }) => id === code)).map((id) => ({ id, text: reasonText(id) }));
  return [...known, ...own];
}
type Params = Record<string, unknown>;
const text = (value: unknown) => (typeof value === "string" ? value : "");
const said = (name: string, value: string): Params => (value.trim() ? { [name]: value.trim() } : {});
const localTime = (time: string) => {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

export function Form({ verb, id, title, before = {}, why, onDone, onClose }: {
  verb: Verb; id: string; title: string; before?: Params; why?: Refusal | undefined; onDone: (params: Params) => void; onClose: () => void;
}) {
  const { t } = useLingui();
  const { day } = useHere();
  const order = day.orders.get(id)?.order;
  const choices = choicesOf(verb, day.reasons);
  const [reason, setReason] = useState(text(before.reason) || (choices[0]?.id ?? ""));
  const [note, setNote] = useState(text(before.note));
  const [parts, setParts] = useState(Array.isArray(before.parts) ? before.parts.join(", ") : "");
  const [signature, setSignature] = useState(text(before.signature));
  const [isRefused, setRefused] = useState(Boolean(before.signature_refusal_reason));
  const [refusal, setRefusal] = useState(text(before.signature_refusal_reason));
  const [words, setWords] = useState(text(before.text));
  const [visibility, setVisibility] = useState(text(before.visibility) || "internal");
  const entries = order?.visits?.find((visit) => visit.id === order.visit)?.time ?? [];
  const [entry, setEntry] = useState(Number(before.entry ?? 0));
  const [from, setFrom] = useState(localTime(text(before.from) || entries[entry]?.from || new Date().toISOString()));
  const [to, setTo] = useState(localTime(text(before.to) || entries[entry]?.to || new Date().toISOString()));
  const [justification, setJustification] = useState(text(before.justification));
  const needsSignature = verb === "complete" && (order?.signature_needed ?? false);

  const isReady = verb === "comment" ? words.trim() !== "" : verb === "request_time_edit" ? justification.trim().length >= 10 && from < to
    : verb === "complete" ? !needsSignature || (isRefused ? refusal.trim() !== "" : signature.trim() !== "") : reason !== "";
  const send = () => {
    if (!isReady) return;
    switch (verb) {
      case "comment": return onDone({ text: words.trim(), visibility });
      case "complete": return onDone({ ...said("note", note), ...(needsSignature ? (isRefused ? said("signature_refusal_reason", refusal) : said("signature", signature)) : {}) });
      case "request_time_edit": return onDone({ ...(order?.visit ? { visit: order.visit } : {}), entry, from: new Date(from).toISOString(), to: new Date(to).toISOString(), justification: justification.trim() });
      case "follow_up": return onDone({ reason, ...said("note", note), parts: parts.split(",").map((one) => one.trim()).filter(Boolean) });
      default: return onDone({ reason, ...said("note", note) });
    }
  };
  const now = Date.now();
  return (
    <Dialog title={verbText(verb)} onClose={onClose}>
      <form className="form" onSubmit={(event) => { event.preventDefault(); send(); }}>
        <p className="muted">{title}</p>
        {why && <Notice tone="danger">{sentence(why.detail)}{why.errors.map((one) => <span key={one.field}> {one.detail}</span>)}</Notice>}
        {["decline", "pause", "follow_up", "fail"].includes(verb) && <Select label={t`Por qué`} value={reason} onChange={setReason} choices={choices} />}
        {verb === "follow_up" && <TextField label={t`Repuestos para la próxima visita, separados por comas`} value={parts} onChange={setParts} maxLength={400} />}
        {verb === "complete" && <TextField label={t`Qué se hizo`} value={note} onChange={setNote} lines={4} maxLength={2000} autoFocus />}
        {["decline", "pause", "follow_up", "fail"].includes(verb) && <TextField label={t`Nota`} value={note} onChange={setNote} lines={2} maxLength={500} />}
        {needsSignature && (
          <>
            <Select label={t`Firma`} value={isRefused ? "refused" : "signed"} onChange={(id) => setRefused(id === "refused")}
              choices={[{ id: "signed", text: t`El cliente firma` }, { id: "refused", text: t`No firma` }]} />
            {isRefused ? <TextField label={t`Por qué no firma`} value={refusal} onChange={setRefusal} maxLength={400} />
              : <TextField label={t`Nombre de quien firma`} value={signature} onChange={setSignature} maxLength={200} />}
          </>
        )}
        {verb === "comment" && (
          <>
            <TextField label={t`Comentario`} value={words} onChange={setWords} lines={4} maxLength={2000} autoFocus />
            <Select label={t`Quién lo ve`} value={visibility} onChange={setVisibility}
              choices={[{ id: "internal", text: t`Solo la empresa` }, { id: "client", text: t`También el cliente` }]} />
          </>
        )}
        {verb === "request_time_edit" && (
          <>
            {entries.length > 1 && <Select label={t`Cuál`} value={String(entry)} onChange={(chosen) => {
              const at = Number(chosen);
              setEntry(at);
              setFrom(localTime(entries[at]!.from));
              setTo(localTime(entries[at]!.to ?? new Date().toISOString()));
            }} choices={entries.map((one, at) => ({ id: String(at), text: `${when(one.from, now)} – ${one.to ? when(one.to, now) : "…"}` }))} />}
            <label className="field"><span className="label">{t`Desde`}</span><input className="input" type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} /></label>
            <label className="field"><span className="label">{t`Hasta`}</span><input className="input" type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} /></label>
            <TextField label={t`Justificación (10 letras o más)`} value={justification} onChange={setJustification} lines={2} maxLength={500} />
          </>
        )}
        <DialogActions>
          <Button onPress={onClose}>{t`Volver`}</Button>
          <Button type="submit" look={verb === "fail" || verb === "decline" ? "danger" : "primary"} isDisabled={!isReady}>{verbText(verb)}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
