// Administration and operation in a real browser: accounts, invitations, second factor, catalogue, nodes.
import { describe, expect, it } from "vitest";
import { password, totp, until } from "../packages/client/test/node";
import { axeFaults, logIn, picture } from "./browser";
import { world } from "./world";

const { node, company, open, enter, patch } = await world();
await company.account("operadora", ["operator"], {});

const fromBase32 = (text: string) => {
  let bits = "";
  for (const letter of text) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
};

describe("accounts", () => {
  it("are made with an invitation, which its owner redeems once; switched off, nobody logs in", async () => {
    const admin = await enter("/admin", "admin");
    await admin.getByRole("link", { name: "Cuentas" }).click();
    await admin.getByRole("button", { name: "supervisora" }).waitFor();
    await picture(admin, "admin-accounts");
    expect(await axeFaults(admin)).toEqual([]);
    await admin.getByRole("button", { name: "Cuenta nueva" }).click();
    const dialog = admin.getByRole("dialog");
    await dialog.getByLabel("Usuario").fill("nueva.sur");
    await dialog.getByRole("button", { name: "Supervisor" }).click();
    await dialog.getByRole("button", { name: "El Poblado" }).click();
    await picture(admin, "admin-new-account");
    expect(await axeFaults(admin)).toEqual([]);
    await dialog.getByRole("button", { name: "Crear e invitar" }).click();
    const link = await admin.getByRole("dialog", { name: /Invitación para/ }).locator("code").innerText();
    expect(link).toContain("/invite#");
    const guest = await open(link.slice(node.url.length));
    await guest.getByLabel("Contraseña").fill("una clave larga 7");
    await guest.getByLabel("Otra vez").fill("una clave larga 8");
    await guest.getByText("No son iguales").waitFor();
    await guest.getByLabel("Otra vez").fill("una clave larga 7");
    await picture(guest, "invite");
    expect(await axeFaults(guest)).toEqual([]);
    await guest.getByRole("button", { name: "Guardar la contraseña" }).click();
    await guest.getByText("Su contraseña está lista").waitFor();
    expect(guest.url()).not.toContain("#");
    const again = await open(link.slice(node.url.length));
    await again.getByLabel("Contraseña").fill("otra clave larga 9");
    await again.getByLabel("Otra vez").fill("otra clave larga 9");
    await again.getByRole("button", { name: "Guardar la contraseña" }).click();
    await again.getByText("Esta invitación ya no vale").waitFor();
    const desk = await open("/dispatch");
    await logIn(desk, "nueva.sur", "una clave larga 7");
    await desk.getByText("En vivo").waitFor();
    await admin.getByRole("button", { name: "Listo" }).click();
    await admin.getByRole("button", { name: "nueva.sur" }).click();
    await admin.getByRole("button", { name: "Desactivar" }).click();
    await desk.getByText("Su sesión terminó").waitFor();
    await picture(admin, "admin-account");
  }, 300_000);

  it("get a second factor by their owner, with a code that its app reads, and are asked for it", async () => {
    await company.account("precavida", ["supervisor"], { zones: company.zones });
    const own = await enter("/admin#account", "precavida");
    await own.getByRole("button", { name: "Activar" }).click();
    await own.getByRole("img", { name: "Código QR con la clave" }).waitFor();
    const secret = fromBase32((await own.locator("code").innerText()).replace(/\s/g, ""));
    await own.getByLabel("2. El código que muestra").fill("000000");
    await own.getByLabel("3. Su contraseña").fill(password);
    await own.getByRole("button", { name: "Activar" }).click();
    await own.getByRole("alert").waitFor();
    await picture(own, "admin-second-factor");
    expect(await axeFaults(own)).toEqual([]);
    await own.getByLabel("2. El código que muestra").fill(totp(secret));
    await own.getByRole("button", { name: "Activar" }).click();
    await own.getByText("Segundo factor activado").waitFor();
    const other = await enter("/admin", "precavida");
    await other.getByLabel("Código del autenticador").fill(totp(secret, 1));
    await other.getByRole("button", { name: "Entrar" }).click();
    await other.getByRole("heading", { name: "Mi cuenta" }).waitFor();
    expect(await other.getByRole("link", { name: "Cuentas" }).count(), "what is not hers isn't there").toBe(0);
  }, 300_000);
});

describe("the catalogue", () => {
  it("is changed, and what somebody else changed meanwhile is not overwritten", async () => {
    const admin = await enter("/admin#zones", "admin");
    await admin.getByRole("button", { name: "El Poblado" }).click();
    await admin.getByRole("dialog").getByLabel("Nombre").fill("El Poblado sur");
    await patch(`/v1/zones/${company.zones[1]}`, { dispatch: "suggest" });
    await admin.getByRole("button", { name: "Guardar" }).click();
    await admin.getByText("Alguien lo cambió mientras tanto").waitFor();
    await admin.getByRole("button", { name: "Volver" }).click();
    await admin.getByRole("button", { name: "El Poblado" }).click();
    await admin.getByRole("dialog").getByLabel("Nombre").fill("El Poblado sur");
    await admin.getByRole("button", { name: "Guardar" }).click();
    await admin.getByRole("button", { name: "El Poblado sur" }).waitFor();
    await picture(admin, "admin-zones");
    expect(await axeFaults(admin)).toEqual([]);
    await admin.getByRole("link", { name: "Tipos de orden" }).click();
    await admin.getByRole("button", { name: "Tipo nuevo" }).click();
    await admin.getByRole("dialog").getByLabel("Nombre").fill("Instalación");
    await admin.getByRole("dialog").getByLabel("Habilidades").fill("fibra 2, router");
    await admin.getByRole("button", { name: "Guardar" }).click();
    await admin.getByText("fibra 2, router 1").waitFor();
    const { data } = await company.get("/v1/order-types") as { data: { name: string; skills: unknown[] }[] };
    expect(data.find(({ name }) => name === "Instalación")?.skills).toEqual([{ skill: "fibra", level: 2 }, { skill: "router", level: 1 }]);
    await admin.getByRole("link", { name: "Plazos" }).click();
    await admin.getByRole("button", { name: "Prioridad 2" }).first().click();
    await admin.getByRole("dialog").getByLabel("Asignar").fill("15");
    await admin.getByRole("dialog").getByLabel("Llegar").fill("60");
    await admin.getByRole("dialog").getByLabel("Resolver").fill("240");
    await admin.getByRole("button", { name: "Guardar" }).click();
    await admin.getByText("15 min").waitFor();
    await admin.getByRole("link", { name: "Motivos" }).click();
    await admin.getByRole("button", { name: "Motivo nuevo" }).click();
    await admin.getByRole("dialog").getByLabel("Código").fill("lluvia");
    await admin.getByRole("dialog").getByLabel("Español").fill("Lluvia fuerte");
    await admin.getByRole("dialog").getByLabel("Inglés").fill("Heavy rain");
    await admin.getByRole("button", { name: "Guardar" }).click();
    await admin.getByText("Lluvia fuerte").waitFor();
  }, 300_000);

  it("has the technicians, with skills, zones and shifts; and all that happened to an order", async () => {
    const id = await company.order("Se audita");
    const { code } = await company.get(`/v1/orders/${id}`) as { code: string };
    const admin = await enter("/admin#technicians", "admin");
    await admin.getByRole("button", { name: "Ana Gómez Restrepo" }).click();
    await admin.getByRole("dialog").getByRole("button", { name: "Turno", exact: true }).click();
    await picture(admin, "admin-technician");
    expect(await axeFaults(admin)).toEqual([]);
    await admin.getByRole("button", { name: "Guardar" }).click();
    await until(async () => ((await company.get(`/v1/technicians/${company.technicians[0]!.id}`)) as { shifts?: unknown[] }).shifts?.length === 1, "the shift");
    await admin.getByRole("link", { name: "Auditoría" }).click();
    await admin.getByRole("searchbox").fill(code);
    await admin.getByRole("button", { name: code }).click();
    await admin.getByText("Orden creada").waitFor();
    await picture(admin, "admin-audit");
    expect(await axeFaults(admin)).toEqual([]);
  }, 300_000);
});

describe("operation", () => {
  it("shows nodes and shards live, and no client's data", async () => {
    const nodes = await enter("/admin", "operadora", { theme: "dark", language: "en" });
    await nodes.getByRole("heading", { name: /Nodos|Nodes/ }).waitFor();
    await nodes.getByText(/Listo|Ready/).first().waitFor();
    await until(async () => (await nodes.getByRole("list", { name: /Particiones|Shards/ }).getByRole("listitem").count()) > 0, "the shards");
    await picture(nodes, "admin-nodes-dark");
    expect(await axeFaults(nodes)).toEqual([]);
    expect(await nodes.getByRole("link", { name: /Cuentas|Accounts/ }).count()).toBe(0);
    await nodes.getByRole("link", { name: /Cartas|letters/ }).click();
    await nodes.getByText(/No hay ninguna|There are none/).waitFor();
  }, 300_000);
});
