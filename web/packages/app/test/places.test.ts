import { describe, expect, it } from "vitest";
import { homeOf, placesOf } from "../src/places";

describe("the address without a path", () => {
  it("brings each role to its screen, and an administrator to the desk", () => {
    expect(homeOf(["supervisor"])).toBe("/dispatch");
    expect(homeOf(["technician"])).toBe("/field");
    expect(homeOf(["client"])).toBe("/track");
    expect(homeOf(["operator"])).toBe("/admin");
    expect(homeOf(["administrator"])).toBe("/dispatch");
    expect(homeOf(["operator", "supervisor"])).toBe("/dispatch");
  });
  it("asks who works in several ways, and leaves nobody without a place", () => {
    expect(homeOf(["supervisor", "technician"])).toBeUndefined();
    expect(placesOf(["supervisor", "technician"])).toEqual(["/dispatch", "/field"]);
    expect(homeOf([])).toBe("/admin");
  });
});
