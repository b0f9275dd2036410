// Who comes in, where to, and what there is for whom: in a real browser.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { password, toBase32, totp } from "../packages/client/test/node";
import { logIn, picture } from "./browser";
import { rows } from "./desk";
import { world } from "./world";

const { company, open, enter, live, patch } = await world();
await company.account("laura", ["client"], { client: company.client });
await company.account("operadora", ["operator"], {});

describe("login", () => {
  it("refuses with the server's words, and lets in", async () => {
    const page = await open("/dispatch");
    await logIn(page, "supervisora", "no es esta");
    await page.getByRole("status").filter({ hasText: /contraseña/i }).waitFor();
    await picture(page, "login-refused");
    await page.getByLabel("Contraseña").fill(password);
    await page.getByLabel("Contraseña").press("Enter");
    await page.getByText("En vivo").waitFor();
    await page.getByRole("button", { name: "Salir" }).click();
    await page.getByLabel("Usuario").waitFor();
    await page.reload();
    await page.getByLabel("Usuario").waitFor();
  });

  it("asks for the second factor of an account that has one", async () => {
    const secret = randomBytes(20), mine = await company.account("cuidadosa", ["supervisor"], { zones: company.zones });
    const { account } = await company.get("/v1/sessions/current", mine) as { account: string };
    await company.post(`/v1/accounts/${account}/set_totp`,
      { secret: toBase32(secret), code: totp(secret, -1), current_password: password }, mine);
    const page = await open("/dispatch");
    await logIn(page, "cuidadosa", password);
    await page.getByLabel("Código del autenticador").fill(totp(secret));
    await picture(page, "login-code");
    await page.keyboard.press("Enter");
    await page.getByText("En vivo").waitFor();
    // The session ends elsewhere: the page knows without being touched.
    const { data } = await company.get(`/v1/accounts/${account}`).then((view) => ({ data: (view as { sessions: { id: string }[] }).sessions }));
    for (const { id } of data) await company.post(`/v1/accounts/${account}/close_session`, { session: id });
    await page.getByLabel("Usuario").waitFor();
  });

  it("ends with the session when rights change, says so, and shows what is left after the next login", async () => {
    const mine = await company.account("cambiante", ["supervisor"], { zones: company.zones });
    const { account } = await company.get("/v1/sessions/current", mine) as { account: string };
    const page = await live("/dispatch", "cambiante");
    await page.getByRole("region", { name: "Línea de tiempo" }).getByText("Ana Gómez").waitFor();
    await patch(`/v1/accounts/${account}`, { zones: [company.zones[1]] });
    await page.getByText("Su sesión terminó").waitFor();
    await picture(page, "login-ended");
    await logIn(page, "cambiante", password);
    await page.getByRole("button", { name: /El Poblado/ }).waitFor();
    await page.getByRole("region", { name: "Línea de tiempo" }).getByText("Caro Mesa").waitFor();
    await page.getByText("En vivo").waitFor();
    expect(await page.getByRole("region", { name: "Línea de tiempo" }).getByText("Ana Gómez").count()).toBe(0);
    const later = await company.order("Solo en El Poblado", 1);
    await rows(page).filter({ hasText: "Solo en El Poblado" }).waitFor();
    await company.post(`/v1/orders/${later}/cancel`, { reason: "duplicate" });
  });
});

describe("every role", () => {
  const roles: [username: string, home: string, pages: string[], rooms: string[]][] = [
    ["supervisora", "/dispatch", ["/dispatch"], ["Mi cuenta"]],
    ["ana", "/field", ["/field"], ["Mi cuenta"]],
    ["laura", "/track", ["/track"], ["Mi cuenta"]],
    ["operadora", "/admin", [], ["Nodos", "Cartas muertas", "Mi cuenta"]],
    ["admin", "/dispatch", ["/dispatch"], ["Cuentas", "Técnicos", "Zonas", "Tipos de orden", "Plazos", "Motivos", "Auditoría", "Nodos", "Cartas muertas", "Mi cuenta"]],
  ];
  const links: Record<string, string> = { "/dispatch": "Despacho ↗", "/field": "Visitas ↗", "/track": "Solicitudes ↗", "/admin": "Administración ↗" };
  for (const [username, home, pages, rooms] of roles)
    it(`${username} comes from / to the own screen, and on every other one there is nothing but the way to it`, async () => {
      const page = await enter("/", username);
      await page.waitForURL((url) => url.pathname === home);
      await page.goto(page.url().replace(home, "/"));
      await page.waitForURL((url) => url.pathname === home);
      const mine = [...pages, ...(rooms.length > 1 ? ["/admin"] : [])];
      for (const path of ["/dispatch", "/field", "/track"].filter((one) => !pages.includes(one))) {
        await page.goto(new URL(path, page.url()).href);
        await page.getByRole("heading", { name: "Aquí no hay nada para su cuenta" }).waitFor();
        expect(await page.getByRole("link").allInnerTexts(), path).toEqual(["/dispatch", "/field", "/track", "/admin"].filter((one) => mine.includes(one)).map((one) => links[one]));
        expect(await page.getByRole("button").allInnerTexts(), path).toEqual(["English", "", "Salir"]);
      }
      await page.goto(new URL("/admin", page.url()).href);
      const nav = page.getByRole("navigation", { name: "Secciones" });
      await nav.waitFor();
      expect(await nav.getByRole("link").allInnerTexts()).toEqual([...rooms, ...pages.map((one) => links[one])]);
      for (const other of ["accounts", "technicians", "zones", "types", "policies", "reasons", "audit", "nodes", "letters"]) {
        await page.goto(new URL(`/admin#${other}`, page.url()).href);
        const name = (await page.getByRole("main").getAttribute("aria-label"))!;
        expect(rooms, `${username} on ${other}`).toContain(name);
      }
    }, 60_000);

  it("is asked where to who has several, and everybody gets out of where there is nothing", async () => {
    await company.account("ana.jefe", ["supervisor", "technician"], { zones: company.zones, technician: company.technicians[0]!.id });
    const page = await enter("/", "ana.jefe");
    await page.getByRole("heading", { name: "¿Adónde va?" }).waitFor();
    await picture(page, "home-choice");
    await page.getByRole("link", { name: /Visitas/ }).click();
    await page.waitForURL((url) => url.pathname === "/field");
    const lost = await enter("/dispatch", "ana");
    await lost.getByText("Aquí no hay nada para su cuenta").waitFor();
    await lost.getByRole("button", { name: "Salir" }).click();
    await lost.getByLabel("Usuario").waitFor();
  });
});
