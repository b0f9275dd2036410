// Pictures of the screens in both themes and languages, and what axe says of them.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { password, until } from "../packages/client/test/node";
import { axeFaults, logIn, picture, pictures, type PageOptions } from "./browser";
import { morning, rows } from "./desk";
import { phone, world } from "./world";

const { node, browser, company, open } = await world();
await morning(company);
await company.account("laura", ["client"], { client: company.client });
await company.account("operadora", ["operator"], {});
const invited = await company.make("/v1/accounts", { username: "invitada", roles: ["supervisor"], zones: company.zones });
const { token: invitation } = await company.post(`/v1/accounts/${invited}/invite`) as { token: string };
// Something of everything: a visit that was offered, one that is going on, one that ended, a word from the desk.
const ana = company.technicians[0]!.id, asAna = await company.logIn("ana");
const going = await company.order("Antena sin señal"), offered = await company.order("Cambio de cableado", 1), done = await company.order("Revisión de fibra");
await company.post(`/v1/orders/${done}/assign`, { technician: ana });
for (const [verb, body] of [["start", {}], ["complete", { note: "Se cambió el conector" }]] as const) await company.post(`/v1/orders/${done}/${verb}`, body, asAna);
await company.post(`/v1/orders/${going}/assign`, { technician: ana });
for (const verb of ["accept", "depart"]) await company.post(`/v1/orders/${going}/${verb}`, {}, asAna);
await company.post(`/v1/orders/${going}/comment`, { text: "El portero tiene la llave.", visibility: "client" });
await company.post(`/v1/orders/${offered}/assign`, { technician: company.technicians[2]!.id });
const { tracking } = await company.get(`/v1/orders/${going}`) as { tracking: { token: string } };

describe("every page in both themes and languages: a picture, and nothing serious that axe finds", () => {
  for (const theme of ["light", "dark"] as const)
    for (const language of ["es", "en"] as const) {
      const begin = async (path: string, username: string, size: PageOptions = {}) => {
        const page = await open("about:blank", { theme, language, ...size });
        // What somebody has chosen here, whatever the account says.
        await page.addInitScript((chosen) => localStorage.setItem("language", chosen), language);
        await page.goto(node.url + path);
        if (username) await logIn(page, username, password);
        return page;
      };
      const found: string[] = [];
      const see = async (page: Page, name: string) => {
        await page.waitForTimeout(150);
        await picture(page, `${name}-${theme}-${language}`);
        found.push(...(await axeFaults(page)).map((fault) => `${name}: ${fault}`));
      };
      const nothing = () => expect(found.splice(0)).toEqual([]);
      const back = async (page: Page) => {
        await page.keyboard.press("Escape");
        await page.locator(".scrim").waitFor({ state: "detached" });
      };
      const say = (es: string, en: string) => (language === "es" ? es : en);

      it(`${theme}, ${language}: the way in`, async () => {
        const page = await begin("/", "");
        await page.getByLabel(say("Usuario", "User name")).waitFor();
        await see(page, "login");
        await logIn(page, "supervisora", "no es esta");
        await page.getByRole("status").first().waitFor();
        await see(page, "login-refused");
        await see(await begin(`/invite#${invitation}`, ""), "invite");
        const lost = await begin("/dispatch", "ana");
        await lost.getByRole("button", { name: say("Salir", "Sign out") }).waitFor();
        await see(lost, "nothing-here");
        nothing();
      }, 60_000);

      it(`${theme}, ${language}: the desk`, async () => {
        const page = await begin("/dispatch", "supervisora");
        await rows(page).first().waitFor();
        await see(page, "desk");
        await page.keyboard.press("j");
        await page.getByRole("heading", { name: say("Plazos", "Deadlines") }).waitFor();
        await page.getByText(say("Orden creada", "Order created")).waitFor();
        await see(page, "order");
        for (const [key, name] of [["?", "help"], ["n", "new-order"], [":", "palette"]] as const) {
          await page.keyboard.press(key);
          await page.getByRole("dialog").waitFor();
          await see(page, name);
          await page.keyboard.press("Escape");
          if (await page.getByRole("dialog").count()) await back(page); // the first one closed the list of a field
        }
        await page.keyboard.press("f");
        await page.getByRole("group", { name: say("Filtros", "Filters"), exact: true }).waitFor();
        await see(page, "filters");
        await page.keyboard.press("f");
        for (const [key, name, shown] of [["e", "alerts", page.getByRole("complementary", { name: say("Alertas", "Alerts") })], ["m", "map", page.getByRole("application")]] as const) {
          await page.keyboard.press(key);
          await shown.waitFor();
          await see(page, name);
          await page.keyboard.press(key);
        }
        nothing();
      }, 90_000);

      it(`${theme}, ${language}: the phone`, async () => {
        const page = await begin("/field", "ana", phone);
        await page.getByText("Antena sin señal").first().waitFor();
        await see(page, "field");
        for (const at of [`visit/${going}`, "outbox", "phone"]) {
          await page.goto(`${node.url}/field#${at}`);
          await page.getByRole("main").waitFor();
          await see(page, `field-${at.split("/")[0]}`);
        }
        const other = await begin("/field", "caro", phone);
        await other.getByRole("timer").waitFor();
        await see(other, "field-offer");
        await other.getByRole("button", { name: say("No puedo ir", "I can't go") }).click();
        await other.getByRole("dialog").waitFor();
        await see(other, "field-form");
        nothing();
      }, 90_000);

      it(`${theme}, ${language}: the client`, async () => {
        const page = await begin("/track", "laura", phone);
        await page.getByText("Antena sin señal").first().waitFor();
        await see(page, "track");
        await page.goto(`${node.url}/track#${going}`);
        await page.getByText("El portero tiene la llave.").waitFor();
        await see(page, "track-order");
        await page.goto(`${node.url}/track#${done}`);
        await page.getByRole("radio").first().waitFor();
        await see(page, "track-rate");
        await page.goto(`${node.url}/track#new`);
        await page.getByRole("dialog").waitFor();
        await see(page, "track-new");
        const link = await begin(`/t#${tracking.token}`, "", phone);
        await link.getByText(/Ana/).first().waitFor();
        await see(link, "link");
        nothing();
      }, 90_000);

      it(`${theme}, ${language}: the administration`, async () => {
        const page = await begin("/admin", "admin");
        const rooms = page.getByRole("navigation").getByRole("link");
        await rooms.first().waitFor();
        for (const hash of await rooms.evaluateAll((all) => all.map((one) => one.getAttribute("href")!).filter((href) => href.startsWith("#")))) {
          await page.goto(`${node.url}/admin${hash}`);
          await page.getByRole("main").waitFor();
          await until(async () => (await page.getByRole("progressbar").count()) === 0, `${hash} to be read`);
          await see(page, `admin-${hash.slice(1)}`);
          const first = page.getByRole("main").getByRole("button").first();
          if (["#accounts", "#technicians", "#zones", "#types", "#reasons"].includes(hash)) {
            await first.click();
            await page.getByRole("dialog").waitFor();
            await see(page, `admin-${hash.slice(1)}-new`);
            await back(page);
          }
        }
        nothing();
      }, 90_000);
    }

  it("every component", async () => {
    const web = join(import.meta.dirname, "..");
    const out = join(web, "../build/web-gallery");
    execFileSync(join(web, "tools.sh"), ["vite", "build", "packages/ui/gallery", "--base", "./", "--logLevel", "warn"],
      { cwd: web, env: { ...process.env, MF_WEB_OUT: out } });
    const page = await (await browser.newContext({ viewport: { width: 1120, height: 1400 } })).newPage();
    for (const theme of ["light", "dark"]) {
      await page.route("http://gallery/**", (route) => {
        const path = new URL(route.request().url()).pathname;
        return route.fulfill({ path: join(out, path === "/" ? "index.html" : path) });
      });
      await page.goto(`http://gallery/?theme=${theme}`);
      await page.getByText("Iconos").waitFor();
      await page.screenshot({ path: join(pictures, `components-${theme}.png`), fullPage: true });
      expect(await axeFaults(page)).toEqual([]);
    }
  }, 60_000);
});
