// The desk: list, timeline and the chosen order's panel, which follow each other.
import type { Candidates, Session, Zone } from "@microflow/client";
import { Button, Notice } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { assign, setPinned, showConflicts, undoLast, type Conflict } from "./actions";
import { useCandidates } from "./candidates";
import { ConflictDialog } from "./ConflictDialog";
import { board, toasts } from "./core";
import { Help } from "./Help";
import { useBoard, useKept } from "./hooks";
import { OrderList } from "./OrderList";
import { OrderPanel } from "./OrderPanel";
import { everything, selectOrders, type Filter } from "./orders";
import { Timeline, type TimelineHandle } from "./Timeline";
import { TopBar } from "./TopBar";

const orderOfUrl = () => new URLSearchParams(location.search).get("order") ?? "";

export function Desk({ session, zones, onLeave }: { session: Session; zones: Zone[]; onLeave: () => void }) {
  const { t } = useLingui();
  const rows = useBoard();
  const [zone, setZone] = useKept("dispatch.zone", "");
  const [filter, setFilter] = useState<Filter>(everything);
  const [selected, setSelected] = useState(orderOfUrl);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [conflict, setConflict] = useState<Conflict>();
  const search = useRef<HTMLInputElement>(null);
  const timeline = useRef<TimelineHandle>(null);

  const shownZone = zones.some((one) => one.id === zone) ? zone : "";
  useEffect(() => {
    board.follow(shownZone ? [shownZone] : zones.map((one) => one.id));
  }, [shownZone, zones]);
  useEffect(() => showConflicts(setConflict), []);
  useEffect(() => {
    const url = new URL(location.href);
    if (selected) url.searchParams.set("order", selected);
    else url.searchParams.delete("order");
    history.replaceState(null, "", url);
  }, [selected]);

  const orders = useMemo(() => selectOrders(rows.orders, filter), [rows, filter]);
  const row = useMemo(() => rows.orders.find((one) => one.id === selected), [rows, selected]);
  const [isChoosing, setChoosing] = useState(false);
  useEffect(() => setChoosing(false), [selected, row?.status]);
  const { candidates, isAsking, problem } = useCandidates(row, isChoosing);

  const choose = useCallback((rank: number) => {
    const one = candidates?.candidates.find((c) => c.rank === rank);
    if (!row || !one) return toasts.show(t`Elija primero una orden que se pueda asignar`);
    void assign(row, { id: one.technician, name: one.name });
  }, [candidates, row, t]);

  useKeys({
    "/": () => { search.current?.focus(); search.current?.select(); },
    j: () => step(1), k: () => step(-1),
    a: () => choose(1),
    u: undoLast,
    t: () => timeline.current?.showNow(),
    p: () => row && void setPinned(row, !row.pinned),
    r: () => row && setChoosing(true),
    "?": () => setHelpOpen(true),
    Escape: () => setSelected(""),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), () => choose(n)])),
  });
  function step(by: number) {
    const at = orders.findIndex((one) => one.id === selected);
    const next = orders[at < 0 ? 0 : Math.min(orders.length - 1, Math.max(0, at + by))];
    if (next) setSelected(next.id);
  }

  return (
    <div className={selected ? "desk with-panel" : "desk"}>
      <TopBar session={session} zones={zones} zone={shownZone} onZone={setZone} onHelp={() => setHelpOpen(true)} onLeave={onLeave}
        isAtRisk={filter.isAtRisk} onAtRisk={(isAtRisk) => setFilter({ ...filter, isAtRisk })} />
      {rows.leftOut > 0 && <Notice tone="warn">{t`Hay ${rows.leftOut} filas que no caben en el tablero: elija una zona.`}</Notice>}
      <main className="panes">
        <OrderList orders={orders} total={rows.orders} isComplete={rows.isComplete} filter={filter} onFilter={setFilter}
          selected={selected} onSelect={setSelected} searchRef={search} />
        <Timeline ref={timeline} technicians={rows.technicians} isComplete={rows.isComplete} selected={selected}
          onSelect={setSelected} candidates={row ? candidates : undefined}
          onAssign={(who) => row && void assign(row, who)} />
        {selected && <OrderPanel key={selected} id={selected} row={row} candidates={candidates} isAsking={isAsking}
          problem={problem} isChoosing={isChoosing} onChoosing={setChoosing} onClose={() => setSelected("")} />}
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
      {conflict && <ConflictDialog conflict={conflict} onClose={() => setConflict(undefined)} />}
    </div>
  );
}

export type { Candidates };

/** Keys that work wherever nobody is typing and nothing is open above the desk. */
function useKeys(keys: Record<string, () => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target as HTMLElement;
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
