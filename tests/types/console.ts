// What a console does with the types of api.ts, which openapi-typescript makes of the node's document.
// It is compiled, never run. Each @ts-expect-error is a mistake that the types must find.
import type { components, paths } from "./api";

type Schemas = components["schemas"];
type Method = "get" | "post" | "patch";
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Answer<P extends keyof paths, M extends Method = "get"> =
  Operation<P, M> extends { responses: infer R }
    ? Json<R extends { 200: infer Ok } ? Ok : R extends { 201: infer Made } ? Made : never>
    : never;
type Body<P extends keyof paths> =
  Operation<P, "post"> extends { requestBody?: infer B } ? Json<B> : never;
type Query<P extends keyof paths> =
  Operation<P, "get"> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

/** A supervisor's list: its rows are the form that staff get. */
export function board(page: Answer<"/v1/orders">): string[] {
  const more: string | null = page.next_cursor;
  // @ts-expect-error the last page has none
  const always: string = page.next_cursor;
  const rows = page.data as Schemas["OrderRow"][];
  return rows.map((row) => {
    const from: string | undefined = row.slot?.from;
    const late: boolean = row.sla.breached;
    const priority: number = row.priority;
    // @ts-expect-error there is no such state
    if (row.status === "LOST") return "";
    // @ts-expect-error a slot begins `from`
    void row.slot?.begin;
    // @ts-expect-error an order may have no slot
    void row.slot.from;
    // @ts-expect-error rows have no visits
    void row.visits;
    return [row.code, row.status, row.technician_name ?? "", from, late, priority, more, always].join();
  });
}

/** Everybody's list: what all forms have needs no word of who asks. */
export function titles(page: Answer<"/v1/orders">): string[] {
  // @ts-expect-error only staff and technicians see it
  void page.data.map((row) => row.zone);
  return page.data.map((row) => `${row.code} ${row.title} v${row.version}`);
}

/** One order: the forms are told apart by what they have. */
export function detail(order: Answer<"/v1/orders/{id}">): string {
  if ("sla" in order) return order.visits?.[0]?.slot.from ?? order.sla.arrive.due ?? "";
  if ("visit" in order) return order.slot.to;
  return order.client;
}

/** A history: whoever knows the type of an event knows its data. */
export function story(timeline: Answer<"/v1/orders/{id}/timeline">): string[] {
  return (timeline.data as Schemas["Event"][]).map((event) => {
    switch (event.type) {
      case "order.commented":
        // @ts-expect-error a comment has no reason
        void event.data.reason;
        return `${event.data.author_as}: ${event.data.text}`;
      case "assignment.created":
        return `${event.data.name}, ${event.data.from}`;
      case "tracking.work_paused":
        return event.data.note ?? event.data.reason;
      // @ts-expect-error there is no such event
      case "order.exploded":
        return "";
      default:
        return `${event.type} ${event.occurred_at} ${event.principal ?? ""}`;
    }
  });
}

export const search: Query<"/v1/orders"> = {
  status: ["NEW", "EN_ROUTE"],
  sort: "due",
  limit: 20,
  due_before: "2026-11-30T12:00:00Z",
};
// @ts-expect-error there is no such order to sort by
export const unsorted: Query<"/v1/orders"> = { sort: "colour" };
// @ts-expect-error technicians have no priority
export const unfiltered: Query<"/v1/technicians"> = { priority: 1 };

// The server makes the id.
export const zone: Body<"/v1/zones"> = { name: "Popular", dispatch: "suggest" };
export const assign: Body<"/v1/orders/{id}/assign"> = { technician: "tec_…" };
// @ts-expect-error somebody has to be named
export const nobody: Body<"/v1/orders/{id}/assign"> = { reason: "urgente" };

export function done(outcome: Answer<"/v1/orders/{id}/assign", "post">): number {
  return outcome.version;
}

/** An error is told by its code; fields that are wrong are named. */
export function explain(problem: Schemas["Problem"]): string {
  if (problem.code === "offer_expired") return "too late";
  // @ts-expect-error codes are texts
  if (problem.code === 409) return "";
  return (problem.errors ?? []).map((one) => `${one.field}: ${one.code}`).join() || problem.title;
}

export function queue(answer: Answer<"/v1/sync", "post">): string[] {
  return answer.results.map((one) => one.err?.code ?? one.ok?.status ?? "");
}

export function home(session: Answer<"/v1/sessions/current">): string {
  return session.technician ?? session.client ?? session.zones.join();
}

export function choose(ranking: Answer<"/v1/orders/{id}/candidates">): string | undefined {
  const best = ranking.candidates[0];
  return best && `${best.name} ${best.travel_ms ?? "?"} ${best.reasons.join()}`;
}

export const pages = {
  shards: (cluster: Answer<"/v1/cluster">) => cluster.shards.map((shard) => shard.owner),
  follow: (link: Answer<"/v1/track">) => link.technician_name ?? link.status,
  where: (position: Answer<"/v1/technicians/{id}/positions">) => [position.lat, position.lon],
  day: (agenda: Answer<"/v1/technicians/{id}/agenda">) => agenda.data.map((slot) => slot.order),
  skills: (one: Answer<"/v1/technicians/{id}">) => one.skills?.map((skill) => skill.level),
  sites: (client: Answer<"/v1/clients/{id}">) => client.sites.map((site) => site.address),
  // @ts-expect-error nobody is shown a hash
  hash: (account: Answer<"/v1/accounts/{id}">) => account.password_hash,
};
