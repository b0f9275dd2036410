// The technician's phone in a real browser, with a node that goes away and comes back.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { password, until } from "../packages/client/test/node";
import { axeFaults, logIn, picture, type PageOptions } from "./browser";
import { phone, world } from "./world";

const { node, company, open, live, status, becomes } = await world();

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
    await page.goto(`${node.url}/field`);
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
