// The desk: list, timeline and the chosen order's panel, which follow each other.
import type { OrderRow, Session, Zone } from "@microflow/client";
import { Button, Notice, Spinner } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { assign, canMove, canTriage, setPinned, showConflicts, showForbidden, triage, undoLast, type Conflict, type Forced, type Who } from "./actions";
import { Alerts, useAlerts } from "./Alerts";
import { OverrideDialog } from "./CandidateList";
import { useCandidates } from "./candidates";
import { ConflictDialog } from "./ConflictDialog";
import { board, serverNow, toasts } from "./core";
import { Help } from "./Help";
import { useBoard, useKept, useNow } from "./hooks";
import { NewOrder } from "./NewOrder";
import { OrderList } from "./OrderList";
import { OrderPanel } from "./OrderPanel";
import { Palette, type Command } from "./Palette";
import { PlanBar } from "./PlanBar";
import { against, chanceOf } from "./chances";
import { usePreview, type Wanted } from "./preview";
import { Proposals } from "./Proposals";
import { everything, selectOrders, type Filter } from "./orders";
import { nudged, type Nudge } from "./timeline";
import { Timeline, type Dragged, type TimelineHandle } from "./Timeline";
import { TopBar } from "./TopBar";
import { filterOf, type View } from "./views";

const MapPane = lazy(() => import("./map/MapPane"));
const orderOfUrl = () => new URLSearchParams(location.search).get("order") ?? "";

export function Desk({ session, zones, onRights, onLeave }: {
  session: Session; zones: Zone[]; onRights: () => void; onLeave: () => void;
}) {
  const { t } = useLingui();
  const rows = useBoard();
  const [zone, setZone] = useKept("dispatch.zone", "");
  const [filter, setFilter] = useState<Filter>(everything);
  const [isFiltering, setFiltering] = useState(false);
  const [views, setViews] = useKept<View[]>("dispatch.views", []);
  const showView = (view: View) => {
    setFilter(filterOf(view));
    setZone(view.zone);
  };
  const [selected, setSelected] = useState(orderOfUrl);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [conflict, setConflict] = useState<Conflict>();
  const [isMap, setMap] = useKept("dispatch.map", false);
  const [aside, setAside] = useState<"" | "alerts" | "proposals">("");
  const [isPalette, setPalette] = useState(false);
  const { alerts, setSeen } = useAlerts();
  const search = useRef<HTMLInputElement>(null);
  const timeline = useRef<TimelineHandle>(null);

  const shownZone = zones.some((one) => one.id === zone) ? zone : "";
  useEffect(() => {
    board.follow(shownZone ? [shownZone] : zones.map((one) => one.id));
  }, [shownZone, zones]);
  // A zone that was taken away: who this is and what is theirs is asked again.
  useEffect(() => { if (rows.refused.length > 0) onRights(); }, [rows.refused.length, onRights]);
  useEffect(() => {
    showConflicts(setConflict);
    showForbidden(setForced);
  }, []);
  useEffect(() => {
    const url = new URL(location.href);
    if (selected) url.searchParams.set("order", selected);
    else url.searchParams.delete("order");
    history.replaceState(null, "", url);
  }, [selected]);

  const now = useNow(60_000);
  const shownBefore = useRef<readonly OrderRow[]>([]);
  const orders = useMemo(() => selectOrders(rows.orders, filter, shownBefore.current, now), [rows.orders, filter, new Date(now).toDateString()]);
  shownBefore.current = orders;
  const row = selected ? board.order(selected) : undefined;
  const proposals = useMemo(() => rows.proposals.toSorted((a, b) => a.priority - b.priority || (a.made_at < b.made_at ? -1 : 1)), [rows.proposals]);
  // Another technician is being chosen for this order, which has one.
  const [choosing, setChoosing] = useState("");
  const isChoosing = choosing !== "" && choosing === selected;
  const { candidates, isAsking, problem } = useCandidates(row, isChoosing);
  const [dragged, setDragged] = useState<Dragged>();
  const [forced, setForced] = useState<Forced>();
  const force = useCallback((who: Who) => setForced({ order: selected, who }), [selected]);

  const assignTo = useCallback((who: Who) => {
    if (row) void assign(row, who);
    setChoosing("");
  }, [row]);
  const choose = (rank: number) => {
    const one = candidates?.candidates.find((c) => c.rank === rank);
    if (!row || !one) return void toasts.show(t`Elija primero una orden que se pueda asignar`);
    assignTo({ id: one.technician, name: one.name });
  };
  const [wanted, setWanted] = useState<Wanted>();
  const wantedOrder = wanted && board.order(wanted.order);
  const isThere = wanted !== undefined && wantedOrder?.technician === wanted.id && wantedOrder.slot?.from === wanted.from && wantedOrder.slot?.to === wanted.to;
  const asked = usePreview(wantedOrder, isThere ? undefined : wanted);
  const leave = useCallback(() => setWanted(undefined), []);
  const drag = useCallback((begun: Dragged | undefined) => {
    setDragged(begun);
    if (!begun) {
      leave();
      return setChoosing("");
    }
    setSelected(begun.order);
    setChoosing(begun.order);
  }, []);
  const drop = () => {
    leave();
    setChoosing("");
    if (!wanted || !wantedOrder) return;
    const { order, by: _, ...who } = wanted;
    const out = candidates?.out.find((one) => candidates.order === order && one.technician === who.id);
    const is = asked.ok ? chanceOf(asked.ok) : out ? "forced" : "ok", rule = asked.ok ? against(asked.ok) : out?.detail;
    if (is === "no") toasts.show(`${wantedOrder.code}: ${rule}`, { isBad: true });
    else if (is === "forced") setForced({ order, who: { ...who, ...(rule ? { rule } : {}) } });
    else void assign(wantedOrder, who);
  };
  /** A visit is moved without a mouse: shown where it would be, and done when that is said. */
  const nudge = (by?: Nudge) => {
    const holder = row?.technician && board.technician(row.technician);
    if (!row?.slot || !holder || !canMove(row)) return void toasts.show(t`Elija primero una visita asignada que no haya empezado`);
    const at = wanted?.order === row.id && wanted.from && wanted.to ? { from: wanted.from, to: wanted.to } : row.slot;
    const span = { from: Date.parse(at.from), to: Date.parse(at.to) }, next = by ? nudged(span, by, serverNow()) : span;
    if (!next) return;
    setMap(false);
    setWanted({ order: row.id, by: "keys", id: holder.id, name: holder.name, from: new Date(next.from).toISOString(), to: new Date(next.to).toISOString() });
  };
  useEffect(() => { if (wanted?.by === "keys" && wanted.order !== selected) leave(); }, [selected, wanted]);

  useKeys({
    "/": () => { search.current?.focus(); search.current?.select(); },
    j: () => step(1), k: () => step(-1),
    a: () => choose(1),
    u: undoLast,
    t: () => timeline.current?.showNow(),
    m: () => setMap(!isMap),
    e: () => setAside(aside === "alerts" ? "" : "alerts"),
    o: () => setAside(aside === "proposals" ? "" : "proposals"),
    ":": () => setPalette(true),
    p: () => row && void setPinned(row, !row.pinned),
    r: () => setChoosing(isChoosing ? "" : selected),
    v: () => row && canTriage(row) && void triage(row),
    n: () => setMaking(true),
    f: () => setFiltering(!isFiltering),
    "?": () => setHelpOpen(true),
    ",": () => nudge("earlier"), ".": () => nudge("later"), "-": () => nudge("shorter"), "+": () => nudge("longer"),
    Escape: () => (wanted ? leave() : setSelected("")),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), () => choose(n)])),
  });
  const commands: Command[] = [
    { id: "new", text: t`Orden nueva`, key: "n", run: () => setMaking(true) },
    { id: "map", text: isMap ? t`Ver la línea de tiempo` : t`Ver el mapa`, key: "m", run: () => setMap(!isMap) },
    { id: "alerts", text: t`Ver las alertas`, key: "e", run: () => setAside("alerts") },
    { id: "proposals", text: t`Ver las propuestas`, key: "o", run: () => setAside("proposals") },
    { id: "now", text: t`Ver la hora actual`, key: "t", run: () => { setMap(false); timeline.current?.showNow(); } },
    { id: "undo", text: t`Deshacer lo último`, key: "u", run: undoLast },
    { id: "help", text: t`Teclas`, key: "?", run: () => setHelpOpen(true) },
    { id: "filters", text: t`Filtrar la lista`, key: "f", run: () => setFiltering(true) },
    { id: "all", text: t`Quitar los filtros`, run: () => setFilter(everything) },
    ...views.map((view) => {
      const { name } = view;
      return { id: `view/${name}`, text: t`Vista: ${name}`, run: () => showView(view) };
    }),
    ...(zones.length > 1 ? [{ id: "", text: t`Todas mis zonas` }, ...zones.map(({ id, name }) => ({ id, text: name }))]
      .map(({ id, text }) => ({ id: `zone/${id}`, text: t`Zona: ${text}`, run: () => setZone(id) })) : []),
    { id: "account", text: t`Mi cuenta`, run: () => location.assign("/admin#account") },
    { id: "leave", text: t`Salir`, run: onLeave },
  ];
  function step(by: number) {
    const at = orders.findIndex((one) => one.id === selected);
    const next = orders[at < 0 ? 0 : Math.min(orders.length - 1, Math.max(0, at + by))];
    if (next) setSelected(next.id);
  }

  return (
    <div className={["desk", selected && "with-panel", aside && "with-alerts"].filter(Boolean).join(" ")}>
      <TopBar session={session} zones={zones} zone={shownZone} onZone={setZone} onNew={() => setMaking(true)} onHelp={() => setHelpOpen(true)} onLeave={onLeave}
        isMap={isMap} onMap={setMap} alerts={alerts.length} onAlerts={() => setAside(aside === "alerts" ? "" : "alerts")} proposals={rows.proposals.length} onProposals={() => setAside(aside === "proposals" ? "" : "proposals")} isAtRisk={filter.sla === "risk"} onAtRisk={(isOn) => setFilter({ ...filter, sla: isOn ? "risk" : "" })} />
      {rows.leftOut > 0 && <Notice tone="warn">{t`Hay ${rows.leftOut} filas que no caben en el tablero: elija una zona.`}</Notice>}
      <main className="panes">
        <OrderList orders={orders} total={rows.orders} isComplete={rows.isComplete} filter={filter} onFilter={setFilter}
          zone={shownZone} views={views} onViews={setViews} onView={showView} isFiltering={isFiltering} onFiltering={setFiltering} selected={selected} onSelect={setSelected} onDrag={drag} searchRef={search} />
        {isMap ? (
          <Suspense fallback={<div className="empty"><Spinner label={t`Cargando`} /></div>}>
            <MapPane orders={orders} technicians={rows.technicians} zones={zones} selected={selected} onSelect={setSelected} />
          </Suspense>
        ) : <Timeline ref={timeline} technicians={rows.technicians} isComplete={rows.isComplete} selected={selected}
          onSelect={setSelected} candidates={row ? candidates : undefined} dragged={dragged} onDrag={drag}
          wanted={wanted} asked={asked} onWant={setWanted} onDrop={drop} onAssign={assignTo} />}
        {aside === "alerts" && <Alerts alerts={alerts} onOpen={setSelected} onSeen={setSeen} onClose={() => setAside("")} />}
        {aside === "proposals" && <Proposals proposals={proposals} onOpen={setSelected} onClose={() => setAside("")} />}
        {selected && <OrderPanel key={selected} id={selected} row={row} candidates={candidates} isAsking={isAsking}
          problem={problem} isChoosing={isChoosing} onAssign={assignTo} onForce={force} onMove={() => nudge()}
          onChoosing={(is) => setChoosing(is ? selected : "")} onClose={() => setSelected("")} />}
        {wanted && wantedOrder && <PlanBar wanted={wanted} asked={asked} order={wantedOrder} onNudge={nudge} onDrop={drop} onLeave={leave} />}
      </main>
      {forced && <OverrideDialog who={forced.who} onClose={() => setForced(undefined)} onAssign={(who) => {
        const order = board.order(forced.order);
        if (order) void assign(order, who);
        setChoosing("");
      }} />}
      {isMaking && <NewOrder onClose={() => setMaking(false)} onMade={(id) => { setMaking(false); setSelected(id); }} />}
      {isPalette && <Palette commands={commands} orders={rows.orders} onOpen={setSelected} onClose={() => setPalette(false)} />}
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
      {conflict && <ConflictDialog conflict={conflict} onClose={() => setConflict(undefined)} />}
    </div>
  );
}

/** Keys that work wherever nobody is typing and nothing is open above the desk. */
function useKeys(keys: Record<string, () => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target as HTMLElement;
      if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        if (!document.querySelector(".scrim")) current.current[":"]?.();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const isTyping = on.matches("input, textarea, select, [contenteditable]");
      if (isTyping) {
        if (event.key === "Escape") on.blur();
        return;
      }
      if (document.querySelector(".scrim, .popover")) return;
      const run = current.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

export function CloseButton({ onPress }: { onPress: () => void }) {
  const { t } = useLingui();
  return <Button look="quiet" isSmall icon="close" label={t`Cerrar (Esc)`} onPress={onPress} />;
}
