import { api, halfDays, onWire, toasts, useAnswer } from "@microflow/app";
import { sentence } from "@microflow/app/texts";
import { answerOf, createOrder, readOrderTypes } from "@microflow/client";
import { Button, Dialog, DialogActions, Notice, Select, Spinner, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { WindowChips } from "./OrderPage";

export function NewRequest({ client, now, onClose, onMade }: { client: string; now: number; onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useLingui();
  const [sites] = useAnswer(() => answerOf(api.client.GET("/v1/clients/{id}/sites", { params: { path: { id: client } } })), [client]);
  const [types] = useAnswer(() => readOrderTypes(api), []);
  const open = sites && "ok" in sites ? sites.ok.data.filter((one) => one.active) : [], kinds = types && "ok" in types ? types.ok : [];
  const [siteChosen, setSite] = useState(""), [typeChosen, setType] = useState("");
  const site = siteChosen || (open[0]?.id ?? ""), type = typeChosen || (kinds[0]?.id ?? "");
  const [title, setTitle] = useState(""), [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<number[]>([]);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  // One key for one order, however often "send" is pressed.
  const key = useRef(crypto.randomUUID());
  const failed = (sites && "no" in sites) || (types && "no" in types);
  const isReady = Boolean(site && type && title.trim()) && !isSending;
  const send = async () => {
    if (!isReady) return;
    setSending(true);
    setProblem("");
    const windows = halfDays(now, 5).filter(({ from }) => chosen.includes(from)).map(onWire);
    const verdict = await createOrder(api, { client, site, type, title: title.trim(),
      ...(description.trim() ? { description: description.trim() } : {}), ...(windows.length ? { windows } : {}) }, { key: key.current });
    setSending(false);
    if (verdict.is === "done") {
      toasts.show(t`La recibimos`);
      return onMade(verdict.outcome.id);
    }
    if (verdict.is === "unknown") return setProblem(t`El servidor no responde. Si repite, no se creará dos veces.`);
    setProblem([verdict.why.detail, ...verdict.why.errors.map((one) => one.detail)].filter(Boolean).join(" · "));
    key.current = crypto.randomUUID();
  };
  return (
    <Dialog title={t`Pedir una visita`} onClose={onClose} isWide>
      <form className="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        {failed && <Notice tone="danger">{t`El servidor no responde. Intente de nuevo.`}</Notice>}
        {!failed && (!sites || !types) && <Spinner label={t`Cargando`} />}
        {sites && open.length === 0 && !failed && <Notice tone="warn">{t`Su cuenta no tiene una dirección todavía: llámenos.`}</Notice>}
        {open.length > 0 && <Select label={t`Dónde`} value={site} onChange={setSite} choices={open.map((one) => ({ id: one.id, text: `${one.address}${one.neighbourhood ? `, ${one.neighbourhood}` : ""}`, detail: one.name }))} />}
        {kinds.length > 0 && <Select label={t`Qué necesita`} value={type} onChange={setType} choices={kinds.map(({ id, name }) => ({ id, text: name }))} />}
        <TextField label={t`Qué pasa`} value={title} onChange={setTitle} maxLength={120} isRequired placeholder={t`No hay internet desde ayer`} />
        <TextField label={t`Detalles`} value={description} onChange={setDescription} lines={3} maxLength={2000} />
        <div className="field" role="group" aria-label={t`Cuándo puede recibirnos`}>
          <span className="label">{t`Cuándo puede recibirnos (si no elige, a cualquier hora)`}</span>
          <WindowChips now={now} days={5} chosen={chosen} onChange={setChosen} />
        </div>
        {problem && <Notice tone="danger">{sentence(problem)}</Notice>}
        <DialogActions>
          <Button onPress={onClose}>{t`Volver`}</Button>
          <Button type="submit" look="primary" isDisabled={!isReady}>{isSending ? t`Enviando…` : t`Pedir la visita`}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
