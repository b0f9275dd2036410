// Who works in the field: what they can do, where, when.
import { api, useAnswer } from "@microflow/app";
import { availabilityText } from "@microflow/app/texts";
import { answerOf, readZones, type Technician, type TechnicianRow, type Zone } from "@microflow/client";
import { Button, Chip, Dialog, DialogActions, Mark, Notice, SearchField, Spinner, TextField } from "@microflow/ui";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Head, Listing, merge, skillsOf, skillsText, told, usePages, wordsOf } from "./core";

type Shift = NonNullable<Technician["shifts"]>[number];
type Day = NonNullable<Shift["days"]>[number];
const days: Record<Day, ReturnType<typeof msg>> = { mon: msg`lun`, tue: msg`mar`, wed: msg`mié`, thu: msg`jue`, fri: msg`vie`, sat: msg`sáb`, sun: msg`dom` };

export function Technicians() {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const pages = usePages<Omit<TechnicianRow, "kind">>((cursor) => answerOf(api.client.GET("/v1/technicians",
    { params: { query: { limit: 50, ...(text.trim() ? { q: text.trim() } : {}), ...(cursor ? { cursor } : {}) } } })), [text]);
  const [zones] = useAnswer(() => readZones(api), []);
  const known = zones && "ok" in zones ? zones.ok : [];
  const [chosen, setChosen] = useState<string>();
  const done = () => { setChosen(undefined); pages.again(); };
  return (
    <>
      <Head title={t`Técnicos`}><Button look="primary" icon="plus" onPress={() => setChosen("")}>{t`Técnico nuevo`}</Button></Head>
      <SearchField label={t`Buscar por nombre`} clearLabel={t`Borrar la búsqueda`} value={text} onChange={setText} />
      <Listing pages={pages} head={[t`Nombre`, t`Habilidades`, t`Zonas`, t`Estado`]} empty={t`Ningún técnico es así`}>
        {(row) => (
          <tr key={row.id}><td><button className="link" onClick={() => setChosen(row.id)}>{row.name}</button></td><td>{skillsText(row.skills)}</td>
            <td>{(row.zones ?? []).map((id) => known.find((zone) => zone.id === id)?.name ?? id).join(", ")}</td>
            <td>{row.disabled ? <Mark tone="ended">{t`Desactivado`}</Mark> : <Mark tone={row.active ? "ok" : "ended"}>{availabilityText(row.availability)}</Mark>}</td></tr>
        )}
      </Listing>
      {chosen === "" && <Dialog title={t`Técnico nuevo`} onClose={done} isWide>
        <TechnicianForm zones={known} onClose={done} onSave={(body) => told(answerOf(api.client.POST("/v1/technicians", { body: body as never })), t`Técnico creado`)} /></Dialog>}
      {chosen && <OneTechnician key={chosen} id={chosen} zones={known} onClose={done} />}
    </>
  );
}

function OneTechnician({ id, zones, onClose }: { id: string; zones: readonly Zone[]; onClose: () => void }) {
  const { t } = useLingui();
  const [answer] = useAnswer(() => answerOf(api.client.GET("/v1/technicians/{id}", { params: { path: { id } } })), [id]);
  const etag = answer && "ok" in answer ? answer.headers.get("ETag") ?? "" : "";
  return (
    <Dialog title={answer && "ok" in answer ? (answer.ok as Technician).name : t`Técnico`} onClose={onClose} isWide>
      {!answer && <Spinner label={t`Cargando`} />}
      {answer && "no" in answer && <Notice tone="danger">{wordsOf(answer.no)}</Notice>}
      {answer && "ok" in answer && <TechnicianForm technician={answer.ok as Technician} zones={zones} onClose={onClose}
        onSave={(body) => told(answerOf(api.client.PATCH("/v1/technicians/{id}", { params: { path: { id }, header: { "If-Match": etag } }, headers: merge, body: body as never })), t`Técnico guardado`)} />}
    </Dialog>
  );
}

function TechnicianForm({ technician, zones, onSave, onClose }: { technician?: Technician; zones: readonly Zone[]; onSave: (body: object) => Promise<unknown>; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const [name, setName] = useState(technician?.name ?? "");
  const [skills, setSkills] = useState(skillsText(technician?.skills));
  const [of, setOf] = useState<readonly string[]>(technician?.zones ?? []);
  const [most, setMost] = useState(technician?.max_orders?.toString() ?? "");
  const [shifts, setShifts] = useState<readonly Shift[]>(technician?.shifts ?? []);
  const [disabled, setDisabled] = useState(technician?.disabled ?? false);
  const isReady = name.trim() !== "" && (most === "" || Number(most) > 0) && shifts.every(({ from, to }) => from !== "" && to !== "");
  const set = (at: number, change: Partial<Shift>) => setShifts(shifts.map((one, n) => (n === at ? { ...one, ...change } : one)));
  return (
    <div className="form">
      <TextField label={t`Nombre`} value={name} onChange={setName} isRequired maxLength={120} />
      <div className="two"><TextField label={t`Habilidades con su nivel, separadas por comas`} value={skills} onChange={setSkills} placeholder="fibra 2, router 1" />
        <TextField label={t`Visitas a la vez, como mucho`} value={most} onChange={setMost} inputMode="numeric" /></div>
      <div className="field" role="group" aria-label={t`Zonas`}><span className="label">{t`Zonas`}</span>
        <div className="chips">{zones.map((zone) => <Chip key={zone.id} isSelected={of.includes(zone.id)} onChange={(isOn) => setOf(isOn ? [...of, zone.id] : of.filter((one) => one !== zone.id))}>{zone.name}</Chip>)}</div></div>
      <div className="field" role="group" aria-label={t`Turnos`}><span className="label">{t`Turnos (sin ninguno, siempre puede)`}</span>
        {shifts.map((shift, at) => (
          <div key={at} className="shift">
            <div className="chips">{(Object.keys(days) as Day[]).map((day) => <Chip key={day} isSelected={shift.days?.includes(day) ?? true}
              onChange={(isOn) => set(at, { days: isOn ? [...(shift.days ?? []), day] : (shift.days ?? (Object.keys(days) as Day[])).filter((one) => one !== day) })}>{i18n._(days[day])}</Chip>)}</div>
            <input className="input" type="time" aria-label={t`Desde`} value={shift.from} onChange={(event) => set(at, { from: event.target.value })} />
            <input className="input" type="time" aria-label={t`Hasta`} value={shift.to} onChange={(event) => set(at, { to: event.target.value })} />
            <Button look="quiet" icon="close" label={t`Quitar el turno`} onPress={() => setShifts(shifts.filter((_, n) => n !== at))} />
          </div>
        ))}
        <div className="choices"><Button isSmall icon="plus" onPress={() => setShifts([...shifts, { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "17:00" }])}>{t`Turno`}</Button></div></div>
      {technician && <div className="chips"><Chip isSelected={disabled} onChange={setDisabled}>{t`Ya no trabaja aquí`}</Chip></div>}
      <DialogActions><Button onPress={onClose}>{t`Volver`}</Button><Button look="primary" isDisabled={!isReady} onPress={async () => {
        const body = { name: name.trim(), skills: skillsOf(skills), zones: [...of], shifts: [...shifts], ...(most ? { max_orders: Number(most) } : {}), ...(technician ? { disabled } : {}) };
        if (await onSave(body)) onClose();
      }}>{t`Guardar`}</Button></DialogActions>
    </div>
  );
}
