// A dispatcher's day without a mouse.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { password, until } from "../packages/client/test/node";
import { axeFaults } from "./browser";
import { assignBy, choose, morning } from "./desk";
import { world } from "./world";

const { node, company, open, status, becomes } = await world();
await morning(company);

/** As hands do who look where the focus is. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let n = 0; n < 120; ++n) {
    const text = await page.evaluate(() => {
      const on = document.activeElement;
      return on ? on.getAttribute("aria-label") ?? ((on as HTMLInputElement).labels?.[0]?.textContent || on.textContent || "") : "";
    });
    if (name.test(text)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard doesn't come to ${name}`);
}
async function pressOn(page: Page, name: RegExp, key = "Enter"): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

it("a day of a dispatcher by keyboard alone, from the login to going home", async () => {
  const page = await open("/");
  await page.addInitScript(() => addEventListener("pointerdown", () => sessionStorage.setItem("mouse", "used"), true));
  await page.reload();
  await page.getByLabel("Usuario").waitFor();
  await pressOn(page, /^Usuario/, "s");
  await page.keyboard.type("upervisora");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByText("En vivo").waitFor();

  // A call: the client by number, what it is about, done.
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "Orden nueva" });
  await dialog.waitFor();
  await page.keyboard.type("300 555 01");
  await page.locator(".popover").getByRole("option", { name: /Laura Vélez/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: /Calle 10/ }).waitFor();
  await tabTo(page, /^Qué pasa/);
  await page.keyboard.type("Teclado: sin tono");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Teclado: sin tono" }).waitFor();
  const { data } = await company.get("/v1/orders?q=sin tono") as { data: { id: string }[] };
  const order = data[0]!.id;
  // It may repeat another one of that client: looked at, and said to be another.
  await page.keyboard.press("v");
  await until(async () => ["TRIAGED", "ASSIGNED"].includes(await status(order)), "the order to be looked at");
  await page.getByRole("button", { name: /^Asignar a/ }).first().waitFor();
  await assignBy(page, "a");
  await becomes(order, "ASSIGNED");

  // A quarter later and longer, looked at before it is done; and taken back.
  const slot = async () => (await company.get(`/v1/orders/${order}`) as { slot: { from: string; to: string } }).slot;
  const before = await slot(), plan = page.getByRole("region", { name: "Lo que cambiaría" });
  await until(async () => {
    await page.keyboard.press(".");
    return plan.isVisible();
  }, "what it would mean");
  await page.keyboard.press("+");
  await plan.getByText(/Se puede/).waitFor();
  await page.keyboard.press("Enter");
  await until(async () => Date.parse((await slot()).from) > Date.parse(before.from), "the visit to be later");
  await page.getByText(/pasa a/).waitFor();
  await page.keyboard.press("u");
  await until(async () => (await slot()).from === before.from && (await slot()).to === before.to, "the visit to be where it was");

  // To somebody whom a rule forbids, with a reason.
  await page.keyboard.press("r");
  await page.getByRole("region", { name: "Candidatos" }).getByText(/Por qué no los demás/).waitFor();
  await pressOn(page, /^Por qué no los demás/);
  await pressOn(page, /^Forzar… a Helena/);
  const why = page.getByRole("dialog", { name: /por encima de la regla/ });
  await why.waitFor();
  await page.keyboard.type("Va con ayudante");
  await pressOn(page, /^Asignar$/);
  await until(async () => (await company.get(`/v1/orders/${order}`) as { flags?: string[] }).flags?.includes("override_used"), "the override");

  // A word for the client, a pin, another priority, the list narrowed.
  await tabTo(page, /^Comentario$/);
  await page.keyboard.type("Llamar antes de ir.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("region", { name: "Historia" }).getByRole("paragraph").filter({ hasText: "Llamar antes de ir." }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await until(async () => (await company.get(`/v1/orders/${order}`) as { pinned: boolean }).pinned, "the pin");
  await pressOn(page, /^Prioridad \d|Prioridad$/);
  await page.locator(".popover").getByRole("option", { name: "Prioridad 1" }).waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await until(async () => (await company.get(`/v1/orders/${order}`) as { priority: number }).priority === 1, "the priority");
  await page.keyboard.press("f");
  await pressOn(page, /^Toda prioridad/);
  await page.locator(".popover").getByRole("option", { name: "Prioridad 1" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Filtros 1" }).waitFor();
  await page.keyboard.press("f");
  expect(await axeFaults(page)).toEqual([]);

  // What is done is approved; what is not wanted any more is cancelled with a reason.
  const technician = await company.get(`/v1/orders/${order}`) as { technician_name: string };
  const phone = await company.logIn(technician.technician_name.split(" ")[0]!.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase());
  for (const [verb, body] of [["accept", {}], ["start", {}], ["complete", { note: "Se cambió el cable" }]] as const) await company.post(`/v1/orders/${order}/${verb}`, body, phone);
  await page.getByRole("button", { name: "Aprobar y cerrar" }).waitFor();
  await pressOn(page, /^Aprobar y cerrar/);
  await becomes(order, "CLOSED");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("quitar los filtros");
  await page.locator(".popover").getByRole("option", { name: /Quitar los filtros/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const unwanted = await company.order("Ya no hace falta");
  await choose(page, "no hace falta");
  await page.getByRole("heading", { name: "Ya no hace falta" }).waitFor();
  await pressOn(page, /^Cancelar$/);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("La clienta llamó");
  await pressOn(page, /^Cancelar la orden/);
  await becomes(unwanted, "CANCELLED");

  // And home.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("salir");
  await page.locator(".popover").getByRole("option", { name: /Salir/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByLabel("Usuario").waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem("mouse"))).toBeNull();
  expect(page.url()).toBe(`${node.url}/dispatch`);
}, 120_000);
