// The map: the list's orders and the technicians, live. It moves by hand, wheel and arrows; what it shows is
// in the list and on the timeline, too, for whoever can't see it.
import { serverNow, stream, useNow, useSize } from "@microflow/app";
import { availabilityText, statusText } from "@microflow/app/texts";
import { lasting } from "@microflow/app/time";
import type { OrderRow, TechnicianRow, Zone } from "@microflow/client";
import { Button } from "@microflow/ui";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent, type PointerEvent } from "react";
import { viewOf, zoomed, type Place, type View } from "./geometry";
import { paint, type Hit, type Person } from "./paint";
import { Positions } from "./positions";

const positions = new Positions(stream);
const stepPx = 80;

export default function MapPane({ orders, technicians, zones, selected, onSelect }: {
  orders: readonly OrderRow[]; technicians: readonly TechnicianRow[]; zones: readonly Zone[]; selected: string; onSelect: (id: string) => void;
}) {
  const { t } = useLingui();
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = useNow(5_000);
  const latest = useSyncExternalStore(positions.subscribe, positions.snapshot);
  const [view, setView] = useState<View>();
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [over, setOver] = useState<Hit>();
  const grabbed = useRef<{ x: number; y: number; view: View; isMoved: boolean }>(undefined);

  const active = technicians.filter((one) => one.active && !one.disabled);
  const ids = active.map(({ id }) => id).join();
  useEffect(() => positions.follow(ids ? ids.split(",") : []), [ids]);
  useEffect(() => () => positions.follow([]), []);

  const placed = useMemo(() => orders.filter((row) => row.lat !== undefined && row.lon !== undefined), [orders]);
  const people = useMemo(() => active.flatMap((row): Person[] => {
    const live = latest.get(row.id), last = live ?? row.position;
    const place = last ?? row.home;
    return place ? [{ row, place, ageMs: last ? Math.max(0, serverNow() - Date.parse(last.at)) : undefined }] : [];
  }), [technicians, latest, now]);
  const places = useMemo(() => zones.flatMap(({ name, lat, lon, disabled }) => (lat === undefined || lon === undefined || disabled ? [] : [{ name, place: { lat, lon } }])), [zones]);

  const all = (): Place[] => [...placed.map((row) => ({ lat: row.lat!, lon: row.lon! })), ...people.map(({ place }) => place), ...places.map(({ place }) => place)];
  const fit = () => setView(viewOf(all(), size));
  // At first all of it; afterwards it stays where somebody has put it.
  useLayoutEffect(() => { if (!view && size.width > 0) fit(); }, [size.width, placed.length > 0, people.length > 0, places.length > 0]);
  useEffect(() => {
    const row = placed.find((one) => one.id === selected);
    if (row) setView((before) => before && { ...before, lat: row.lat!, lon: row.lon! });
  }, [selected]);
  useEffect(() => {
    if (!view || !canvas.current || size.width === 0) return;
    const frame = requestAnimationFrame(() => canvas.current && setHits(paint(canvas.current, { zones: places, orders: placed, people, selected }, view, size)));
    return () => cancelAnimationFrame(frame);
  }, [view, size, places, placed, people, selected]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // React's own listener may not keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const edge = element.getBoundingClientRect();
      setView((before) => before && zoomed(before, event.deltaY < 0 ? 1.25 : 0.8, { x: event.clientX - edge.left, y: event.clientY - edge.top }, { width: element.clientWidth, height: element.clientHeight }));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [box]);

  const zoom = (factor: number) => setView((before) => before && zoomed(before, factor, { x: size.width / 2, y: size.height / 2 }, size));
  const moved = (from: View, dx: number, dy: number): View => ({ ...from, lat: from.lat + dy / from.scale, lon: from.lon - dx / (Math.cos((from.lat * Math.PI) / 180) * from.scale) });
  const at = (event: PointerEvent) => {
    const edge = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  };
  const near = ({ x, y }: { x: number; y: number }) => hits.findLast((hit) => Math.hypot(hit.x - x, hit.y - y) <= hit.radius);
  const down = (event: PointerEvent) => {
    if (!view || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grabbed.current = { ...at(event), view, isMoved: false };
  };
  const move = (event: PointerEvent) => {
    const here = at(event), grab = grabbed.current;
    if (!grab) return setOver(near(here));
    const dx = here.x - grab.x, dy = here.y - grab.y;
    if (Math.hypot(dx, dy) < 4 && !grab.isMoved) return;
    grab.isMoved = true;
    setOver(undefined);
    setView(moved(grab.view, dx, dy));
  };
  const up = (event: PointerEvent) => {
    const grab = grabbed.current, hit = near(at(event));
    grabbed.current = undefined;
    if (!grab || grab.isMoved || !hit) return;
    if (hit.orders.length === 1) onSelect(hit.orders[0]!.id);
    else if (hit.orders.length + hit.people.length > 1) setView((before) => before && zoomed({ ...before }, 2, { x: hit.x, y: hit.y }, size));
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: [stepPx, 0], ArrowRight: [-stepPx, 0], ArrowUp: [0, stepPx], ArrowDown: [0, -stepPx] }[event.key];
    if (by) setView((before) => before && moved(before, by[0]!, by[1]!));
    else if (event.key === "+") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const orderCount = placed.length, peopleCount = people.length;
  const ordersText = plural(orderCount, { one: "# orden", other: "# órdenes" }), peopleText = plural(peopleCount, { one: "# técnico", other: "# técnicos" });
  return (
    <section className="map" aria-label={t`Mapa`}>
      <div className="pane-head"><h2>{t`Mapa`}</h2><span className="muted small num">{ordersText} · {peopleText}</span><span className="grow" />
        <Button isSmall icon="plus" label={t`Acercar`} onPress={() => zoom(1.5)} /><Button isSmall icon="minus" label={t`Alejar`} onPress={() => zoom(1 / 1.5)} />
        <Button isSmall onPress={fit}>{t`Todo`}</Button></div>
      <div ref={box} className="map-box" tabIndex={0} role="application" aria-label={t`Mapa con ${ordersText} y ${peopleText}: flechas lo mueven, + y - lo acercan y alejan`}
        onKeyDown={press} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerLeave={() => setOver(undefined)}
        data-pointing={over ? "" : undefined}>
        <canvas ref={canvas} aria-hidden="true" />
        {over && <Tip hit={over} size={size} />}
      </div>
    </section>
  );
}

function Tip({ hit, size }: { hit: Hit; size: { width: number; height: number } }) {
  const { t } = useLingui();
  const { people, orders } = hit, shown = 4, rest = orders.length + people.length - shown;
  return (
    <div className="map-tip" style={{ left: Math.min(hit.x + 14, size.width - 240), top: Math.min(hit.y + 14, size.height - 90) }}>
      {people.slice(0, shown).map(({ row, ageMs }) => {
        const age = ageMs === undefined ? "" : lasting(ageMs);
        return <span key={row.id}><b>{row.name}</b> · {availabilityText(row.availability)} · {age ? t`posición de hace ${age}` : t`sin posición: su base`}</span>;
      })}
      {orders.slice(0, shown).map((row) => <span key={row.id}><b>{row.title}</b> · {statusText(row.status)}{row.technician_name && ` · ${row.technician_name}`}</span>)}
      {rest > 0 && <span>{t`y ${rest} más`}</span>}
    </div>
  );
}
