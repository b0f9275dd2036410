// What a drop would do, asked while something hovers.
import { Latest, type LatestAnswer, type OrderRow, type Preview } from "@microflow/client";
import { languageNow } from "@microflow/i18n";
import { useEffect, useRef, useState } from "react";
import { wishOf, type Who } from "./actions";
import { api } from "./core";

export type Asked = LatestAnswer<Preview>;
/** Where an order would be, while somebody drags it or moves it by keys. */
export interface Wanted extends Who { order: string; by: "drag" | "keys" }

export function usePreview(order: OrderRow | undefined, who: Who | undefined): Asked {
  const [asked, setAsked] = useState<Asked & { of: string }>({ of: "", isAsking: false });
  const wanted = useRef("");
  const latest = useRef<Latest<{ id: string; body: ReturnType<typeof wishOf> }, Preview>>(undefined);
  const wish = order && who && { id: order.id, body: wishOf(order, who) };
  const key = wish ? JSON.stringify([wish, order.version, languageNow()]) : "";
  useEffect(() => {
    latest.current = new Latest(({ id, body }, signal) =>
      api.client.POST("/v1/orders/{id}/preview", { params: { path: { id } }, body, signal }), (answer) => setAsked({ of: wanted.current, ...answer }));
    return () => latest.current?.want(undefined);
  }, []);
  useEffect(() => {
    wanted.current = key;
    latest.current?.want(wish);
    // The key says all that is wanted.
  }, [key]);
  return asked.of === key ? asked : { isAsking: key !== "" };
}
