// What the desk shows of what it knows: no browser, no node.
import type { OrderRow, Preview, TechnicianRow } from "@microflow/client";
import { describe, expect, it } from "vitest";
import { chosenIn, count, datesOf, everything, facetsOf, folded, nextDue, selectOrders, type Filter } from "../src/orders";
import { OwnVersions } from "../src/own";
import { holesOf } from "../src/duty";
import { filterOf, isShown, withView, withoutView, type View } from "../src/views";
import { against, chanceOf, shifts } from "../src/chances";
import { candidatesFirst, dropTime, isLate, linesOf, nudged, stretchedTo } from "../src/timeline";

const at = (time: string) => `2026-11-30T${time}:00.000Z`;
const order = (more: Partial<OrderRow>): OrderRow => ({ kind: "order", id: "ord_A", code: "ORD-7K3Q-9F2M-XW", status: "TRIAGED",
  priority: 3, type: "typ_A", type_name: "Reparación", title: "Sin internet", client: "cli_A", site: "sit_A", zone: "zon_A",
  sla: { at_risk: false, breached: false, held: false }, pinned: false, created_at: at("08:00"), updated_at: at("08:00"), version: 1,
  ...more }) as OrderRow;
const technician = (more: Partial<TechnicianRow>): TechnicianRow => ({ kind: "technician", id: "tec_A", name: "Ana", availability: "available",
  active: true, created_at: at("08:00"), version: 1, ...more }) as TechnicianRow;
const ids = (rows: readonly OrderRow[]) => rows.map(({ id }) => id);

describe("the list", () => {
  const rows = [
    order({ id: "ord_1", client_name: "Andrés Peña", address: "Calle 10 # 20-30", sla: { at_risk: false, breached: false, held: false, respond_due: at("12:00") } }),
    order({ id: "ord_2", status: "IN_PROGRESS", technician_name: "José Ángel", priority: 1, sla: { at_risk: true, breached: false, held: false, resolve_due: at("09:00") } }),
    order({ id: "ord_3", status: "SCHEDULED", sla: { at_risk: false, breached: true, held: false }, created_at: at("09:00") }),
    order({ id: "ord_4", status: "SCHEDULED", technician: "tec_A", priority: 2 }),
  ];
  it("finds without accents, every word anywhere, codes with and without signs", () => {
    const found = (text: string) => ids(selectOrders(rows, { ...everything, text }));
    expect(found("andres pena")).toEqual(["ord_1"]);
    expect(found("PEÑA calle")).toEqual(["ord_1"]);
    expect(found("jose")).toEqual(["ord_2"]);
    expect(found("7k3q9f2m")).toHaveLength(4);
    expect(found("andres jose")).toEqual([]);
  });
  it("counts a scheduled order without a technician as unassigned", () => {
    expect(count(rows)).toEqual({ total: 4, byGroup: { unassigned: 2, planned: 1, going: 1, closing: 0 }, atRisk: 1, breached: 1 });
    expect(ids(selectOrders(rows, { ...everything, groups: ["unassigned"] }))).toEqual(["ord_1", "ord_3"]);
    expect(ids(selectOrders(rows, { ...everything, sla: "risk" }))).toEqual(["ord_2", "ord_3"]);
    expect(ids(selectOrders(rows, { ...everything, sla: "breached" }))).toEqual(["ord_3"]);
  });
  it("is narrowed by skill, tag and day, all at once", () => {
    const now = Date.parse(at("15:00"));
    const some = [
      order({ id: "ord_1", skills: [{ skill: "fibra", level: 2 }], tags: ["vip"], slot: { from: at("16:00"), to: at("17:00") } }),
      order({ id: "ord_2", skills: [{ skill: "fibra", level: 1 }, { skill: "router", level: 1 }],
        windows: [{ from: "2026-12-01T13:00:00Z", to: "2026-12-01T17:00:00Z" }, { from: "2026-12-02T13:00:00Z", to: "2026-12-02T17:00:00Z" }] }),
      order({ id: "ord_3", tags: ["vip", "obra"], sla: { at_risk: false, breached: false, held: true } }),
    ];
    const found = (more: Partial<Filter>) => ids(selectOrders(some, { ...everything, ...more }, [], now));
    expect(found({ skill: "fibra" })).toEqual(["ord_1", "ord_2"]);
    expect(found({ skill: "fibra", tag: "vip" })).toEqual(["ord_1"]);
    expect(found({ tag: "obra" })).toEqual(["ord_3"]);
    expect(found({ sla: "held" })).toEqual(["ord_3"]);
    expect(found({ day: "today" })).toEqual(["ord_1"]);
    expect(found({ day: "tomorrow" })).toEqual(["ord_2"]);
    expect(found({ day: "2026-12-02" })).toEqual(["ord_2"]);
    expect(found({ day: "none" })).toEqual(["ord_3"]);
    expect(chosenIn({ ...everything, text: "x", skill: "fibra", day: "today" })).toBe(2);
    const { skills, tags, days } = facetsOf(some);
    expect([[...skills], [...tags], [...days]]).toEqual([[["fibra", 2], ["router", 1]], [["vip", 2], ["obra", 1]],
      [["2026-11-30", 1], ["2026-12-01", 1], ["2026-12-02", 1], ["none", 1]]]);
  });
  it("counts no day twice, nor the one that begins where a window ends", () =>
    expect(datesOf(order({ windows: [{ from: "2026-12-01T13:00:00Z", to: "2026-12-03T05:00:00Z" }] }))).toEqual(["2026-12-01", "2026-12-02"]));
  it("keeps what was named, one of each name, and knows which one is shown", () => {
    const fibre: View = { name: "Fibra", zone: "", filter: { ...everything, skill: "fibra" } };
    const views = withView(withView([], fibre), { name: "Hoy", zone: "zon_A", filter: { ...everything, day: "today" } });
    expect(withView(views, { ...fibre, zone: "zon_B" }).map(({ name, zone }) => [name, zone])).toEqual([["Hoy", "zon_A"], ["Fibra", "zon_B"]]);
    expect(withoutView(views, "Fibra").map(({ name }) => name)).toEqual(["Hoy"]);
    expect(isShown(fibre, { ...everything, skill: "fibra" }, "")).toBe(true);
    expect(isShown(fibre, { ...everything, skill: "fibra" }, "zon_A")).toBe(false);
    expect(filterOf({ name: "vieja", zone: "", filter: { text: "x" } as Filter })).toEqual({ ...everything, text: "x" });
  });
  it("puts first what comes due first, and what nothing is due of last", () => {
    expect(ids(selectOrders(rows, everything))).toEqual(["ord_2", "ord_1", "ord_3", "ord_4"]);
    expect(ids(selectOrders(rows, { ...everything, sort: "priority" }))).toEqual(["ord_2", "ord_4", "ord_1", "ord_3"]);
    expect(ids(selectOrders(rows, { ...everything, sort: "newest" }))[0]).toBe("ord_3");
  });
  it("gives the same whatever it gave before", () => {
    const many = Array.from({ length: 200 }, (_, n) => order({ id: `ord_${String(n).padStart(3, "0")}`, priority: 1 + ((n * 7) % 4),
      sla: { at_risk: false, breached: false, held: false, respond_due: at(`1${n % 10}:00`) } }));
    const before = selectOrders(many, everything);
    const changed = many.filter((_, n) => n % 5).map((row, n) => (n % 3 ? row : { ...row, priority: 1, title: "otra" }));
    changed.push(order({ id: "ord_new" }));
    for (const sort of ["due", "priority", "newest"] as const)
      expect(selectOrders(changed, { ...everything, sort }, before)).toEqual(selectOrders(changed, { ...everything, sort }));
  });
  it("takes the earliest of the clocks that run", () => {
    expect(nextDue(order({ sla: { at_risk: false, breached: false, held: false, respond_due: at("12:00"), resolve_due: at("11:00") } })))
      .toEqual({ clock: "resolve", at: Date.parse(at("11:00")) });
    expect(nextDue(order({}))).toBeUndefined();
  });
  it("folds what people type", () => expect(folded("Ñandú ÁÉÍ")).toBe("nandu aei"));
});

describe("the timeline", () => {
  const slot = (order_: string, from: string, to: string) => ({ order: order_, visit: `vis_${order_}`, from: at(from), to: at(to), acked: true });
  it("puts visits that overlap into lanes, and none into two", () => {
    const [line] = linesOf([technician({ agenda: [slot("ord_2", "10:30", "11:30"), slot("ord_1", "10:00", "11:00"), slot("ord_3", "11:00", "12:00")] })],
      () => undefined, Date.parse(at("09:00")));
    expect(line!.lanes).toBe(2);
    expect(line!.bars.map(({ orderId, lane }) => [orderId, lane])).toEqual([["ord_1", 0], ["ord_2", 1], ["ord_3", 0]]);
  });
  it("keeps a line the same object while nothing on it changes", () => {
    const ana = technician({ agenda: [slot("ord_1", "10:00", "11:00")] }), one = order({ id: "ord_1", status: "ACCEPTED", technician: "tec_A" });
    const now = Date.parse(at("09:00")), line = linesOf([ana], () => one, now)[0];
    expect(linesOf([ana], () => one, now + 1_000)[0]).toBe(line);
    expect(linesOf([ana], () => ({ ...one, status: "EN_ROUTE" }), now)[0]).not.toBe(line);
    expect(linesOf([{ ...ana }], () => one, now)[0]).not.toBe(line);
    expect(linesOf([ana], () => one, Date.parse(at("10:20")))[0]!.bars[0]!.isLate).toBe(true);
  });
  it("shows who is on duty first, nobody who is disabled, and candidates by rank before all", () => {
    const lines = linesOf([technician({ id: "tec_Z", name: "Zoe" }), technician({ id: "tec_B", name: "Ben", active: false }),
      technician({ id: "tec_A", name: "Ana" }), technician({ id: "tec_C", name: "Caro", disabled: true })], () => undefined, 0);
    expect(lines.map((line) => line.technician.name)).toEqual(["Ana", "Zoe", "Ben"]);
    expect(candidatesFirst(lines, new Map([["tec_B", 1], ["tec_Z", 2]])).map((line) => line.technician.name)).toEqual(["Ben", "Zoe", "Ana"]);
  });
  it("calls late what should have begun, or have ended, ten minutes ago", () => {
    const span = { from: Date.parse(at("10:00")), to: Date.parse(at("11:00")) };
    const late = (status: OrderRow["status"], now: string) => isLate(order({ status, technician: "tec_A" }), span, Date.parse(at(now)));
    expect(late("ACCEPTED", "10:10")).toBe(false);
    expect(late("ACCEPTED", "10:11")).toBe(true);
    expect(late("IN_PROGRESS", "10:30")).toBe(false);
    expect(late("IN_PROGRESS", "11:11")).toBe(true);
  });
  it("drops on quarters of an hour, and what is past on now", () => {
    const now = Date.parse(at("10:05"));
    expect(dropTime(Date.parse(at("11:08")), now)).toBe(Date.parse(at("11:15")));
    expect(dropTime(Date.parse(at("11:07")), now)).toBe(Date.parse(at("11:00")));
    expect(dropTime(Date.parse(at("10:06")), now)).toBeUndefined();
    expect(dropTime(Date.parse(at("08:00")), now)).toBeUndefined();
  });
});

describe("a visit in time", () => {
  const time = (clock: string) => Date.parse(at(clock)), now = time("09:05");
  const words = (from: string, to: string, by: Parameters<typeof nudged>[1]) => {
    const next = nudged({ from: time(from), to: time(to) }, by, now);
    return next && [next.from, next.to].map((one) => new Date(one).toISOString().slice(11, 16)).join("–");
  };
  it("goes to the next quarter, keeps its length, and not into the past", () => {
    expect(words("10:00", "11:00", "later")).toBe("10:15–11:15");
    expect(words("10:07", "10:50", "later")).toBe("10:15–10:58");
    expect(words("10:07", "10:50", "earlier")).toBe("10:00–10:43");
    expect(words("09:15", "10:15", "earlier")).toBeUndefined();
  });
  it("is a quarter at least, and ends after now", () => {
    expect(words("10:00", "11:00", "longer")).toBe("10:00–11:15");
    expect(words("10:00", "10:30", "shorter")).toBe("10:00–10:15");
    expect(words("10:00", "10:15", "shorter")).toBeUndefined();
    expect(words("08:00", "09:20", "shorter")).toBe("08:00–09:15");
    expect(words("08:00", "09:15", "shorter")).toBeUndefined();
    expect(stretchedTo(time("10:00"), time("10:52"), now)).toBe(time("10:45"));
    expect(stretchedTo(time("10:00"), time("09:30"), now)).toBe(time("10:15"));
  });
  it("stands where it is predicted, before its technician's row says so", () => {
    const ana = technician({ agenda: [{ order: "ord_1", visit: "vis_1", from: at("10:00"), to: at("11:00"), acked: true }] });
    const [line] = linesOf([ana], () => order({ id: "ord_1", status: "ACCEPTED", technician: "tec_A", slot: { from: at("12:00"), to: at("13:30") } }), now);
    expect(line!.bars.map(({ from, to }) => [from, to])).toEqual([[time("12:00"), time("13:30")]]);
    const [gone] = linesOf([ana], () => order({ id: "ord_1", status: "ASSIGNED", technician: "tec_B", slot: { from: at("12:00"), to: at("13:30") } }), now);
    expect(gone!.bars[0]!.from, "of another technician").toBe(time("10:00"));
  });
});

describe("what a command would do", () => {
  const preview = (more: Partial<Preview>): Preview => ({ order: "ord_1", verb: "assign", accepted: true, feasible: true, override_helps: false, rules: [],
    travel: { before_ms: 0, after_ms: 0 }, follows: [], sla: {}, ...more });
  it("is one of four chances", () => {
    expect(chanceOf(preview({}))).toBe("ok");
    expect(chanceOf(preview({ feasible: false }))).toBe("worse");
    expect(chanceOf(preview({ feasible: false, accepted: false, override_helps: true }))).toBe("forced");
    expect(chanceOf(preview({ feasible: false, accepted: false }))).toBe("no");
  });
  it("says what refuses, not what only makes the day worse", () =>
    expect(against(preview({ rules: [{ code: "wrong_zone", detail: "otra zona", refuses: true, overridable: true },
      { code: "delays_others", detail: "otras llegan tarde", refuses: false, overridable: false }] }))).toBe("otra zona"));
  it("shifts what follows: by how much, or it has no room", () =>
    expect([...shifts(preview({ follows: [
      { order: "ord_2", code: "B", technician: "tec_A", slot: { from: at("10:00"), to: at("11:00") }, begins_before: at("10:05"), begins_after: at("10:20") },
      { order: "ord_3", code: "C", technician: "tec_A", slot: { from: at("12:00"), to: at("13:00") }, begins_before: at("12:00") }] }))])
      .toEqual([["ord_2", 900_000], ["ord_3", undefined]]));
});

describe("versions that this desk made", () => {
  it("are what the next command is meant for, while boards still show the one before", () => {
    const own = new OwnVersions();
    expect(own.current("ord_1", 5)).toBe(5);
    own.note("ord_1", 5, 6);
    own.note("ord_1", 6, 8);
    expect([4, 5, 6, 7, 8, 9].map((shown) => own.current("ord_1", shown))).toEqual([4, 8, 8, 8, 8, 9]);
    expect(own.current("ord_2", 5)).toBe(5);
  });
  it("end where somebody else did something between them", () => {
    const own = new OwnVersions();
    own.note("ord_1", 5, 6);
    own.note("ord_1", 7, 8); // 7 is somebody else's
    expect([5, 6, 7].map((shown) => own.current("ord_1", shown))).toEqual([5, 6, 8]);
  });
});

describe("a technician's duty", () => {
  // 30 November 2026 is a Monday; Bogotá is five hours behind.
  const monday = { from: Date.parse("2026-11-30T05:00:00Z"), to: Date.parse("2026-12-01T05:00:00Z") };
  const holes = (more: Partial<TechnicianRow>, within = monday) => holesOf(technician(more), within).map(({ from, to, why }) =>
    [why, new Date(from).toISOString().slice(8, 16), new Date(to).toISOString().slice(8, 16)]);
  it("is all day where no shift is known", () => expect(holes({})).toEqual([]));
  it("leaves what is before, between and after the shifts", () =>
    expect(holes({ shifts: [{ days: ["mon"], from: "08:00", to: "12:00" }, { days: ["mon"], from: "14:00", to: "18:00" }] })).toEqual([
      ["off", "30T05:00", "30T13:00"], ["off", "30T17:00", "30T19:00"], ["off", "30T23:00", "01T05:00"]]));
  it("has none on a day that no shift names, and goes over midnight", () => {
    expect(holes({ shifts: [{ days: ["tue"], from: "08:00", to: "17:00" }] })).toEqual([["off", "30T05:00", "01T05:00"]]);
    expect(holes({ shifts: [{ days: ["sun"], from: "22:00", to: "06:00" }] })).toEqual([["off", "30T11:00", "01T05:00"]]);
  });
  it("has breaks and absences in it, cut to what is looked at", () =>
    expect(holes({ breaks: [{ days: ["mon"], from: "12:00", to: "13:00" }],
      absences: [{ from: "2026-11-29T00:00:00Z", to: "2026-11-30T13:00:00Z" }] })).toEqual([
      ["break", "30T17:00", "30T18:00"], ["absence", "30T05:00", "30T13:00"]]));
});
