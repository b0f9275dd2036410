// How the desk stands 10,000 open orders, 500 technicians and 500 changes a second. Only with MF_LONG, and it
// asserts no time: it prints what this machine did.
import { expect, it } from "vitest";
import { Company, Node, password, until } from "../packages/client/test/node";
import { launch, logIn, open } from "./browser";

const orders = 10_000, technicians = 500, changesPerSecond = 500, atOnce = 48;

async function each(n: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => { while (next < n) await work(next++); }));
}

it.runIf(process.env.MF_LONG)("the desk at full size", async () => {
  const node = await Node.start("--limits.orders_per_client_per_day", "0");
  const company = await Company.at(node);
  await each(technicians - 3, (i) => company.make("/v1/technicians", { name: `Técnico ${String(i).padStart(3, "0")}`,
    skills: [{ skill: "router", level: 2 }], zones: [company.zones[i % 2]], home: { lat: 6.25, lon: -75.57 } }));
  const sites: [client: string, site: string][] = [];
  await each(200, async (i) => {
    const client = await company.make("/v1/clients", { name: `Cliente ${i}`, document_type: "CC", document_number: String(91_000_000 + i) });
    for (const zone of company.zones)
      sites.push([client, await company.make(`/v1/clients/${client}/sites`, { name: "Casa", address: `Calle ${i} # 20-30`, zone, lat: 6.3, lon: -75.56 })]);
  });
  const ids: string[] = [];
  await each(orders, async (i) => {
    const [client, site] = sites[i % sites.length]!;
    ids.push(await company.make("/v1/orders", { type: company.type, client, site, title: `Orden ${i}` }));
  });

  const watched = await company.make("/v1/orders", { type: company.type, client: sites[0]![0], site: sites[0]![1], title: "La observada" });

  const browser = await launch();
  const { page, faults } = await open(browser, `${node.url}/dispatch`);
  await logIn(page, "supervisora", password);
  let began = Date.now();
  await until(async () => (await page.locator(".figures dd").first().innerText()) === String(orders + 1), "all orders", 60_000);
  const shownMs = Date.now() - began;

  let done = 0, isOver = false;
  began = Date.now();
  const storm = Promise.all(Array.from({ length: 32 }, async (_, worker) => {
    for (let n = worker; !isOver; n += 32) {
      while (!isOver && done > ((Date.now() - began) / 1000) * changesPerSecond) await new Promise((next) => setTimeout(next, 5));
      const id = ids[(n * 7919) % ids.length];
      // The one that is looked at below is left alone.
      if (id !== watched) await company.post(`/v1/orders/${id}/set_priority`, { priority: 1 + (n % 4) }).catch(() => {});
      done += 1;
    }
  }));
  await page.waitForTimeout(1_000);
  // Both panes scroll in every frame.
  const frames = await page.evaluate(async () => {
    const list = document.querySelector(".rows")!, timeline = document.querySelector(".tl-scroll")!;
    const times: number[] = [], end = performance.now() + 10_000;
    let last = performance.now(), down = 1;
    await new Promise<void>((finished) => requestAnimationFrame(function frame(now) {
      times.push(now - last);
      last = now;
      list.scrollTop += 60 * down;
      timeline.scrollTop += 20 * down;
      timeline.scrollLeft += 4 * down;
      if (list.scrollTop > 30_000 || list.scrollTop <= 0) down = -down;
      if (now < end) requestAnimationFrame(frame);
      else finished();
    }));
    times.sort((a, b) => a - b);
    return { median: 1000 / times[times.length >> 1]!, slowest: 1000 / times[Math.floor(times.length * 0.99)]! };
  });
  // A change at the server until it is on the screen.
  await page.keyboard.press("/");
  await page.keyboard.type("la observada");
  await until(async () => (await page.locator(".row").count()) === 1, "one row");
  const waits: number[] = [];
  for (let n = 0; n < 40; ++n) {
    const priority = String(1 + (n % 4));
    const seen = page.evaluate((wanted) => new Promise<number>((found) => requestAnimationFrame(function look() {
      if (document.querySelector(".row .priority")?.textContent === wanted) found(Date.now());
      else requestAnimationFrame(look);
    })), priority);
    await page.waitForTimeout(20);
    const at = Date.now();
    await company.post(`/v1/orders/${watched}/set_priority`, { priority: Number(priority) }).catch(() => {});
    waits.push(Math.max(0, (await seen) - at));
  }
  waits.sort((a, b) => a - b);
  // What a drop would mean, as often as somebody drags; the first question makes the zone's day.
  await company.post(`/v1/orders/${watched}/triage`, { confirmed_distinct: true }).catch(() => {});
  let possible = 0;
  const preview = async (n: number) => {
    const at = performance.now(), technician = company.technicians[n % 2]!.id;
    const { accepted } = await company.post(`/v1/orders/${watched}/preview`, { verb: "assign", technician, from: new Date(Date.now() + (n + 1) * 900_000).toISOString() }) as { accepted: boolean };
    if (accepted) possible += 1;
    return performance.now() - at;
  };
  await until(() => preview(0).catch(() => 0), "the zone's day", 60_000);
  const previews: number[] = [];
  for (let n = 0; n < 100; ++n) previews.push(await preview(n % 40));
  previews.sort((a, b) => a - b);
  isOver = true;
  const rate = done / ((Date.now() - began) / 1000);
  await storm;
  const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
  console.log(`${orders} orders on the screen after ${shownMs} ms; while ${Math.round(rate)} changes/s came: ` +
    `${Math.round(frames.median)} frames/s (1 %: ${Math.round(frames.slowest)}), change to pixels ${waits[waits.length >> 1]} ms ` +
    `(worst of ${waits.length}: ${waits.at(-1)} ms), preview ${Math.round(previews[50]!)} ms (99 %: ${Math.round(previews[98]!)} ms; ${possible} of 101 possible), heap ${Math.round(heap / 1e6)} MB`);
  expect(faults).toEqual([]);
  await browser.close();
  await node.end();
}, 600_000);
