// A new order while somebody is on the phone: client found as one types, and the rest in a few keys.
import { answerOf, createOrder, readOrderTypes, type Client, type OrderType, type Site } from "@microflow/client";
import { Button, Chip, Dialog, DialogActions, FindField, Notice, Select, TextField } from "@microflow/ui";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { api, serverNow, toasts } from "./core";
import { useBoard } from "./hooks";
import { sentence, statusText } from "./texts";
import { halfDays, onWire, windowText } from "@microflow/app";

const typingMs = 150;

export function NewOrder({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useLingui();
  const { orders } = useBoard();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Client[]>([]);
  const [client, setClient] = useState<Client>();
  const [sites, setSites] = useState<readonly Site[]>([]);
  const [site, setSite] = useState("");
  const [types, setTypes] = useState<readonly OrderType[]>([]);
  const [type, setType] = useState("");
  const [title, setTitle] = useState("");
  const [description, setDescription] = useState("");
  const [windowAt, setWindowAt] = useState(-1);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  // One key for one order, however often "create" is pressed.
  const key = useRef(crypto.randomUUID());

  useEffect(() => {
    void readOrderTypes(api).then((answer) => {
      if ("no" in answer) return setProblem(answer.no.detail || t`El servidor no responde`);
      setTypes(answer.ok);
      setType((before) => before || (answer.ok[0]?.id ?? ""));
    });
  }, []);
  useEffect(() => {
    if (client || text.trim().length < 2) return setFound([]);
    let isOver = false;
    const timer = setTimeout(async () => {
      const answer = await answerOf(api.client.GET("/v1/clients", { params: { query: { q: text.trim(), limit: 8 } } }));
      if (!isOver && "ok" in answer) setFound(answer.ok.data as Client[]);
    }, typingMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text, client]);
  useEffect(() => {
    setSites([]);
    setSite("");
    if (!client) return;
    let isOver = false;
    void answerOf(api.client.GET("/v1/clients/{id}/sites", { params: { path: { id: client.id } } })).then((answer) => {
      if (isOver) return;
      if ("no" in answer) return setProblem(answer.no.detail || t`El servidor no responde`);
      const open = answer.ok.data.filter((one) => one.active);
      setSites(open);
      setSite(open[0]?.id ?? "");
    });
    return () => { isOver = true; };
  }, [client]);

  const pick = (id: string) => {
    const one = found.find((each) => each.id === id);
    if (!one) return;
    setClient(one);
    setText(one.name);
  };
  const write = (value: string) => {
    setText(value);
    if (client && value !== client.name) setClient(undefined);
  };
  const windows = halfDays(serverNow());
  const others = client ? orders.filter((one) => one.client === client.id) : [];
  const isReady = Boolean(client && site && type && title.trim()) && !isSending;
  const send = async () => {
    if (!isReady || !client) return;
    setSending(true);
    setProblem("");
    const chosen = windows[windowAt];
    const verdict = await createOrder(api, {
      client: client.id, site, type, title: title.trim(),
      ...(description.trim() ? { description: description.trim() } : {}),
      ...(chosen ? { windows: [onWire(chosen)] } : {}),
    }, { key: key.current });
    setSending(false);
    if (verdict.is === "done") {
      toasts.show(t`Orden creada`);
      return onMade(verdict.outcome.id);
    }
    if (verdict.is === "unknown") return setProblem(t`El servidor no responde. Si repite, no se creará dos veces.`);
    setProblem([verdict.why.detail, ...verdict.why.errors.map((one) => `${one.field}: ${one.detail}`)].filter(Boolean).join(" · "));
    // What was refused made nothing: what is sent next may be something else.
    key.current = crypto.randomUUID();
  };

  return (
    <Dialog title={t`Orden nueva`} onClose={onClose} isWide>
      <form className="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <FindField label={t`Cliente: nombre, teléfono, documento o dirección`} emptyText={text.trim().length < 2 ? t`Escriba al menos dos letras` : t`Nadie con esos datos`}
          text={text} onText={write} onPick={pick} autoFocus
          found={found.map((one) => ({ id: one.id, text: one.name, detail: [`${one.document_type} ${one.document_number}`, ...(one.phones ?? [])].join(" · ") }))} />
        {others.length > 0 && <Notice tone="warn">{t`Ya tiene ${plural(others.length, { one: "# orden abierta", other: "# órdenes abiertas" })}:`}
          {" "}{others.slice(0, 3).map((one) => `${one.title} (${statusText(one.status)})`).join(", ")}{others.length > 3 && " …"}</Notice>}
        {client && sites.length === 0 && <p className="muted">{t`Buscando sus sitios`}</p>}
        {sites.length > 0 && <Select label={t`Sitio`} value={site} onChange={setSite}
          choices={sites.map((one) => ({ id: one.id, text: `${one.address}${one.neighbourhood ? `, ${one.neighbourhood}` : ""}`, detail: one.name }))} />}
        {types.length > 0 && <Select label={t`Tipo`} value={type} onChange={setType} choices={types.map(({ id, name }) => ({ id, text: name }))} />}
        <TextField label={t`Qué pasa`} value={title} onChange={setTitle} maxLength={120} isRequired />
        <TextField label={t`Detalles`} value={description} onChange={setDescription} lines={2} maxLength={2000} />
        <div className="field">
          <span className="label" id="windows">{t`Cuándo puede recibirnos`}</span>
          <div className="chips" role="group" aria-labelledby="windows">
            <Chip isSelected={windowAt < 0} onChange={() => setWindowAt(-1)}>{t`A cualquier hora`}</Chip>
            {windows.map((one, at) => <Chip key={one.from} isSelected={windowAt === at} onChange={() => setWindowAt(at)}>{windowText(one, serverNow())}</Chip>)}
          </div>
        </div>
        {problem && <Notice tone="danger">{sentence(problem)}</Notice>}
        <DialogActions>
          <Button onPress={onClose}>{t`Volver`}</Button>
          <Button type="submit" look="primary" isDisabled={!isReady}>{isSending ? t`Creando…` : t`Crear la orden`}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
