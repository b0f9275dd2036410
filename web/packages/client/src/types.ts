// Names for what the node's document calls its forms. Nothing here is written by hand: a form that
// changes there changes here, and what doesn't fit any more doesn't compile.
import type { components, paths } from "@microflow/schema";

type Schemas = components["schemas"];
type Operation<P extends keyof paths, M extends "get" | "post" | "patch"> = NonNullable<paths[P][M]>;
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;

export type AnswerOf<P extends keyof paths, M extends "get" | "post" = "get"> =
  Operation<P, M> extends { responses: infer R }
    ? Json<R extends { 200: infer Ok } ? Ok : R extends { 201: infer Made } ? Made : never>
    : never;
export type BodyOf<P extends keyof paths> =
  Operation<P, "post"> extends { requestBody?: infer B } ? Json<NonNullable<B>> : never;

export type Session = AnswerOf<"/v1/sessions/current">;
export type Client = Schemas["ClientRow"];
export type Site = Schemas["Site"];
export type OrderType = Schemas["OrderType"];
export type Zone = Schemas["Zone"];
export type Order = Schemas["Order"];
/** Rows may bring what the whole order or technician has: whoever gets it shows it. */
type MayHave<T, K extends keyof T> = Partial<Pick<T, K>>;
export type OrderRow = Schemas["OrderRow"] & { kind: "order" } & MayHave<Schemas["Order"], "duration_ms" | "skills">;
export type TechnicianRow = Schemas["TechnicianRow"] & { kind: "technician" } &
  MayHave<Schemas["Technician"], "shifts" | "breaks" | "absences">;
export type BoardRow = OrderRow | TechnicianRow;
export type OrderStatus = OrderRow["status"];
export type OrderEvent = Schemas["Event"];
export type Candidates = AnswerOf<"/v1/orders/{id}/candidates">;
export type Candidate = Candidates["candidates"][number];
export type Problem = Schemas["Problem"];
export type Outcome = AnswerOf<"/v1/orders/{id}/assign", "post">;

/** The commands on an order that a path of the document is named after. */
export type OrderVerb = {
  [P in keyof paths]: P extends `/v1/orders/{id}/${infer Verb}`
    ? paths[P] extends { post: object } ? (Verb extends `${string}/${string}` ? never : Verb) : never
    : never;
}[keyof paths];
export type OrderBody<V extends OrderVerb> =
  `/v1/orders/{id}/${V}` extends keyof paths ? BodyOf<`/v1/orders/{id}/${V}`> : never;
