// Chromium, and what every page is watched for.
import AxeSource from "axe-core";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export const pictures = process.env.MF_PICTURES ?? join(import.meta.dirname, "../../build/web-pictures");
mkdirSync(pictures, { recursive: true });

export function launch(): Promise<Browser> {
  const executablePath = process.env.MF_CHROMIUM ??
    execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], { encoding: "utf8" }).trim();
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
}

/** Whatever a page must never say. */
export interface Watched { page: Page; context: BrowserContext; faults: string[] }

export interface PageOptions { language?: "es" | "en"; theme?: "light" | "dark"; width?: number; height?: number; at?: { latitude: number; longitude: number } }
export async function open(browser: Browser, url: string, options: PageOptions = {}): Promise<Watched> {
  const { language = "es", theme = "light", width = 1366, height = 768 } = options;
  const context = await browser.newContext({ viewport: { width, height }, locale: language === "en" ? "en-GB" : "es-CO",
    colorScheme: theme, timezoneId: "America/Bogota", reducedMotion: "reduce", ...(options.at ? { geolocation: options.at, permissions: ["geolocation"] } : {}) });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Chromium reports answers that are no success and sockets that close, which pages expect.
    if (message.type() === "error" && !/Failed to load resource|WebSocket/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)));
  await page.goto(url);
  return { page, context, faults };
}

export async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel(/Usuario|User name/).fill(username);
  await page.getByLabel(/Contraseña|Password/).fill(password);
  await page.getByRole("button", { name: /^(Entrar|Sign in)$/ }).click();
}

/** Serious and critical findings of axe, as text. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(AxeSource.source);
  const found = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: typeof AxeSource }).axe;
    const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  });
  return found;
}

/** Those that README and guides show, by the name that they have there: MF_DOCS=1 makes them anew. */
const documented: Record<string, string> = { "order-light-es": "desk.jpg", "drag-preview": "drag.jpg", "admin-accounts": "admin-accounts.png",
  "field-offer": "field-offer.png", "field-offline": "field-offline.png", "link-on-the-way": "link-on-the-way.png", "track-order": "track-order.png" };

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  const file = process.env.MF_DOCS && documented[name];
  if (file) await page.screenshot({ path: join(import.meta.dirname, "../../docs/guide/pictures", file), ...(file.endsWith(".jpg") ? { quality: 84 } : {}) });
}
