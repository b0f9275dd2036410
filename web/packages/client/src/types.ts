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
export type OrderRow = Schemas["OrderRow"] & { kind: "order" };
export type TechnicianRow = Schemas["TechnicianRow"] & { kind: "technician" };
interface Costs { travel_ms: number; lateness_ms: number; wait_ms: number }
/** docs/dispatch.md: rows of boards are not in the document. */
export interface Proposal {
  kind: "proposal";
  id: string;
  version: number;
  order: string;
  order_version: number;
  code: string;
  priority: number;
  verb: "assign" | "schedule" | "reassign";
  technician: string;
  technician_name: string;
  slot: { from: string; to: string };
  adds: Costs;
  before?: Costs;
  replaces?: { status: "planned" | "promised"; technician: string; technician_name: string; slot: { from: string; to: string } };
  tells?: ("client" | "technician" | "former_technician")[];
  why: string;
  made_at: string;
}
export type BoardRow = OrderRow | TechnicianRow | Proposal;
export type OrderStatus = OrderRow["status"];
/** As its client sees it; and whoever holds its link. */
interface Expected {
  /** Within which somebody may be expected, as planned. */
  arrival?: { from: string; to: string };
  /** When somebody is expected, where that is known better than by the plan. */
  eta?: string;
}
export type ClientOrder = Schemas["OrderForClient"] & Expected;
export type ClientOrderRow = Schemas["OrderRowForClient"] & Expected;
export type LinkedOrder = Schemas["OrderLink"] & Expected;
export type ClientEvent = Schemas["EventForClient"];
export type Technician = Schemas["Technician"];
export type AgendaLine = Schemas["AgendaLine"];
export type Contact = Schemas["Contact"];
export type FormerOrder = Schemas["OrderForFormerTechnician"];
export type FormerOrderRow = Schemas["OrderRowForFormerTechnician"];
export type Account = Schemas["Account"];
export type AccountRow = Schemas["AccountRow"];
export type Role = NonNullable<AccountRow["roles"]>[number];
export type ReasonCode = Schemas["ReasonCode"];
export type SlaPolicy = Schemas["SlaPolicy"];
export type Cluster = Schemas["Cluster"];
export type Letter = Schemas["Letter"];
export type Position = Schemas["Position"];
export type OrderEvent = Schemas["Event"];
export type Candidates = AnswerOf<"/v1/orders/{id}/candidates">;
export type Candidate = Candidates["candidates"][number];
export type Preview = AnswerOf<"/v1/orders/{id}/preview", "post">;
export type Problem = Schemas["Problem"];
export type Outcome = AnswerOf<"/v1/orders/{id}/assign", "post">;

/** The commands on an order that a path of the document is named after; a preview commands nothing. */
export type OrderVerb = {
  [P in keyof paths]: P extends `/v1/orders/{id}/${infer Verb}`
    ? paths[P] extends { post: object } ? (Verb extends `${string}/${string}` | "preview" ? never : Verb) : never
    : never;
}[keyof paths];
export type OrderBody<V extends OrderVerb> =
  `/v1/orders/{id}/${V}` extends keyof paths ? BodyOf<`/v1/orders/{id}/${V}`> : never;
