// Technicians × time. Names stay at the left and hours at the top while the rest moves; only the lines
// on the screen are in the page.
import type { Candidates, TechnicianRow } from "@microflow/client";
import { Button, Empty, Icon, Mark, Spinner, type Tone } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, type DragEvent, type Ref } from "react";
import { canMove, canReassign, type Who } from "./actions";
import { holesOf } from "./duty";
import { board } from "./core";
import { useBoard, useKept, useNow, useSize } from "./hooks";
import { toneOf } from "./orders";
import { against, chanceOf, shifts } from "./chances";
import type { Asked, Wanted } from "./preview";
import { availabilityText, holeText, statusText } from "./texts";
import { clock, day, lasting, span } from "@microflow/app/time";
import { candidatesFirst, domainAt, dropTime, hourMs, linesOf, stretchedTo, zooms, type Bar, type Line, type Span, type Zoom } from "./timeline";

const iso = (time: number) => new Date(time).toISOString();
const nameWidth = 164, headHeight = 40, lineHeight = 46;
export interface TimelineHandle { showNow: () => void }
type Chance = { rank: number; from: string } | { out: string };

const toneOfTechnician: Record<TechnicianRow["availability"], Tone> = {
  off: "ended", available: "ok", traveling: "moving", working: "working", break: "paused",
};

/** What is being dragged, as far as lines must know. */
export interface Dragged {
  order: string; technician: string | undefined; grabMs: number; lastsMs: number | undefined;
  /** Whoever has it may have it at another time. */
  canMove: boolean;
  /** Out of a line: lines stay where they are, then. */
  isFromLine: boolean;
  /** It lasts as long where it is dropped, whatever its kind of work usually takes. */
  isStretched: boolean;
}

export function Timeline({ ref, technicians, isComplete, selected, onSelect, candidates, dragged, onDrag, wanted, asked, onWant, onDrop, onAssign }: {
  ref: Ref<TimelineHandle>; technicians: readonly TechnicianRow[]; isComplete: boolean; selected: string;
  onSelect: (order: string) => void; candidates: Candidates | undefined; dragged: Dragged | undefined;
  onDrag: (dragged: Dragged | undefined) => void; wanted: Wanted | undefined; asked: Asked;
  onWant: (wanted: Wanted | undefined) => void; onDrop: () => void; onAssign: (who: Who) => void;
}) {
  const { t } = useLingui();
  const { orders } = useBoard();
  const now = useNow(10_000);
  const [zoom, setZoom] = useKept<Zoom>("dispatch.zoom", 6);
  const [scroller, { width }] = useSize<HTMLDivElement>();
  const domain = useMemo(() => domainAt(now), [new Date(now).toDateString()]);
  const minute = Math.floor(now / 60_000);
  const all = useMemo(() => linesOf(technicians, (id) => board.order(id), now), [technicians, orders, minute]);
  // As they were ranked when the order was chosen: lines don't move under the pointer afterwards.
  const rankedNow = useMemo(() => new Map(candidates?.candidates.map((one) => [one.technician, one.rank])), [candidates?.order]);
  const shownRanks = useRef(rankedNow);
  const ranks = dragged?.isFromLine ? shownRanks.current : rankedNow;
  shownRanks.current = ranks;
  const lines = useMemo(() => candidatesFirst(all, ranks), [all, ranks]);
  const chances = useMemo(() => {
    const found = new Map<string, Chance>();
    for (const one of candidates?.candidates ?? []) found.set(one.technician, { rank: one.rank, from: one.from });
    for (const one of candidates?.out ?? []) found.set(one.technician, { out: one.detail || one.code });
    return found;
  }, [candidates]);

  const moved = useMemo(() => shifts(asked.ok), [asked.ok]);
  const isMoved = (line: Line) => line.bars.some((bar) => moved.has(bar.orderId));
  const perMs = Math.max(120, width - nameWidth) / (zoom * hourMs);
  const x = (time: number) => (time - domain.from) * perMs;
  const canvas = x(domain.to);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => lineHeight,
    overscan: 4, paddingStart: headHeight, getItemKey: (index) => lines[index]!.technician.id });

  const show = (time: number) => scroller.current?.scrollTo({ left: Math.max(0, x(time) - (width - nameWidth) * 0.2) });
  useImperativeHandle(ref, () => ({ showNow: () => show(Date.now()) }));
  // Where one looks stays where it is when the zoom changes; at first that is now.
  const seen = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (width > 0) show(seen.current ?? now);
  }, [perMs, width > 0, lines.length > 0]);
  const remember = () => {
    const left = scroller.current?.scrollLeft ?? 0;
    seen.current = domain.from + (left + (width - nameWidth) * 0.2) / perMs;
  };

  useEffect(() => {
    if (ranks.size > 0) scroller.current?.scrollTo({ top: 0 });
  }, [ranks]);

  // What is chosen elsewhere is brought into sight here.
  useEffect(() => {
    const at = lines.findIndex((line) => line.bars.some((bar) => bar.orderId === selected));
    const bar = lines[at]?.bars.find((one) => one.orderId === selected);
    const view = scroller.current;
    if (!bar || !view) return;
    virtual.scrollToIndex(at, { align: "auto" });
    const from = x(bar.from), left = view.scrollLeft;
    if (x(bar.to) < left || from > left + width - nameWidth) show(bar.from);
  }, [selected]);

  const hours = [];
  const step = (zoom <= 6 ? 1 : zoom === 12 ? 2 : 4) * hourMs;
  for (let at = domain.from; at < domain.to; at += step) hours.push(at);
  const onDuty = technicians.filter((one) => one.active).length, total = lines.length;

  return (
    <section className="timeline" aria-label={t`Línea de tiempo`}>
      <div className="pane-head">
        <h2>{t`Técnicos`}</h2><span className="muted small num">{t`${onDuty} de ${total} en turno`}</span>
        <span className="grow" />
        <div className="zooms" role="group" aria-label={t`Horas a la vista`}>
          {zooms.map((one) => (
            <Button key={one} isSmall look={one === zoom ? "primary" : "plain"} aria-pressed={one === zoom} onPress={() => setZoom(one)}>{`${one} h`}</Button>
          ))}
        </div>
        <Button isSmall icon="clock" onPress={() => show(now)}>{t`Ahora`}</Button>
      </div>
      <div ref={scroller} className="tl-scroll" tabIndex={0} role="group" aria-label={t`Visitas por técnico`} onScroll={remember}>
        {!isComplete && total === 0 ? <div className="empty"><Spinner label={t`Cargando`} /></div>
          : total === 0 ? <Empty title={t`No hay técnicos en estas zonas`} /> : width > 0 && (
            <div className="tl-canvas" role="list" style={{ width: nameWidth + canvas, height: virtual.getTotalSize() }}>
              <div className="tl-head" aria-hidden="true" style={{ height: headHeight }}>
                <div className="tl-corner" style={{ width: nameWidth }} />
                {hours.filter((at) => Math.abs(x(at) - x(now)) > 34).map((at) => (
                  <span key={at} className="tl-hour num" style={{ left: nameWidth + x(at) }}>
                    {new Date(at).getHours() === 0 ? <b>{day(at)}</b> : clock(at)}
                  </span>
                ))}
                <span className="tl-now-time num" style={{ left: nameWidth + x(now) }}>{clock(now)}</span>
              </div>
              <div className="tl-grid" aria-hidden="true" style={{ left: nameWidth, width: canvas, backgroundSize: `${step * perMs}px 100%` }} />
              <div className="tl-names" aria-hidden="true" style={{ width: nameWidth }} />
              {virtual.getVirtualItems().map((item) => {
                const line = lines[item.index]!;
                return <TimeLine key={line.technician.id} line={line} top={item.start} perMs={perMs} domain={domain} now={minute * 60_000}
                  selected={selected} chance={chances.get(line.technician.id)} dragged={dragged} onSelect={onSelect} onDrag={onDrag}
                  wanted={wanted?.id === line.technician.id ? wanted : undefined} asked={wanted?.id === line.technician.id ? asked : undefined}
                  moved={moved.size > 0 && isMoved(line) ? moved : undefined} onWant={onWant} onDrop={onDrop} onAssign={onAssign} />;
              })}
              <div className="tl-now" aria-hidden="true" style={{ left: nameWidth + x(now) }} />
            </div>
          )}
      </div>
    </section>
  );
}

interface LineProps {
  line: Line; top: number; perMs: number; domain: Span; now: number; selected: string; chance: Chance | undefined;
  dragged: Dragged | undefined; onSelect: (order: string) => void; onDrag: (dragged: Dragged | undefined) => void;
  wanted: Wanted | undefined; asked: Asked | undefined; moved: ReadonlyMap<string, number | undefined> | undefined;
  onWant: (wanted: Wanted | undefined) => void; onDrop: () => void; onAssign: (who: Who) => void;
}
const TimeLine = memo(function TimeLine(props: LineProps) {
  const { line, top, perMs, domain, now, selected, chance, dragged, onSelect, onDrag, wanted, asked, moved, onWant, onDrop, onAssign } = props;
  const { t } = useLingui();
  const { technician, bars, lanes } = line;
  const isOwn = dragged?.technician === technician.id;
  const canDrop = dragged !== undefined && (!isOwn || dragged.canMove);
  const isOut = chance !== undefined && "out" in chance;
  const height = (lineHeight - 8) / lanes;
  const place = ({ from, to }: Span) => ({
    left: nameWidth + (Math.max(from, domain.from) - domain.from) * perMs,
    width: Math.max(18, (Math.min(to, domain.to) - Math.max(from, domain.from)) * perMs - 2),
  });
  const holes = useMemo(() => holesOf(technician, domain), [technician, domain]);
  const rank = chance && "rank" in chance ? chance.rank : 0, from = chance && "rank" in chance ? chance.from : "";
  const name = technician.name;
  const drag = {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!canDrop) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      const line = event.currentTarget.getBoundingClientRect(), view = event.currentTarget.closest(".tl-scroll")!.getBoundingClientRect();
      const isOnName = event.clientX < view.left + nameWidth;
      const at = isOnName ? undefined : dropTime(domain.from + (event.clientX - line.left - nameWidth) / perMs - dragged.grabMs, now);
      // None: as soon as there is room; which is no other time for whoever has it.
      if (at === undefined && isOwn) return onWant(undefined);
      const from = at === undefined ? undefined : iso(at);
      const to = at !== undefined && dragged.isStretched && dragged.lastsMs ? iso(at + dragged.lastsMs) : undefined;
      if (wanted?.order !== dragged.order || wanted.from !== from) onWant({ order: dragged.order, by: "drag", id: technician.id, name, from, to });
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) onWant(undefined);
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      if (!canDrop) return;
      event.preventDefault();
      onDrag(undefined);
      onDrop();
    },
  };
  return (
    <div className={["tl-line", isOut && "out", wanted && "over"].filter(Boolean).join(" ")} role="listitem" {...drag}
      style={{ transform: `translateY(${top}px)`, height: lineHeight }}>
      <div className="tl-name" style={{ width: nameWidth }} title={isOut ? chance.out : name}>
        <span className="cut"><b>{name}</b></span>
        <span className={`small tl-state tone-${toneOfTechnician[technician.availability]}`}>
          <i aria-hidden="true" />{isOut ? <span className="cut">{chance.out}</span> : availabilityText(technician.availability)}
          {rank > 0 && <Mark tone="planned" isPlain><span className="hidden-text">{t`candidato`}</span>{rank}</Mark>}
        </span>
      </div>
      {holes.map((hole) => (
        <div key={`${hole.why}${hole.from}`} className={`tl-hole ${hole.why}`} style={place(hole)} title={hole.reason ?? holeText(hole.why)} />
      ))}
      {rank > 0 && Date.parse(from) < domain.to && (
        <button className="tl-chance" style={{ left: place({ from: Date.parse(from), to: Date.parse(from) }).left }}
          title={t`Asignar a ${name}, desde las ${clock(from)}`} onClick={() => onAssign({ id: technician.id, name })}>
          <span className="hidden-text">{t`Asignar a ${name}`}</span><b>{rank}</b> <span className="num">{clock(from)}</span>
        </button>
      )}
      {wanted && <Ghost wanted={wanted} asked={asked} lastsMs={dragged?.lastsMs} out={isOut ? chance.out : undefined} now={now} place={place} />}
      {bars.filter((bar) => bar.to > domain.from && bar.from < domain.to).map((bar) => (
        <VisitBar key={bar.key} bar={bar} now={now} isSelected={bar.orderId === selected} perMs={perMs} onSelect={onSelect} onDrag={onDrag}
          shift={moved?.has(bar.orderId) ? { ms: moved.get(bar.orderId) } : undefined}
          style={{ ...place(bar), top: 4 + bar.lane * height, height: height - 2 }} />
      ))}
      {bars.filter(({ order, to }) => order && canMove(order) && to > now && to < domain.to).map((bar) => (
        <Grip key={bar.key} bar={bar} perMs={perMs} now={now} left={place(bar).left + place(bar).width} top={4 + bar.lane * height} height={height - 2}
          onStretch={(to) => onWant({ order: bar.orderId, by: "drag", id: technician.id, name, from: iso(bar.from), to: iso(to) })}
          onDrop={onDrop} onLeave={() => onWant(undefined)} />
      ))}
    </div>
  );
});

/** The end of a visit, to be pulled. By keys and by one button each it is in the order's panel. */
function Grip({ bar, perMs, now, left, top, height, onStretch, onDrop, onLeave }: {
  bar: Bar; perMs: number; now: number; left: number; top: number; height: number;
  onStretch: (to: number) => void; onDrop: () => void; onLeave: () => void;
}) {
  const pulled = useRef<{ x: number; to: number }>(undefined);
  const end = (isDone: boolean) => {
    const to = pulled.current?.to;
    pulled.current = undefined;
    if (isDone && to !== undefined && to !== bar.to) onDrop();
    else onLeave();
  };
  return (
    <i className="tl-grip" aria-hidden="true" style={{ left: left - 5, top, height }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        pulled.current = { x: event.clientX, to: bar.to };
      }}
      onPointerMove={(event) => {
        if (!pulled.current) return;
        const to = stretchedTo(bar.from, bar.to + (event.clientX - pulled.current.x) / perMs, now);
        if (to === pulled.current.to) return;
        pulled.current.to = to;
        if (to === bar.to) onLeave();
        else onStretch(to);
      }}
      onPointerUp={() => pulled.current && end(true)} onPointerCancel={() => pulled.current && end(false)} />
  );
}

/** What would be, where it would be. */
function Ghost({ wanted, asked, lastsMs, out, now, place }: {
  wanted: Wanted; asked: Asked | undefined; lastsMs: number | undefined; out: string | undefined; now: number;
  place: (span: Span) => { left: number; width: number };
}) {
  const { t } = useLingui();
  const preview = asked?.ok;
  const chance = preview ? chanceOf(preview) : out ? "forced" : "asking";
  const begin = wanted.from ?? preview?.slot?.from, from = begin ? Date.parse(begin) : now;
  const end = wanted.to ?? preview?.slot?.to, to = end ? Date.parse(end) : from + (lastsMs ?? 0);
  const why = preview ? against(preview) || preview.rules[0]?.detail : out;
  return (
    <div className={`tl-drop ${chance}`} style={place({ from, to })}>
      {chance === "ok" ? <Icon name="check" /> : chance !== "asking" && <Icon name={chance === "worse" ? "warn" : "close"} />}
      <b className="num">{begin ? wanted.to ? `${clock(from)}–${clock(to)}` : clock(from) : t`cuanto antes`}</b>
      {why && <span className="cut">{why}</span>}
    </div>
  );
}

function VisitBar({ bar, now, isSelected, perMs, onSelect, onDrag, shift, style }: {
  bar: Bar; now: number; isSelected: boolean; perMs: number; onSelect: (order: string) => void;
  onDrag: (dragged: Dragged | undefined) => void;
  /** It would begin so much later; nothing: it would not fit any more. */
  shift: { ms: number | undefined } | undefined;
  style: { left: number; width: number; top: number; height: number };
}) {
  const { t } = useLingui();
  const { order } = bar, times = span(bar.from, bar.to, now);
  if (!order)
    return <div className="tl-bar elsewhere tone-ended" style={style} title={t`Otra zona · ${times}`}>{style.width > 74 && <span className="cut">{t`Otra zona`}</span>}</div>;
  const more = [times, statusText(order.status), bar.isLate ? t`con retraso` : "", bar.isAcked ? "" : t`su teléfono no la tiene aún`]
    .filter(Boolean).join(" · ");
  const isNarrow = style.width <= 40;
  const classes = ["tl-bar", `tone-${toneOf[order.status]}`, isSelected && "selected", bar.isLate && "late", !bar.isAcked && "unacked"];
  return (
    <button className={classes.filter(Boolean).join(" ")} style={style} title={`${order.title} · ${order.client_name ?? ""} · ${more}`}
      aria-pressed={isSelected} onClick={() => onSelect(order.id)} draggable={canReassign(order)}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", order.code);
        event.dataTransfer.effectAllowed = "move";
        onDrag({ order: order.id, technician: order.technician, grabMs: event.nativeEvent.offsetX / perMs, lastsMs: bar.to - bar.from,
          canMove: canMove(order), isFromLine: true, isStretched: bar.to - bar.from !== order.duration_ms });
      }} onDragEnd={() => onDrag(undefined)}>
      <span className={isNarrow ? "hidden-text" : "cut"}>{order.pinned && <Icon name="pin" size={11} />}{order.title}</span>
      <span className={isNarrow || style.height <= 26 ? "hidden-text" : "cut small"}>{order.client_name}</span>
      <span className="hidden-text">{more}</span>
      {shift && <span className={shift.ms === undefined ? "tl-shift lost" : "tl-shift num"}>{shift.ms === undefined ? t`no cabe`
        : `${shift.ms < 0 ? "−" : "+"}${lasting(shift.ms)}`}</span>}
    </button>
  );
}
