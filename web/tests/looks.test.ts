// Pictures of the screens in both themes and languages, and what axe says of them.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { password } from "../packages/client/test/node";
import { axeFaults, logIn, picture, pictures } from "./browser";
import { morning, rows } from "./desk";
import { world } from "./world";

const { browser, company, open } = await world();
await morning(company);

describe("pictures, and what axe says of them", () => {
  for (const theme of ["light", "dark"] as const)
    for (const language of ["es", "en"] as const)
      it(`${theme}, ${language}`, async () => {
        const page = await open("/dispatch", { theme, language });
        await page.getByLabel(/Usuario|User name/).waitFor();
        await picture(page, `login-${theme}-${language}`);
        expect(await axeFaults(page)).toEqual([]);
        await logIn(page, "supervisora", password);
        await page.getByText(/En vivo|^Live$/).waitFor();
        // The account says Spanish or nothing; what somebody chooses here is kept.
        const other = page.getByRole("button", { name: language === "en" ? "English" : "Español", exact: true });
        if (await other.count()) await other.click();
        await rows(page).first().waitFor();
        await picture(page, `desk-${theme}-${language}`);
        expect(await axeFaults(page)).toEqual([]);
        await page.keyboard.press("j");
        await page.getByRole("heading", { name: language === "en" ? "Deadlines" : "Plazos" }).waitFor();
        await page.getByText(language === "en" ? "Order created" : "Orden creada").waitFor();
        await picture(page, `order-${theme}-${language}`);
        expect(await axeFaults(page)).toEqual([]);
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
        await picture(page, `help-${theme}-${language}`);
        expect(await axeFaults(page)).toEqual([]);
      }, 60_000);

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
