// What is done without a signal: kept, sent in order, once, and what the server says of each.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Outbox, createApi, memoryKeeper, type Api, type Keeper } from "../src";
import { Company, Node, until } from "./node";

let node: Node, company: Company, ana: string, account: string;
beforeAll(async () => {
  node = await Node.start();
  company = await Company.at(node);
  ana = await company.logIn("ana");
  account = ((await company.get("/v1/sessions/current", ana)) as { account: string }).account;
}, 120_000);
afterAll(() => node?.end());

const apiOf = (fetch?: (request: Request) => Promise<Response>): Api =>
  createApi({ baseUrl: node.url, token: () => ana, language: () => "es", ...(fetch ? { fetch } : {}) });
async function assigned(title: string): Promise<string> {
  const id = await company.order(title);
  await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
  return id;
}
const order = (id: string) => company.get(`/v1/orders/${id}`) as Promise<{ status: string; visits: { accepted_at: string; departed_at: string }[] }>;
const quick = { random: () => 0 };

describe("an outbox", () => {
  it("keeps what is done while nobody answers, over a restart, and sends it in order with its own times", async () => {
    const id = await assigned("Sin señal");
    const keeper: Keeper = memoryKeeper();
    let isAway = true;
    const fetching = (request: Request) => (isAway ? Promise.reject(new Error("away")) : fetch(request));
    const before = new Outbox(apiOf(fetching), keeper, account, { ...quick, later: () => 0 });
    await before.add("orders.accept", { id }, "Sin señal");
    await new Promise((next) => setTimeout(next, 700));
    await before.add("orders.depart", { id }, "Sin señal");
    await until(() => before.snapshot().trouble !== undefined && !before.snapshot().isSending);
    expect(before.snapshot().queued.map(({ method }) => method)).toEqual(["orders.accept", "orders.depart"]);
    before.stop();

    const after = new Outbox(apiOf(fetching), keeper, account, quick);
    await after.load();
    const [accepted, departed] = after.snapshot().queued.map(({ occurred_at }) => Date.parse(occurred_at)) as [number, number];
    isAway = false;
    await after.flush();
    await until(() => after.snapshot().queued.length === 0);
    expect(after.snapshot().sent.map(({ status }) => status)).toEqual(["EN_ROUTE", "ACCEPTED"]);
    const visit = (await order(id)).visits.at(-1)!;
    expect(Date.parse(visit.departed_at) - Date.parse(visit.accepted_at)).toBe(departed - accepted);
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
    expect(await keeper.all("outbox")).toEqual([]);
  });

  it("does a thing once although the answer to it got lost", async () => {
    const id = await assigned("Respuesta perdida");
    let isFirst = true, tries = 0;
    const losing = async (request: Request) => {
      tries += 1;
      const answer = await fetch(request);
      if (!isFirst) return answer;
      isFirst = false;
      throw new Error("lost");
    };
    const outbox = new Outbox(apiOf(losing), memoryKeeper(), account, quick);
    await outbox.add("orders.comment", { id, text: "una sola vez", visibility: "internal" }, "Respuesta perdida");
    await until(() => outbox.snapshot().queued.length === 0 && outbox.snapshot().sent.length === 1);
    expect(tries).toBe(2);
    expect((await company.get(`/v1/orders/${id}`) as { comments: number }).comments).toBe(1);
  });

  it("keeps what was refused with the server's words, lets it be mended, and stops nothing behind it", async () => {
    const id = await assigned("Lejos del sitio");
    const outbox = new Outbox(apiOf(), memoryKeeper(), account, quick);
    await outbox.add("orders.depart", { id }, "Lejos");
    await outbox.add("orders.arrive", { id, lat: 4.6, lon: -74.1 }, "Lejos");
    await outbox.add("orders.comment", { id, text: "ya casi", visibility: "internal" }, "Lejos");
    const refused = await until(() => outbox.snapshot().queued.find((one) => one.refused));
    expect(refused.refused).toMatchObject({ status: 409, code: "outside_geofence" });
    expect(refused.refused!.detail).not.toBe("");
    await until(() => outbox.snapshot().sent.some(({ method }) => method === "orders.comment"));
    await outbox.mend(refused.key, { ...refused.params, confirmed: true });
    await until(() => outbox.snapshot().queued.length === 0);
    expect((await order(id)).status).toBe("ON_SITE");
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
  });

  it("drops what its owner gives up, and leaves alone what is somebody else's", async () => {
    const keeper = memoryKeeper();
    await keeper.put("outbox", "theirs", { key: "theirs", seq: 1, account: "acc_other", method: "orders.accept", params: { id: "ord_x" }, occurred_at: new Date().toISOString(), title: "" });
    const outbox = new Outbox(apiOf(), keeper, account, quick);
    await outbox.add("orders.accept", { id: "ord_00000000000000000000000001" }, "No existe");
    const one = await until(() => outbox.snapshot().queued.find(({ refused }) => refused));
    expect(outbox.snapshot().ofOthers).toBe(1);
    await outbox.drop(one.key);
    expect(outbox.snapshot().queued).toEqual([]);
    expect(await keeper.all("outbox")).toHaveLength(1);
  });

  it("says that the device has no room, and has then given no order", async () => {
    const full = { ...memoryKeeper(), put: () => Promise.reject(new Error("full")) };
    const outbox = new Outbox(apiOf(), full, account, quick);
    await expect(outbox.add("orders.accept", { id: "ord_x" }, "")).rejects.toThrow();
    expect(outbox.snapshot().queued).toEqual([]);
  });
});
