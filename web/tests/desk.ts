// The desk's tests: a morning's work in the company, and what hands do at the desk.
import type { Page } from "playwright-core";
import { until, type Company } from "../packages/client/test/node";

/** A morning's work: enough that lists scroll and lines fill. */
export async function morning(company: Company): Promise<void> {
  const north = company.zones[0]!;
  for (const name of ["Diana Ortiz Salazar", "Esteban Mejía Correa", "Fabiola Cano Duque", "Gabriel Soto Rendón", "Helena Ruiz Patiño",
    "Iván Cardona Marín", "Julia Zuluaga Arango", "Kevin Osorio Villa", "Lina Bedoya Hoyos", "Mario Úsuga Flórez"]) {
    const id = await company.make("/v1/technicians", { name, skills: [{ skill: name < "H" ? "router" : "fibra", level: 2 }], zones: [north],
      home: { lat: 6.28, lon: -75.56 } });
    const of = await company.account(name.split(" ")[0]!.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(), ["technician"], { technician: id });
    if (name < "K") await company.post(`/v1/technicians/${id}/availability`, { availability: name < "G" ? "available" : "break" }, of);
    company.technicians.push({ id, name });
  }
  const titles = ["Sin internet desde ayer", "Instalación de fibra", "Módem apagado", "Traslado de equipo", "Señal intermitente", "Cambio de router"];
  for (let n = 0; n < 24; ++n) {
    const id = await company.order(`${titles[n % titles.length]}`, n % 4 === 3 ? 1 : 0);
    if (n % 3 === 0) await company.post(`/v1/orders/${id}/set_priority`, { priority: n % 6 === 0 ? 1 : 2 });
    if (n % 4 === 1) await company.post(`/v1/orders/${id}/assign`, { technician: company.technicians[n % 5 === 2 ? 0 : n % 2 === 1 ? 1 : 3]!.id }).catch(() => {});
  }
}

export const rows = (page: Page) => page.getByRole("listbox", { name: /Órdenes|Orders/ }).getByRole("option");
export const choose = async (page: Page, title: string) => {
  await page.keyboard.press("/");
  await page.keyboard.type(title);
  await until(async () => (await rows(page).count()) === 1, `one row for ${title}`);
  await page.keyboard.press("Enter");
};

/** A candidate's key. They may be asked for anew at the very moment it is pressed, and there are none
 *  then: it is pressed again, as long as nothing was sent. */
export const assignBy = async (page: Page, key: string) => {
  for (let tries = 0; tries < 5; ++tries) {
    const sent = page.waitForRequest((request) => request.url().endsWith("/assign"), { timeout: 4_000 }).then(() => true, () => false);
    await page.keyboard.press(key);
    if (await sent) return;
  }
  throw new Error(`the key ${key} assigned nobody`);
};
