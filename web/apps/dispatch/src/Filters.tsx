// What else the list is narrowed by, what of it is on, and filters with a name.
import type { OrderRow } from "@microflow/client";
import { Button, Chip, Select, TextField, type Choice } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useMemo, useState } from "react";
import { day } from "@microflow/app/time";
import { useNow } from "./hooks";
import { chosenIn, dateNamed, everything, facetsOf, type Filter } from "./orders";
import { promisedText } from "./texts";
import { isShown, withoutView, withView, type View } from "./views";

const promised = ["risk", "breached", "held"] as const;

export function Filters({ total, filter, onFilter, zone, views, onViews, onView }: {
  total: readonly OrderRow[]; filter: Filter; onFilter: (filter: Filter) => void; zone: string;
  views: readonly View[]; onViews: (views: View[]) => void; onView: (view: View) => void;
}) {
  const { t } = useLingui();
  const now = useNow(60_000);
  const { skills, tags, days } = useMemo(() => facetsOf(total), [total]);
  const dayText = useDayText();
  const today = dateNamed("today", now), tomorrow = dateNamed("tomorrow", now);
  const named = (of: ReadonlyMap<string, number>, chosen: string, any: string): Choice[] => {
    const names = [...of.keys(), ...(chosen && !of.has(chosen) ? [chosen] : [])].sort((a, b) => a.localeCompare(b, "es"));
    return [{ id: "", text: any }, ...names.map((id) => ({ id, text: id, detail: String(of.get(id) ?? 0) }))];
  };
  const dayChoices: Choice[] = [{ id: "", text: t`Cualquier día` },
    ...[["today", today], ["tomorrow", tomorrow]].map(([id, date]) => ({ id: id!, text: dayText(id!), detail: String(days.get(date!) ?? 0) })),
    ...[...days.keys(), ...(filter.day && !days.has(dateNamed(filter.day, now)) ? [filter.day] : [])]
      .filter((date) => ![today, tomorrow, "none", "today", "tomorrow"].includes(date)).sort()
      .map((date) => ({ id: date, text: dayText(date), detail: String(days.get(date) ?? 0) })),
    { id: "none", text: dayText("none"), detail: String(days.get("none") ?? 0) }];
  return (
    <div className="filters" role="group" aria-label={t`Filtros`}>
      <div className="filter-fields">
        <Select label={t`Prioridad`} value={String(filter.priority)} onChange={(id) => onFilter({ ...filter, priority: Number(id) })}
          choices={[{ id: "0", text: t`Toda prioridad` }, ...[1, 2, 3, 4].map((n) => ({ id: String(n), text: t`Prioridad ${n}` }))]} />
        <Select label={t`Plazos`} value={filter.sla} onChange={(id) => onFilter({ ...filter, sla: id as Filter["sla"] })}
          choices={[{ id: "", text: t`Cualquier plazo` }, ...promised.map((id) => ({ id, text: promisedText(id) }))]} />
        <Select label={t`Día`} value={filter.day} onChange={(id) => onFilter({ ...filter, day: id })} choices={dayChoices} />
        <Select label={t`Habilidad`} value={filter.skill} onChange={(skill) => onFilter({ ...filter, skill })} choices={named(skills, filter.skill, t`Cualquiera`)} />
        <Select label={t`Etiqueta`} value={filter.tag} onChange={(tag) => onFilter({ ...filter, tag })} choices={named(tags, filter.tag, t`Cualquiera`)} />
      </div>
      <SaveView filter={filter} zone={zone} views={views} onViews={onViews} />
      {views.length > 0 && (
        <ul className="views" aria-label={t`Vistas guardadas`}>
          {views.map((view) => {
            const { name } = view;
            return (
              <li key={name}>
                <Chip isSelected={isShown(view, filter, zone)} onChange={(isOn) => (isOn ? onView(view) : onFilter({ ...everything, sort: filter.sort }))}>{name}</Chip>
                <Button isSmall look="quiet" icon="close" aria-label={t`Borrar la vista ${name}`} onPress={() => onViews(withoutView(views, name))} />
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function SaveView({ filter, zone, views, onViews }: { filter: Filter; zone: string; views: readonly View[]; onViews: (views: View[]) => void }) {
  const { t } = useLingui();
  const [name, setName] = useState("");
  const save = () => {
    if (!name.trim()) return;
    onViews(withView(views, { name: name.trim(), zone, filter }));
    setName("");
  };
  return (
    <div className="save-view">
      <TextField label={t`Guardar esta vista como`} value={name} onChange={setName} maxLength={40} onKeyDown={({ key }) => { if (key === "Enter") save(); }} />
      <Button isDisabled={!name.trim()} onPress={save}>{t`Guardar`}</Button>
    </div>
  );
}

function useDayText(): (id: string) => string {
  const { t } = useLingui();
  return (id) => (id === "today" ? t`Hoy` : id === "tomorrow" ? t`Mañana` : id === "none" ? t`Sin fecha` : day(`${id}T12:00:00`));
}

/** What is on, where the fields are folded away: each goes with one press. */
export function Chosen({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const { t } = useLingui();
  const dayText = useDayText();
  if (chosenIn(filter) === 0) return null;
  const { priority, sla, skill, tag } = filter;
  const chips: [string, Partial<Filter>][] = [];
  if (priority) chips.push([t`Prioridad ${priority}`, { priority: 0 }]);
  if (sla) chips.push([promisedText(sla), { sla: "" }]);
  if (filter.day) chips.push([dayText(filter.day), { day: "" }]);
  if (skill) chips.push([skill, { skill: "" }]);
  if (tag) chips.push([`#${tag}`, { tag: "" }]);
  return (
    <div className="chips" role="group" aria-label={t`Filtros puestos`}>
      {chips.map(([text, without]) => <Chip key={text} isSelected onChange={() => onFilter({ ...filter, ...without })}>{text} <span aria-hidden="true">×</span></Chip>)}
    </div>
  );
}
