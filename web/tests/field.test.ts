// The technician's phone in a real browser, with a node that goes away and comes back.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { password, until } from "../packages/client/test/node";
import { axeFaults, logIn, picture, type PageOptions } from "./browser";
import { phone, world } from "./world";

const { node, company, open, live, status, becomes } = await world("--dispatch.at_site_after_ms", "1000");

const technicianOf = (name: string) => company.technicians.find((one) => one.name.startsWith(name))!.id;
async function given(title: string, to = "Ana"): Promise<string> {
  const id = await company.order(title, to === "Caro" ? 1 : 0);
  await company.post(`/v1/orders/${id}/assign`, { technician: technicianOf(to) });
  return id;
}
const field = (username: string, options: PageOptions = {}) => live("/field", username, { ...phone, ...options });
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();

describe("the phone", () => {
  it("takes a visit from the offer to the end, one big button after the other", async () => {
    const page = await field("ana", { at: { latitude: 6.301, longitude: -75.56 } });
    await page.getByText("No tiene visitas").waitFor();
    await picture(page, "field-empty");
    const id = await given("Sin internet desde ayer");
    await company.post(`/v1/orders/${id}/comment`, { text: "El portero tiene la llave.", visibility: "internal" });
    await page.getByText("Visita nueva").waitFor();
    await page.getByRole("timer").waitFor();
    await picture(page, "field-offer");
    expect(await axeFaults(page)).toEqual([]);
    await until(async () => ((await company.get(`/v1/technicians/${technicianOf("Ana")}/agenda`)) as { data: { acked: boolean }[] }).data[0]?.acked, "the phone's acknowledgement");
    await press(page, "Aceptar");
    await becomes(id, "ACCEPTED");
    await press(page, "Salir hacia el sitio");
    await becomes(id, "EN_ROUTE");
    await page.getByRole("button", { name: /Sin internet desde ayer/ }).click();
    await page.getByText("Portería 24 horas").waitFor();
    await page.getByRole("link", { name: /Llamar/ }).waitFor();
    expect(await page.getByRole("link", { name: /Llamar/ }).getAttribute("href")).toBe("tel:+573005550101");
    expect(await page.getByRole("link", { name: "Cómo llegar" }).getAttribute("href")).toContain("geo:6.301,-75.56");
    await page.getByText("El portero tiene la llave.").waitFor();
    await picture(page, "field-visit");
    expect(await axeFaults(page)).toEqual([]);
    await press(page, "Llegué");
    await becomes(id, "ON_SITE");
    await press(page, "Iniciar el trabajo");
    await becomes(id, "IN_PROGRESS");
    await press(page, "Pausar");
    await page.getByRole("dialog").getByLabel("Nota").fill("Busco un repuesto");
    await page.getByRole("dialog").getByRole("button", { name: "Pausar" }).click();
    await becomes(id, "PAUSED");
    await press(page, "Reanudar");
    await becomes(id, "IN_PROGRESS");
    await press(page, "Terminar");
    await page.getByRole("dialog").getByLabel("Qué se hizo").fill("Se cambió el router");
    await picture(page, "field-complete");
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Terminar" }).click();
    await becomes(id, "COMPLETED");
    await page.goto(`${node.url}/field#outbox`);
    await page.getByText("Todo está enviado").waitFor();
  }, 300_000);

  it("asks whether it was the arrival when the phone is at the site, and says when it was", async () => {
    const id = await given("El teléfono ya está"), ana = await company.logIn("ana");
    for (const verb of ["accept", "depart"]) await company.post(`/v1/orders/${id}/${verb}`, {}, ana);
    const page = await field("ana", { theme: "dark" });
    for (let n = 0; n < 5; ++n) {
      await company.post(`/v1/technicians/${technicianOf("Ana")}/positions`, { positions: [[Date.now(), Date.now(), 6.301, -75.56, 8, null, null]] }, ana);
      await new Promise((done) => setTimeout(done, 800));
    }
    const { arrival_proposed_at } = await until(async () => {
      const order = await company.get(`/v1/orders/${id}`) as { arrival_proposed_at?: string };
      return order.arrival_proposed_at ? order : undefined;
    }, "the proposal");
    await page.getByText(/Su teléfono está en el sitio desde las/).waitFor();
    await picture(page, "field-at-site-dark");
    expect(await axeFaults(page)).toEqual([]);
    await page.waitForTimeout(2_000); // so that "then" and "now" differ
    await page.getByRole("button", { name: /Sí, llegué a las/ }).click();
    await becomes(id, "ON_SITE");
    const { visits } = await company.get(`/v1/orders/${id}`) as { visits: { arrived_at: string }[] };
    expect(Math.abs(Date.parse(visits.at(-1)!.arrived_at) - Date.parse(arrival_proposed_at!))).toBeLessThan(1_500);
    await company.post(`/v1/orders/${id}/fail`, { reason: "client_absent" }, ana);
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
  }, 60_000);

  it("never calls saved what it has no room for, says so, and takes it once there is room", async () => {
    const id = await given("Sin espacio", "Ben");
    const page = await field("ben");
    await page.getByRole("region", { name: "Oferta: Sin espacio" }).waitFor();
    // As a browser does without room: what was written is taken back when the transaction ends.
    await page.addInitScript(() => {
      const put = IDBObjectStore.prototype.put, estimate = navigator.storage.estimate.bind(navigator.storage);
      const isFull = () => sessionStorage.getItem("full") !== null;
      IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...of: Parameters<typeof put>) {
        const request = put.apply(this, of);
        if (isFull()) queueMicrotask(() => this.transaction.abort());
        return request;
      };
      navigator.storage.estimate = async () => (isFull() ? { usage: 1_000_000, quota: 1_000_000 } : estimate());
    });
    await page.evaluate(() => sessionStorage.setItem("full", "yes"));
    await page.reload();
    await page.getByText("En vivo").waitFor();
    await page.getByText("Queda poco espacio en el teléfono").waitFor();
    await press(page, "Aceptar");
    await page.getByText("No se guardó: el teléfono no tiene espacio").waitFor();
    await picture(page, "field-full");
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.getByText("sin enviar").count()).toBe(0);
    expect(await page.getByRole("button", { name: /pendiente/ }).count()).toBe(0);
    expect(await status(id)).toBe("ASSIGNED");
    await page.evaluate(() => sessionStorage.removeItem("full"));
    await press(page, "Aceptar");
    await becomes(id, "ACCEPTED");
    await company.post(`/v1/orders/${id}/unassign`, { reason: "unassigned" });
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
  }, 60_000);

  it("works two visits long without a signal, over a restart, and sends it all in order when it is back", async () => {
    const first = await given("Primera sin señal", "Ben"), second = await given("Segunda sin señal", "Ben");
    const page = await field("ben");
    await page.getByText("Segunda sin señal").first().waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.reload();
    await page.getByText("En vivo").waitFor();
    await page.getByRole("region", { name: "Oferta: Primera sin señal" }).waitFor();
    await node.kill();
    await page.getByText(/^Sin señal$|Conectando/).waitFor();
    const of = (title: string) => page.getByRole("region", { name: `Oferta: ${title}` });
    await of("Primera sin señal").getByRole("button", { name: "Aceptar" }).click();
    await press(page, "Salir hacia el sitio");
    await press(page, "Llegué");
    await press(page, "Iniciar el trabajo");
    await page.getByRole("button", { name: "4 pendientes" }).waitFor();
    await picture(page, "field-offline");
    // The phone is switched off and on, and there is still nobody.
    await page.goto("about:blank");
    await page.goto(`${node.url}/field`, { waitUntil: "commit" });
    const day = await page.waitForFunction(() => document.querySelector(".card .act .button") && performance.now());
    const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
    console.log(`without a network, after a restart: first paint ${Math.round(painted)} ms, the day with its button ${Math.round(Number(await day.jsonValue()))} ms`);
    await page.getByRole("button", { name: "4 pendientes" }).waitFor();
    await page.getByText("Portería 24 horas").count();
    await press(page, "Terminar");
    await page.getByRole("dialog").getByLabel("Qué se hizo").fill("Quedó funcionando");
    await page.getByRole("dialog").getByRole("button", { name: "Terminar" }).click();
    await of("Segunda sin señal").getByRole("button", { name: "Aceptar" }).click();
    await press(page, "6 pendientes");
    await page.getByText("Sin señal.").first().waitFor();
    await picture(page, "field-outbox");
    expect(await axeFaults(page)).toEqual([]);
    await node.again();
    await page.getByText("Todo está enviado").waitFor({ timeout: 60_000 });
    expect(await status(first)).toBe("COMPLETED");
    expect(await status(second)).toBe("ACCEPTED");
    const { completion } = await company.get(`/v1/orders/${first}`) as { completion: { note: string } };
    expect(completion.note).toBe("Quedó funcionando");
  }, 300_000);

  it("shows what the server refused, why, and lets it be mended or dropped; what is withdrawn disappears", async () => {
    const id = await given("Cambia de manos", "Caro");
    const page = await field("caro");
    await page.getByRole("region", { name: "Oferta: Cambia de manos" }).waitFor();
    let isHeld = true;
    await page.route("**/v1/sync", (route) => (isHeld ? route.abort() : route.continue()));
    await press(page, "Aceptar");
    await page.getByRole("button", { name: "1 pendiente", exact: true }).waitFor();
    await company.post(`/v1/orders/${id}/unassign`, { reason: "unassigned" });
    isHeld = false;
    await page.getByRole("button", { name: "1 rechazada" }).click();
    await page.getByRole("button", { name: "Descartar" }).waitFor();
    await picture(page, "field-refused");
    expect(await axeFaults(page)).toEqual([]);
    await press(page, "Descartar");
    await page.getByText("Todo está enviado").waitFor();
    await press(page, "Volver");
    await page.getByText("No tiene visitas").waitFor();
  }, 300_000);

  it("says that its clock is wrong, shares its place only when told to, and tells how much it keeps", async () => {
    const page = await open("about:blank", { ...phone, theme: "dark", at: { latitude: 6.25, longitude: -75.57 } });
    await page.addInitScript(() => {
      const real = Date, ahead = 600_000;
      // @ts-expect-error a clock that is ten minutes ahead
      globalThis.Date = class extends real { constructor(...of: []) { if (of.length) super(...of); else super(real.now() + ahead); } static now = () => real.now() + ahead; };
    });
    await page.goto(`${node.url}/field`);
    await logIn(page, "ana", password);
    await page.getByText("El reloj del teléfono está adelantado 10 min").waitFor();
    await press(page, "Este teléfono");
    const place = page.getByRole("switch");
    expect(await place.isChecked()).toBe(false);
    await place.check();
    await page.getByText(/La última, hace/).waitFor();
    await until(async () => (await fetch(`${node.url}/v1/technicians/${technicianOf("Ana")}/positions`, { headers: { Authorization: `Bearer ${company.admin}` } })).ok, "the position");
    await page.getByText(/Usa .* MB de/).waitFor();
    await picture(page, "field-phone-dark");
    expect(await axeFaults(page)).toEqual([]);
    await place.uncheck();
    await page.getByText("No se comparte").waitFor();
  }, 300_000);
});
