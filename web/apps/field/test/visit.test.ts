// What a technician sees of a visit: no browser, no node.
import type { OrderStatus, Queued, Sent } from "@microflow/client";
import { describe, expect, it } from "vitest";
import { firstOf, isOver, shownOf, stepsOf } from "../src/visit";

const known = (status: OrderStatus, version = 5) => ({ id: "ord_A", status, version });
let seq = 0;
const queued = (verb: string, more: Partial<Queued> = {}): Queued => ({ key: `k${++seq}`, seq, account: "acc_A", method: `orders.${verb}`,
  params: { id: "ord_A" }, occurred_at: "2026-11-30T08:00:00.000Z", title: "Sin internet", ...more });
const sent = (verb: string, status: OrderStatus, version: number): Sent => ({ key: `s${++seq}`, method: `orders.${verb}`, id: "ord_A",
  title: "Sin internet", occurred_at: "2026-11-30T08:00:00.000Z", status, version });

describe("a visit", () => {
  it("has one next step from the offer to the end, and none afterwards", () => {
    const way: OrderStatus[] = ["ASSIGNED", "ACCEPTED", "EN_ROUTE", "ON_SITE", "IN_PROGRESS"];
    expect(way.map((status) => stepsOf(status).next)).toEqual(["accept", "depart", "arrive", "start", "complete"]);
    expect(stepsOf("PAUSED").next).toBe("resume");
    expect(["COMPLETED", "FAILED", "TRIAGED", "CANCELLED"].every((status) => isOver(status as OrderStatus))).toBe(true);
  });
  it("looks as what waits will make it, and says that it isn't sent", () => {
    expect(shownOf(known("ASSIGNED"), [queued("accept"), queued("depart")], [])).toEqual({ status: "EN_ROUTE", isUnsent: true, refused: 0 });
    expect(shownOf(known("ASSIGNED"), [queued("comment")], [])).toEqual({ status: "ASSIGNED", isUnsent: true, refused: 0 });
  });
  it("is not changed by what was refused, nor by what is about another", () => {
    const no = { status: 409, code: "offer_expired", detail: "", errors: [] };
    expect(shownOf(known("ASSIGNED"), [queued("accept", { refused: no })], [])).toEqual({ status: "ASSIGNED", isUnsent: false, refused: 1 });
    expect(shownOf(known("ASSIGNED"), [queued("accept", { params: { id: "ord_B" } })], [])).toEqual({ status: "ASSIGNED", isUnsent: false, refused: 0 });
  });
  it("stays as the server made it until what is read is as new", () => {
    const done = [sent("depart", "EN_ROUTE", 7), sent("accept", "ACCEPTED", 6)];
    expect(shownOf(known("ASSIGNED", 5), [], done).status).toBe("EN_ROUTE");
    expect(shownOf(known("CANCELLED", 8), [], done).status).toBe("CANCELLED");
  });
  it("that is going on comes before one that begins earlier", () => {
    const job = (id: string, status: OrderStatus, from: number) => ({ id, from, shown: { status, isUnsent: false, refused: 0 } });
    expect(firstOf([job("a", "ACCEPTED", 1), job("b", "IN_PROGRESS", 9), job("c", "ASSIGNED", 0)])?.id).toBe("b");
    expect(firstOf([job("a", "ACCEPTED", 4), job("b", "ACCEPTED", 2), job("c", "COMPLETED", 0)])?.id).toBe("b");
  });
});
