import { answerOf, type Answer, type Api } from "./api";
import type { Zone } from "./types";

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
