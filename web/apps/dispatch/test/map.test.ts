// The map's geometry and the queue of alerts: no browser, no node.
import type { OrderRow, TechnicianRow } from "@microflow/client";
import { describe, expect, it } from "vitest";
import { alertsOf } from "../src/alerts";
import { clustersOf, freshness, toPlace, toPoint, viewOf, zoomed } from "../src/map/geometry";

const size = { width: 800, height: 600 }, medellin = { lat: 6.25, lon: -75.57 };

describe("the map", () => {
  it("shows all of what there is, north up and east to the right", () => {
    const north = { lat: 6.3, lon: -75.6 }, south = { lat: 6.2, lon: -75.5 }, view = viewOf([north, south], size)!;
    const a = toPoint(north, view, size), b = toPoint(south, view, size);
    expect(a.y).toBeLessThan(b.y);
    expect(a.x).toBeLessThan(b.x);
    for (const { x, y } of [a, b]) expect(x > 0 && x < 800 && y > 0 && y < 600).toBe(true);
    expect(viewOf([], size)).toBeUndefined();
  });
  it("zooms around the pointer", () => {
    const view = { ...medellin, scale: 20_000 }, at = { x: 120, y: 500 };
    const before = toPlace(at, view, size), after = toPlace(at, zoomed(view, 2, at, size), size);
    expect(after.lat).toBeCloseTo(before.lat, 9);
    expect(after.lon).toBeCloseTo(before.lon, 6);
    expect(zoomed(view, 1e9, at, size).scale).toBeLessThan(1e7);
  });
  it("puts together what is near, apart what is seen from nearer, and nothing twice", () => {
    const things = Array.from({ length: 50 }, (_, n) => ({ n, lat: 6.25 + n * 0.0004, lon: -75.57 }));
    const far = clustersOf(things, (one) => one, { ...medellin, scale: 5_000 }, size), near = clustersOf(things, (one) => one, { ...medellin, scale: 90_000 }, size);
    expect(far.length).toBeLessThan(10);
    expect(far.flatMap(({ members }) => members.map(({ n }) => n)).toSorted((a, b) => a - b)).toEqual(things.map(({ n }) => n));
    expect(Math.max(...near.map(({ members }) => members.length))).toBeLessThan(Math.max(...far.map(({ members }) => members.length)));
  });
  it("lets a position fade with its age, and never vanish", () => {
    expect(freshness(0)).toBe(1);
    expect(freshness(120_000)).toBe(1);
    expect(freshness(960_000)).toBeCloseTo(0.625, 3);
    expect(freshness(86_400_000)).toBe(0.25);
  });
});

const at = (time: string) => `2026-11-30T${time}:00.000Z`, now = Date.parse(at("12:00"));
const order = (more: Partial<OrderRow>): OrderRow => ({ kind: "order", id: "ord_A", code: "ORD-1", status: "TRIAGED", priority: 3, title: "Sin internet",
  sla: { at_risk: false, breached: false, held: false }, created_at: at("08:00"), updated_at: at("08:00"), version: 1, ...more }) as OrderRow;
const technician = (more: Partial<TechnicianRow>): TechnicianRow => ({ kind: "technician", id: "tec_A", name: "Ana", availability: "available", active: true,
  created_at: at("08:00"), version: 1, ...more }) as TechnicianRow;
const kinds = (orders: OrderRow[], technicians: TechnicianRow[] = []) => alertsOf(orders, technicians, now).map(({ kind, order: of }) => `${kind} ${of?.id ?? ""}`.trim());

describe("the alerts", () => {
  it("have the worst first, each order's clock once", () => {
    expect(kinds([
      order({ id: "o1", sla: { at_risk: true, breached: false, held: false, resolve_due: at("12:30") } }),
      order({ id: "o2", sla: { at_risk: true, breached: true, held: false, arrive_due: at("11:00") } }),
      order({ id: "o3", flags: ["possible_duplicate", "plan_broken"] }), order({ id: "o4" }),
    ])).toEqual(["breached o2", "plan_broken o3", "at_risk o1", "possible_duplicate o3"]);
  });
  it("say when a phone hasn't taken an offer, and not at once", () => {
    const line = { order: "o1", visit: "v1", from: at("12:00"), to: at("13:00"), acked: false };
    expect(kinds([order({ id: "o1", status: "ASSIGNED", updated_at: at("11:58") })], [technician({ agenda: [line] })])).toEqual(["unacked o1"]);
    expect(kinds([order({ id: "o1", status: "ASSIGNED", updated_at: at("12:00") })], [technician({ agenda: [line] })])).toEqual([]);
    expect(kinds([order({ id: "o1", status: "ASSIGNED", updated_at: at("11:58") })], [technician({ agenda: [{ ...line, acked: true }] })])).toEqual([]);
  });
  it("say who is on the way and silent", () => {
    const position = { at: at("11:40"), lat: 6.2, lon: -75.5, accuracy: 8 };
    expect(kinds([], [technician({ availability: "traveling", position }), technician({ id: "tec_B", availability: "available", position })])).toEqual(["silent"]);
  });
});
