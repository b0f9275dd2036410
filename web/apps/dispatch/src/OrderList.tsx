// Thousands of orders, of which those on the screen are in the page. One stop for the keyboard: arrows
// move inside, and the list says where one is.
import type { OrderRow } from "@microflow/client";
import { Button, Chip, Empty, Icon, Mark, PriorityMark, SearchField, Select, Spinner } from "@microflow/ui";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Chosen, Filters } from "./Filters";
import type { View } from "./views";
import { memo, useEffect, useMemo, useRef, type KeyboardEvent, type RefObject } from "react";
import { canAssign, canMove, canReassign } from "./actions";
import { useNow } from "./hooks";
import { chosenIn, count, everything, groups, nextDue, toneOf, type Filter, type Group, type Sort } from "./orders";
import { clockText, groupText, sortText, statusText } from "./texts";
import { lasting, span } from "@microflow/app/time";
import type { Dragged } from "./Timeline";

const rowHeight = 74;

export function OrderList({ orders, total, isComplete, filter, onFilter, zone, views, onViews, onView, isFiltering, onFiltering, selected, onSelect, onDrag, searchRef }: {
  orders: readonly OrderRow[]; total: readonly OrderRow[]; isComplete: boolean; filter: Filter;
  onFilter: (filter: Filter) => void; zone: string; views: readonly View[]; onViews: (views: View[]) => void; onView: (view: View) => void;
  isFiltering: boolean; onFiltering: (is: boolean) => void; selected: string; onSelect: (id: string) => void;
  onDrag: (dragged: Dragged | undefined) => void; searchRef: RefObject<HTMLInputElement | null>;
}) {
  const { t } = useLingui();
  const now = useNow(5_000);
  const scroller = useRef<HTMLDivElement>(null);
  const counts = useMemo(() => count(total), [total]);
  const virtual = useVirtualizer({ count: orders.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight,
    overscan: 6, getItemKey: (index) => orders[index]!.id });

  // Only a choice scrolls: what changes around it must not move what somebody reads.
  const shown = useRef("");
  useEffect(() => {
    if (shown.current === selected) return;
    const at = orders.findIndex((one) => one.id === selected);
    if (at < 0) return;
    shown.current = selected;
    virtual.scrollToIndex(at, { align: "auto" });
  }, [selected, orders, virtual]);

  const press = (event: KeyboardEvent) => {
    const at = orders.findIndex((one) => one.id === selected);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: orders.length - 1, PageDown: at + page, PageUp: at - page }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = orders[Math.min(orders.length - 1, Math.max(0, to))];
    if (next) onSelect(next.id);
  };
  const setGroup = (group: Group, isOn: boolean) =>
    onFilter({ ...filter, groups: isOn ? [...filter.groups, group] : filter.groups.filter((one) => one !== group) });
  const found = orders.length, all = total.length, chosen = chosenIn(filter);

  return (
    <section className="list" aria-label={t`Órdenes`}>
      <div className="list-head">
        <SearchField label={t`Buscar cliente, dirección, código, técnico…`} clearLabel={t`Borrar la búsqueda`} hint="/"
          value={filter.text} onChange={(text) => onFilter({ ...filter, text })} inputRef={searchRef}
          onSubmit={() => { if (orders[0]) onSelect(orders[0].id); scroller.current?.focus(); }} />
        <div className="chips" role="group" aria-label={t`Estados`}>
          {groups.map((group) => (
            <Chip key={group} count={counts.byGroup[group]} isSelected={filter.groups.includes(group)}
              onChange={(isOn) => setGroup(group, isOn)}>{groupText(group)}</Chip>
          ))}
        </div>
        <div className="list-tools">
          <span className="muted small num" role="status">{found === all ? t`${plural(all, { one: "# orden", other: "# órdenes" })}` : t`${found} de ${all}`}</span>
          <Button isSmall icon="filter" look={isFiltering ? "primary" : "plain"} aria-expanded={isFiltering} onPress={() => onFiltering(!isFiltering)}>{t`Filtros`}
            {chosen > 0 && <span className="num">{chosen}</span>}</Button>
          <Select label={t`Orden de la lista`} isLabelHidden value={filter.sort} onChange={(id) => onFilter({ ...filter, sort: id as Sort })}
            choices={(["due", "priority", "newest"] as const).map((id) => ({ id, text: sortText(id) }))} />
        </div>
        {isFiltering ? <Filters total={total} filter={filter} onFilter={onFilter} zone={zone} views={views} onViews={onViews} onView={onView} />
          : <Chosen filter={filter} onFilter={onFilter} />}
      </div>
      {!isComplete && all === 0 ? <div className="empty"><Spinner label={t`Cargando`} /></div>
        : found === 0 ? (
          <Empty title={all === 0 ? t`No hay órdenes abiertas` : t`Ninguna orden es así`}>
            {all > 0 && <button className="link" onClick={() => onFilter({ ...everything, sort: filter.sort })}>{t`Quitar los filtros`}</button>}
          </Empty>
        ) : (
          <div ref={scroller} className="rows" role="listbox" tabIndex={0} aria-label={t`Órdenes`} onKeyDown={press}
            aria-activedescendant={orders.some((one) => one.id === selected) ? `row-${selected}` : undefined}>
            <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
              {virtual.getVirtualItems().map((item) => {
                const order = orders[item.index]!;
                return <Row key={order.id} order={order} now={now} top={item.start} at={item.index + 1} of={found}
                  isSelected={order.id === selected} onSelect={onSelect} onDrag={onDrag} />;
              })}
            </div>
          </div>
        )}
    </section>
  );
}

const Row = memo(function Row({ order, now, top, at, of, isSelected, onSelect, onDrag }: {
  order: OrderRow; now: number; top: number; at: number; of: number; isSelected: boolean; onSelect: (id: string) => void;
  onDrag: (dragged: Dragged | undefined) => void;
}) {
  const { t } = useLingui();
  const where = [order.client_name, order.neighbourhood ?? order.address].filter(Boolean).join(" · ");
  return (
    <div id={`row-${order.id}`} className="row" role="option" aria-selected={isSelected} aria-posinset={at} aria-setsize={of}
      style={{ transform: `translateY(${top}px)`, height: rowHeight }} onClick={() => onSelect(order.id)}
      draggable={canAssign(order) || canReassign(order)} onDragEnd={() => onDrag(undefined)}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", order.code);
        event.dataTransfer.effectAllowed = "move";
        const lasts = order.slot && canReassign(order) ? Date.parse(order.slot.to) - Date.parse(order.slot.from) : order.duration_ms;
        onDrag({ order: order.id, technician: order.technician, grabMs: 0, lastsMs: lasts, canMove: canMove(order), isFromLine: false, isStretched: lasts !== order.duration_ms });
      }}>
      <PriorityMark priority={order.priority} label={t`Prioridad ${order.priority}`} />
      <div className="row-main">
        <div className="row-line"><b className="cut">{order.title}</b><Mark tone={toneOf[order.status]}>{statusText(order.status)}</Mark></div>
        <div className="row-line muted"><span className="cut">{where}</span>{order.pinned && <Icon name="pin" size={13} />}</div>
        <div className="row-line small">
          <span className="muted cut">{order.technician_name
            ? [order.slot && span(order.slot.from, order.slot.to, now), order.technician_name].filter(Boolean).join(" · ") : order.code}</span>
          <Due order={order} now={now} />
        </div>
      </div>
    </div>
  );
});

export function Due({ order, now }: { order: OrderRow; now: number }) {
  const { t } = useLingui();
  if (order.sla.held) return <span className="due muted">{t`en espera del cliente`}</span>;
  const due = nextDue(order);
  if (!due) return null;
  const left = due.at - now, name = clockText(due.clock), time = lasting(left);
  const tone = left < 0 ? "danger" : order.sla.at_risk ? "warn" : "";
  return (
    <span className={tone ? `due num tone-${tone} toned` : "due num muted"}>
      <Icon name="clock" size={12} />{left < 0 ? t`${name}: vencido hace ${time}` : t`${name} en ${time}`}
    </span>
  );
}
