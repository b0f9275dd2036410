// The client's pages in a real browser: the link without a login, and own orders with one.
import { describe, expect, it } from "vitest";
import { until } from "../packages/client/test/node";
import { axeFaults, picture } from "./browser";
import { phone, world } from "./world";

const { node, company, open, enter } = await world();
let ana = await company.logIn("ana");
await company.account("laura", ["client"], { client: company.client });


const read = (id: string) => company.get(`/v1/orders/${id}`) as Promise<{ status: string; tracking: { token: string }; rating?: number; windows?: unknown[]; window_confirmed_at?: string }>;
const give = (id: string, verb: string, body = {}) => company.post(`/v1/orders/${id}/${verb}`, body, ana);
const tell = (seq: number, lat: number, lon: number) => company.post(`/v1/technicians/${company.technicians[0]!.id}/positions`,
  { positions: [[seq, Date.now(), lat, lon, 8, null, null]] }, ana);

describe("the page of a link", () => {
  it("shows steps, window, first name and where somebody is, live and only on the way; and what came of it", async () => {
    const id = await company.order("Sin internet en casa");
    const { tracking } = await read(id);
    const link = await open(`/t#${tracking.token}`, phone);
    await link.getByRole("heading", { name: "Buscamos quién vaya" }).waitFor();
    await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
    await give(id, "accept");
    await link.getByText("Le atiende Ana.").waitFor();
    expect(await link.getByText("Gómez").count()).toBe(0);
    await picture(link, "link-assigned");
    await give(id, "depart");
    await link.getByText("Ana va hacia su dirección.").waitFor();
    await tell(1, 6.285, -75.57);
    await link.getByText(/A unos 2[.,]\d km/).first().waitFor();
    await picture(link, "link-on-the-way");
    expect(await axeFaults(link)).toEqual([]);
    await tell(2, 6.2975, -75.561);
    await link.getByText(/A unos [3-5]00 m/).first().waitFor();
    await give(id, "arrive");
    await link.getByRole("heading", { name: "Ya llegó" }).waitFor();
    expect(await link.getByText(/A unos/).count()).toBe(0);
    await give(id, "start");
    await give(id, "complete", { note: "listo" });
    await link.getByRole("heading", { name: "Terminada" }).waitFor();
    await picture(link, "link-done");
  }, 300_000);

  it("says why it was not done, in the language that is asked for", async () => {
    const id = await company.order("Nadie abrió");
    await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
    await give(id, "depart");
    await give(id, "fail", { reason: "client_absent" });
    const link = await open(`/t#${(await read(id)).tracking.token}`, { ...phone, language: "en", theme: "dark" });
    await link.getByRole("heading", { name: "Not completed" }).waitFor();
    await link.getByText("Reason: nobody was there").waitFor();
    await picture(link, "link-failed-dark-en");
    expect(await axeFaults(link)).toEqual([]);
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
  });

  it("says when somebody may be expected, and better where that is known", async () => {
    const id = await company.order("Con hora de llegada");
    await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
    const link = await open("/favicon.svg", phone), hour = 3_600_000, at = Date.now() + hour;
    await link.route("**/v1/track", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...await answer.json() as object, eta: new Date(at).toISOString(),
        arrival: { from: new Date(at - hour).toISOString(), to: new Date(at + hour).toISOString() } } });
    });
    await link.goto(`${node.url}/t#${(await read(id)).tracking.token}`);
    const clock = (ms: number) => new Intl.DateTimeFormat("es-CO", { timeZone: "America/Bogota", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
    await link.getByText(`${clock(at - hour)} – ${clock(at + hour)}`).waitFor();
    await link.getByText("Llega hacia las").getByText(clock(at)).waitFor();
    await picture(link, "link-expected");
    await company.post(`/v1/orders/${id}/cancel`, { reason: "duplicate" });
  }, 300_000);

  it("says that the service is away and comes back by itself; and what is wrong with a wrong link", async () => {
    const id = await company.order("Corte de red");
    const { tracking } = await read(id);
    const link = await open(`/t#${tracking.token}`, phone);
    await link.getByRole("heading", { name: "Buscamos quién vaya" }).waitFor();
    await node.kill();
    await link.getByText("esto es lo último que se supo").waitFor();
    await node.again();
    ana = await company.logIn("ana");
    await link.getByRole("heading", { name: "Buscamos quién vaya" }).waitFor();
    await until(async () => (await link.getByText("esto es lo último que se supo").count()) === 0, "the page to be live again", 40_000);
    const bare = await open("/t", phone);
    await bare.getByText("Este enlace está incompleto").waitFor();
    const wrong = await open(`/t#${tracking.token.slice(0, -4)}AAAA`, phone);
    await wrong.getByText("Este enlace ya no es válido").waitFor();
    // A service that is in trouble does not say that a link has ended.
    const trouble = await open("/favicon.svg", phone);
    let isAway = true;
    await trouble.route("**/v1/track", (route) => (isAway ? route.fulfill({ status: 503, body: "{}" }) : route.continue()));
    await trouble.goto(`${node.url}/t#${tracking.token}`);
    await trouble.getByText("El servicio no responde; se intenta de nuevo.").waitFor();
    isAway = false;
    await trouble.getByRole("heading", { name: "Buscamos quién vaya" }).waitFor();
  }, 300_000);
});

describe("own orders", () => {
  it("are asked for with wished windows, confirmed, moved, talked about, and cancelled", async () => {
    const own = await enter("/track", "laura", phone);
    await own.getByRole("heading", { name: "Mis solicitudes" }).waitFor();
    await own.getByRole("button", { name: "Pedir una visita" }).click();
    const dialog = own.getByRole("dialog");
    await dialog.getByLabel("Qué pasa").fill("La antena se movió");
    await dialog.getByRole("button", { name: /mañana 08:00/ }).click();
    await picture(own, "track-new");
    expect(await axeFaults(own)).toEqual([]);
    await dialog.getByRole("button", { name: "Pedir la visita" }).click();
    await own.getByText("La antena se movió").first().waitFor();
    await own.getByRole("heading", { name: "La recibimos" }).waitFor();
    const id = new URL(own.url()).hash.slice(1);
    expect((await read(id)).windows).toHaveLength(1);
    await company.post(`/v1/orders/${id}/triage`, { confirmed_distinct: true });
    await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
    await own.getByRole("button", { name: "Me sirve esa hora" }).click();
    await until(async () => (await read(id)).window_confirmed_at, "the confirmation");
    await own.getByLabel("Escriba un mensaje").fill("¿Traen escalera?");
    await own.getByRole("button", { name: "Enviar" }).click();
    await own.getByRole("region", { name: "Conversación" }).getByRole("listitem").filter({ hasText: "¿Traen escalera?" }).filter({ hasText: "Usted" }).waitFor();
    await company.post(`/v1/orders/${id}/comment`, { text: "Sí, la llevamos.", visibility: "client" });
    await own.getByText("Sí, la llevamos.").waitFor();
    await picture(own, "track-order");
    expect(await axeFaults(own)).toEqual([]);
    await own.getByRole("button", { name: "Cambiar la fecha" }).click();
    await own.getByRole("dialog").getByRole("button", { name: /mañana 13:00/ }).click();
    await own.getByRole("button", { name: "Pedir ese cambio" }).click();
    await until(async () => (await read(id)).status === "TRIAGED", "the visit to be planned anew");
    await own.getByRole("button", { name: "Cancelar", exact: true }).click();
    await own.getByRole("dialog").getByRole("button", { name: "Cancelar la solicitud" }).click();
    await own.getByRole("heading", { name: "Cancelada" }).waitFor();
    await own.getByRole("button", { name: "Mis solicitudes" }).click();
    await own.getByText("Anteriores").waitFor();
    await picture(own, "track-list");
    expect(await axeFaults(own)).toEqual([]);
  }, 300_000);

  it("are rated once, when they are done", async () => {
    const id = await company.order("Cambio de módem");
    await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[0]!.id });
    await give(id, "start");
    await give(id, "complete", { note: "listo" });
    const own = await enter(`/track#${id}`, "laura", { language: "en", theme: "dark" });
    await own.getByRole("radio", { name: /4/ }).click();
    await picture(own, "track-rate-dark");
    expect(await axeFaults(own)).toEqual([]);
    await own.getByRole("region", { name: /Calificar|Rate/ }).getByRole("button", { name: /Enviar|Send/ }).click();
    await until(async () => (await read(id)).rating === 4, "the rating");
    await own.getByRole("img", { name: /4/ }).waitFor();
  }, 300_000);
});
