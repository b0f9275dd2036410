import { describe, expect, it } from "vitest";
import { canChange, distanceM, stepsOf, type Seen } from "../src/steps";

const order = (more: Partial<Seen>): Seen => ({ id: "ord_A", code: "ORD-7K3Q-9F2M-XW", status: "NEW", type_name: "Reparación", title: "Sin internet",
  created_at: "2026-11-30T08:00:00.000Z", updated_at: "2026-11-30T08:00:00.000Z", version: 1, ...more });
const reached = (more: Partial<Seen>) => stepsOf(order(more)).filter((step) => step.isReached).map(({ name }) => name).join();

describe("what a client sees of an order", () => {
  it("is how far it has come", () => {
    expect(reached({})).toBe("received");
    expect(reached({ status: "ACCEPTED" })).toBe("received,assigned");
    expect(reached({ status: "EN_ROUTE", departed_at: "2026-11-30T09:00:00.000Z" })).toBe("received,assigned,on_the_way");
    expect(reached({ status: "PAUSED" })).toBe("received,assigned,on_the_way,there,working");
    expect(reached({ status: "CLOSED" })).toBe("received,assigned,on_the_way,there,working,done");
  });
  it("ends where it ended badly", () => {
    expect(stepsOf(order({ status: "FAILED", departed_at: "2026-11-30T09:00:00.000Z" })).map(({ name }) => name)).toEqual(["received", "assigned", "on_the_way"]);
    expect(stepsOf(order({ status: "CANCELLED" })).map(({ name }) => name)).toEqual(["received"]);
  });
  it("can be changed until somebody is on the way", () => {
    expect(["NEW", "SCHEDULED", "ACCEPTED"].every((status) => canChange(status as Seen["status"]))).toBe(true);
    expect(["EN_ROUTE", "IN_PROGRESS", "CLOSED", "CANCELLED"].some((status) => canChange(status as Seen["status"]))).toBe(false);
  });
  it("measures a degree of latitude as 111 km", () => {
    expect(distanceM({ lat: 6, lon: -75 }, { lat: 7, lon: -75 })).toBeCloseTo(111_195, -2);
  });
});
