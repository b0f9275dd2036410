// What each file of these tests stands on: a node with a small company, a browser, and pages that never said
// anything wrong. All of it ends with the file; its pages end with each test.
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect } from "vitest";
import { Company, Node, password, until } from "../packages/client/test/node";
import { launch, logIn, open as openPage, type PageOptions, type Watched } from "./browser";

export const phone = { width: 360, height: 740 };

export async function world(...flags: string[]) {
  const [node, browser] = await Promise.all([Node.start(...flags), launch()]);
  const company = await Company.at(node);
  const opened: Watched[] = [];
  afterEach(async () => {
    const all = opened.splice(0);
    for (const { context } of all) await context.close();
    for (const { faults } of all) expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await node.end();
  });

  /** A page of the node, as somebody sees it who has just come. */
  const open = async (path: string, options: PageOptions = {}): Promise<Page> => {
    const watched = await openPage(browser, path.startsWith("about:") ? path : node.url + path, options);
    opened.push(watched);
    return watched.page;
  };
  /** The same, with a login. */
  const enter = async (path: string, username: string, options: PageOptions = {}): Promise<Page> => {
    const page = await open(path, options);
    await logIn(page, username, password);
    return page;
  };
  /** The same, once it is live. */
  const live = async (path: string, username: string, options: PageOptions = {}): Promise<Page> => {
    const page = await enter(path, username, options);
    await page.getByText(/En vivo|^Live$/).waitFor();
    return page;
  };
  const status = async (order: string) => (await company.get(`/v1/orders/${order}`) as { status: string }).status;
  const becomes = (order: string, wanted: string) => until(async () => (await status(order)) === wanted, `the order to be ${wanted}`);
  /** Changes something of the catalogue or of an order, whatever its version is. */
  const patch = async (path: string, change: object) => {
    const headers = { Authorization: `Bearer ${company.admin}` };
    const before = await fetch(node.url + path, { headers });
    const answer = await fetch(node.url + path, { method: "PATCH", body: JSON.stringify(change),
      headers: { ...headers, "Content-Type": "application/merge-patch+json", "If-Match": before.headers.get("ETag")! } });
    expect(answer.status, `PATCH ${path}`).toBe(200);
  };
  return { node, browser, company, open, enter, live, status, becomes, patch };
}
