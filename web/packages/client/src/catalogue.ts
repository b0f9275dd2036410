import { answerOf, type Answer, type Api } from "./api";
import type { OrderType, Zone } from "./types";

/** Every zone, whether one may see its board or not. */
export async function readZones(api: Api): Promise<Answer<Zone[]>> {
  const zones: Zone[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = cursor ? { limit: 100, cursor } : { limit: 100 };
    const page = await answerOf(api.client.GET("/v1/zones", { params: { query } }));
    if ("no" in page) return page;
    zones.push(...page.ok.data);
    if (!page.ok.next_cursor) return { ok: zones, headers: page.headers };
    cursor = page.ok.next_cursor;
  }
}

/** Every type that orders may still be made of. */
export async function readOrderTypes(api: Api): Promise<Answer<OrderType[]>> {
  const types: OrderType[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = cursor ? { limit: 100, cursor } : { limit: 100 };
    const page = await answerOf(api.client.GET("/v1/order-types", { params: { query } }));
    if ("no" in page) return page;
    types.push(...page.ok.data.filter((type) => !type.disabled));
    if (!page.ok.next_cursor) return { ok: types, headers: page.headers };
    cursor = page.ok.next_cursor;
  }
}
