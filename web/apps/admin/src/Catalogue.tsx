// What the company works with: zones, kinds of work, what is promised, why work stops.
import { api, useAnswer } from "@microflow/app";
import { reasonText } from "@microflow/app/texts";
import { lasting } from "@microflow/app/time";
import { answerOf, type Answer, type OrderType, type ReasonCode, type SlaPolicy, type Zone } from "@microflow/client";
import { Button, Chip, Dialog, DialogActions, Mark, Notice, Select, Spinner, TextField } from "@microflow/ui";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useState, type ReactNode } from "react";
import { Head, Listing, merge, skillsOf, skillsText, told, usePages, wordsOf } from "./core";

const page = (cursor: string | undefined) => ({ params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } });
const minuteMs = 60_000;
const numberOf = (text: string) => (text.trim() === "" ? undefined : Number(text.replace(",", ".")));

/** A thing as it was when the form opened, with its stamp: what changed meanwhile is not overwritten. */
function Editor<T>({ title, read, onClose, children }: {
  title: string; read: () => Promise<Answer<T>>; onClose: () => void; children: (thing: T, etag: string) => ReactNode;
}) {
  const { t } = useLingui();
  const [answer] = useAnswer(read, []);
  return (
    <Dialog title={title} onClose={onClose} isWide>
      {!answer && <Spinner label={t`Cargando`} />}
      {answer && "no" in answer && <><Notice tone="danger">{wordsOf(answer.no)}</Notice><DialogActions><Button onPress={onClose}>{t`Cerrar`}</Button></DialogActions></>}
      {answer && "ok" in answer && children(answer.ok, answer.headers.get("ETag") ?? "")}
    </Dialog>
  );
}
function Save({ onClose, onSave, isReady }: { onClose: () => void; onSave: () => Promise<void>; isReady: boolean }) {
  const { t } = useLingui();
  const [isBusy, setBusy] = useState(false);
  return (
    <DialogActions>
      <Button onPress={onClose}>{t`Volver`}</Button>
      <Button look="primary" isDisabled={!isReady || isBusy} onPress={async () => { setBusy(true); await onSave(); setBusy(false); }}>{t`Guardar`}</Button>
    </DialogActions>
  );
}
const State = ({ isOff }: { isOff: boolean | undefined }) => {
  const { t } = useLingui();
  return isOff ? <Mark tone="ended">{t`Desactivado`}</Mark> : <Mark tone="ok">{t`En uso`}</Mark>;
};

const modes = { off: msg`A mano`, suggest: msg`Propone`, automatic: msg`Automático` };

export function Zones() {
  const { t, i18n } = useLingui();
  const pages = usePages<Zone>((cursor) => answerOf(api.client.GET("/v1/zones", page(cursor))));
  const [chosen, setChosen] = useState<string>();
  const done = () => { setChosen(undefined); pages.again(); };
  return (
    <>
      <Head title={t`Zonas`} note={t`Partes de la ciudad, cada una con sus supervisores, y quién reparte en ellas.`}><Button look="primary" icon="plus" onPress={() => setChosen("")}>{t`Zona nueva`}</Button></Head>
      <Listing pages={pages} head={[t`Zona`, t`Reparto`, t`Centro`, t`Estado`]} empty={t`Todavía no hay zonas`}>
        {(zone) => (
          <tr key={zone.id}><td><button className="link" onClick={() => setChosen(zone.id)}>{zone.name}</button></td><td>{i18n._(modes[zone.dispatch])}</td>
            <td className="num muted">{zone.lat !== undefined ? `${zone.lat.toFixed(4)}, ${zone.lon?.toFixed(4)}` : "–"}</td><td><State isOff={zone.disabled} /></td></tr>
        )}
      </Listing>
      {chosen === "" && <Dialog title={t`Zona nueva`} onClose={done} isWide><ZoneForm onClose={done} onSave={(body) => told(answerOf(api.client.POST("/v1/zones", { body: body as never })), t`Zona creada`)} /></Dialog>}
      {chosen && <Editor<Zone> key={chosen} title={t`Zona`} onClose={done} read={() => answerOf(api.client.GET("/v1/zones/{id}", { params: { path: { id: chosen } } }))}>
        {(zone, etag) => <ZoneForm zone={zone} onClose={done} onSave={(body) => told(answerOf(api.client.PATCH("/v1/zones/{id}", { params: { path: { id: chosen }, header: { "If-Match": etag } }, headers: merge, body: body as never })), t`Zona guardada`)} />}
      </Editor>}
    </>
  );
}
function ZoneForm({ zone, onSave, onClose }: { zone?: Zone; onSave: (body: object) => Promise<unknown>; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const [name, setName] = useState(zone?.name ?? "");
  const [dispatch, setDispatch] = useState<string>(zone?.dispatch ?? "off");
  const [lat, setLat] = useState(zone?.lat?.toString() ?? ""), [lon, setLon] = useState(zone?.lon?.toString() ?? "");
  const [disabled, setDisabled] = useState(zone?.disabled ?? false);
  const place = [numberOf(lat), numberOf(lon)], isPlace = place.every((one) => one === undefined) || place.every((one) => Number.isFinite(one));
  return (
    <div className="form">
      <TextField label={t`Nombre`} value={name} onChange={setName} isRequired autoFocus maxLength={80} />
      <Select label={t`Reparto`} value={dispatch} onChange={setDispatch} choices={(["off", "suggest", "automatic"] as const).map((id) => ({ id, text: i18n._(modes[id]) }))} />
      <div className="two"><TextField label={t`Latitud del centro`} value={lat} onChange={setLat} error={isPlace ? undefined : t`Dos números, o ninguno`} /><TextField label={t`Longitud del centro`} value={lon} onChange={setLon} /></div>
      {zone && <Chip isSelected={disabled} onChange={setDisabled}>{t`Nada nuevo empieza en ella`}</Chip>}
      <Save isReady={name.trim() !== "" && isPlace} onClose={onClose} onSave={async () => {
        if (await onSave({ name: name.trim(), dispatch, ...(place[0] !== undefined ? { lat: place[0], lon: place[1] } : {}), ...(zone ? { disabled } : {}) })) onClose();
      }} />
    </div>
  );
}

export function Types() {
  const { t } = useLingui();
  const pages = usePages<OrderType>((cursor) => answerOf(api.client.GET("/v1/order-types", page(cursor))));
  const [chosen, setChosen] = useState<string>();
  const done = () => { setChosen(undefined); pages.again(); };
  return (
    <>
      <Head title={t`Tipos de orden`} note={t`Qué trabajos se hacen, cuánto duran y qué habilidades piden.`}><Button look="primary" icon="plus" onPress={() => setChosen("")}>{t`Tipo nuevo`}</Button></Head>
      <Listing pages={pages} head={[t`Tipo`, t`Dura`, t`Prioridad`, t`Habilidades`, t`Estado`]} empty={t`Todavía no hay tipos`}>
        {(type) => (
          <tr key={type.id}><td><button className="link" onClick={() => setChosen(type.id)}>{type.name}</button></td><td className="num">{lasting(type.duration_ms)}</td>
            <td className="num">{type.priority}</td><td>{skillsText(type.skills)}</td><td><State isOff={type.disabled} /></td></tr>
        )}
      </Listing>
      {chosen === "" && <Dialog title={t`Tipo nuevo`} onClose={done} isWide><TypeForm onClose={done} onSave={(body) => told(answerOf(api.client.POST("/v1/order-types", { body: body as never })), t`Tipo creado`)} /></Dialog>}
      {chosen && <Editor<OrderType> key={chosen} title={t`Tipo de orden`} onClose={done} read={() => answerOf(api.client.GET("/v1/order-types/{id}", { params: { path: { id: chosen } } }))}>
        {(type, etag) => <TypeForm type={type} onClose={done} onSave={(body) => told(answerOf(api.client.PATCH("/v1/order-types/{id}", { params: { path: { id: chosen }, header: { "If-Match": etag } }, headers: merge, body: body as never })), t`Tipo guardado`)} />}
      </Editor>}
    </>
  );
}
function TypeForm({ type, onSave, onClose }: { type?: OrderType; onSave: (body: object) => Promise<unknown>; onClose: () => void }) {
  const { t } = useLingui();
  const [name, setName] = useState(type?.name ?? "");
  const [minutes, setMinutes] = useState(String((type?.duration_ms ?? 3_600_000) / minuteMs));
  const [priority, setPriority] = useState(String(type?.priority ?? 3));
  const [skills, setSkills] = useState(skillsText(type?.skills));
  const [isAutomatic, setAutomatic] = useState(type?.auto_triage ?? false), [needsApproval, setApproval] = useState(type?.approval ?? false), [disabled, setDisabled] = useState(type?.disabled ?? false);
  const duration = Math.round((numberOf(minutes) ?? NaN) * minuteMs);
  return (
    <div className="form">
      <TextField label={t`Nombre`} value={name} onChange={setName} isRequired autoFocus maxLength={80} />
      <div className="two"><TextField label={t`Minutos`} value={minutes} onChange={setMinutes} inputMode="numeric" error={duration > 0 ? undefined : t`Un número`} />
        <Select label={t`Prioridad`} value={priority} onChange={setPriority} choices={[1, 2, 3, 4].map((n) => ({ id: String(n), text: t`Prioridad ${n}` }))} /></div>
      <TextField label={t`Habilidades con su nivel, separadas por comas`} value={skills} onChange={setSkills} placeholder="fibra 2, router 1" />
      <div className="chips"><Chip isSelected={isAutomatic} onChange={setAutomatic}>{t`Nadie la revisa antes`}</Chip><Chip isSelected={needsApproval} onChange={setApproval}>{t`Pide aprobación al terminar`}</Chip>
        {type && <Chip isSelected={disabled} onChange={setDisabled}>{t`No se crean más`}</Chip>}</div>
      <Save isReady={name.trim() !== "" && duration > 0} onClose={onClose} onSave={async () => {
        if (await onSave({ name: name.trim(), duration_ms: duration, priority: Number(priority), skills: skillsOf(skills), auto_triage: isAutomatic, approval: needsApproval, ...(type ? { disabled } : {}) })) onClose();
      }} />
    </div>
  );
}

export function Policies() {
  const { t } = useLingui();
  const pages = usePages<SlaPolicy>((cursor) => answerOf(api.client.GET("/v1/sla-policies", page(cursor))));
  const [chosen, setChosen] = useState<number>();
  const known = [1, 2, 3, 4].map((priority) => pages.rows.find((one) => one.priority === priority));
  const limit = (ms: number | undefined) => (ms ? lasting(ms) : "–");
  return (
    <>
      <Head title={t`Plazos`} note={t`Cuánto se promete por prioridad, desde que llega la orden.`} />
      <Listing pages={pages.rows.length === 0 && !pages.isReading && !pages.problem ? { ...pages, rows: [] } : { ...pages, rows: known.filter((one) => one !== undefined) }}
        head={[t`Prioridad`, t`Asignar`, t`Llegar`, t`Resolver`]} empty={t`Todavía no se promete nada`}>
        {(one) => <tr key={one.priority}><td><button className="link" onClick={() => setChosen(one.priority)}>{t`Prioridad ${one.priority}`}</button></td>
          <td className="num">{limit(one.respond_ms)}</td><td className="num">{limit(one.arrive_ms)}</td><td className="num">{limit(one.resolve_ms)}</td></tr>}
      </Listing>
      <div className="choices">{[1, 2, 3, 4].filter((n) => !known[n - 1]).map((n) => <Button key={n} icon="plus" onPress={() => setChosen(n)}>{t`Prioridad ${n}`}</Button>)}</div>
      {chosen !== undefined && <Dialog title={t`Plazos de la prioridad ${chosen}`} onClose={() => setChosen(undefined)}>
        <PolicyForm priority={chosen} policy={known[chosen - 1]} onClose={() => { setChosen(undefined); pages.again(); }} /></Dialog>}
    </>
  );
}
function PolicyForm({ priority, policy, onClose }: { priority: number; policy: SlaPolicy | undefined; onClose: () => void }) {
  const { t } = useLingui();
  const inMinutes = (ms: number | undefined) => String((ms ?? 0) / minuteMs);
  const [respond, setRespond] = useState(inMinutes(policy?.respond_ms)), [arrive, setArrive] = useState(inMinutes(policy?.arrive_ms)), [resolve, setResolve] = useState(inMinutes(policy?.resolve_ms));
  const all = [respond, arrive, resolve].map((text) => Math.round((numberOf(text) ?? NaN) * minuteMs));
  return (
    <div className="form">
      <p className="muted">{t`En minutos; 0: no corre.`}</p>
      <TextField label={t`Asignar`} value={respond} onChange={setRespond} inputMode="numeric" autoFocus /><TextField label={t`Llegar`} value={arrive} onChange={setArrive} inputMode="numeric" /><TextField label={t`Resolver`} value={resolve} onChange={setResolve} inputMode="numeric" />
      <Save isReady={all.every((ms) => ms >= 0)} onClose={onClose} onSave={async () => {
        const body = { priority, respond_ms: all[0]!, arrive_ms: all[1]!, resolve_ms: all[2]! };
        if (await told(answerOf(api.client.POST("/v1/sla-policies", { body })), t`Plazos guardados`)) onClose();
      }} />
    </div>
  );
}

const verbs = { pause: msg`pausar`, fail: msg`no completar` };
export function Reasons() {
  const { t, i18n } = useLingui();
  const pages = usePages<ReasonCode>((cursor) => answerOf(api.client.GET("/v1/reason-codes", page(cursor))));
  const [chosen, setChosen] = useState<ReasonCode | "new">();
  const done = () => { setChosen(undefined); pages.again(); };
  return (
    <>
      <Head title={t`Motivos`} note={t`Por qué se pausa o no se completa un trabajo. Los de siempre (${reasonText("parts")}, ${reasonText("client_absent")}…) están además de estos.`}><Button look="primary" icon="plus" onPress={() => setChosen("new")}>{t`Motivo nuevo`}</Button></Head>
      <Listing pages={pages} head={[t`Código`, t`Español`, t`Inglés`, t`Para`, t`Plazos`]} empty={t`La empresa no tiene motivos propios`}>
        {(one) => <tr key={one.code}><td><button className="link num" onClick={() => setChosen(one)}>{one.code}</button></td><td>{one.name_es}</td><td>{one.name_en}</td>
          <td>{(one.verbs ?? []).map((verb) => (verb in verbs ? i18n._(verbs[verb as keyof typeof verbs]) : verb)).join(", ")}</td><td>{one.holds_clock ? t`se detienen` : ""}</td></tr>}
      </Listing>
      {chosen && <Dialog title={chosen === "new" ? t`Motivo nuevo` : chosen.code} onClose={done} isWide><ReasonForm reason={chosen === "new" ? undefined : chosen} onClose={done} /></Dialog>}
    </>
  );
}
function ReasonForm({ reason, onClose }: { reason: ReasonCode | undefined; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const [code, setCode] = useState(reason?.code ?? ""), [es, setEs] = useState(reason?.name_es ?? ""), [en, setEn] = useState(reason?.name_en ?? "");
  const [of, setOf] = useState<readonly string[]>(reason?.verbs ?? ["pause"]);
  const [holds, setHolds] = useState(reason?.holds_clock ?? false);
  return (
    <div className="form">
      {!reason && <TextField label={t`Código: letras pequeñas y guion bajo`} value={code} onChange={setCode} isRequired autoFocus maxLength={40} />}
      <div className="two"><TextField label={t`Español`} value={es} onChange={setEs} isRequired maxLength={80} /><TextField label={t`Inglés`} value={en} onChange={setEn} isRequired maxLength={80} /></div>
      <div className="chips">{(["pause", "fail"] as const).map((verb) => <Chip key={verb} isSelected={of.includes(verb)} onChange={(isOn) => setOf(isOn ? [...of, verb] : of.filter((one) => one !== verb))}>{i18n._(verbs[verb])}</Chip>)}
        <Chip isSelected={holds} onChange={setHolds}>{t`Es del cliente: los plazos se detienen`}</Chip></div>
      <Save isReady={Boolean(code.trim() && es.trim() && en.trim() && of.length > 0)} onClose={onClose} onSave={async () => {
        if (await told(answerOf(api.client.POST("/v1/reason-codes", { body: { code: code.trim(), name_es: es.trim(), name_en: en.trim(), verbs: [...of], holds_clock: holds } })), t`Motivo guardado`)) onClose();
      }} />
    </div>
  );
}
