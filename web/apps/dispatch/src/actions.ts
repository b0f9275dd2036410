// What a dispatcher does to an order: shown at once, told by the server, and undone where that is possible.
import { commandOnBoard, type OrderBody, type OrderRow, type OrderVerb, type Verdict } from "@microflow/client";
import { t } from "@lingui/core/macro";
import { api, board, toasts } from "./core";
import { OwnVersions } from "./own";
import { span } from "@microflow/app/time";

interface WishOf<V extends OrderVerb> {
  order: string;
  /** As people know it. */
  code: string;
  verb: V;
  body: OrderBody<V>;
  /** The version that was looked at. */
  version: number | undefined;
  predict?: ((row: OrderRow) => OrderRow) | undefined;
  /** What to say when it is done. */
  done: string;
  /** Whom a rule may refuse. */
  who?: Who;
  /** What takes it back; made with the version after it. */
  undo?: ((version: number) => Wish) | undefined;
}
/** Of each verb its own body. */
export type Wish = { [V in OrderVerb]: WishOf<V> }[OrderVerb];
export interface Conflict { wish: Wish; seen: OrderRow | undefined }

/** An assignment that a rule forbids: whoever knows better says why. */
export interface Forced { order: string; who: Who }
let onForbidden: (forced: Forced) => void = () => {};
/** Who asks why a rule is to be overridden. */
export function showForbidden(show: (forced: Forced) => void): void { onForbidden = show; }

let lastUndo: { run: () => void } | undefined;
let lastSaid = 0;
const own = new OwnVersions();
let onConflict: (conflict: Conflict) => void = () => {};
/** Who shows a conflict and asks what to do. */
export function showConflicts(show: (conflict: Conflict) => void): void { onConflict = show; }

export async function run(wish: Wish): Promise<Verdict> {
  const seen = board.order(wish.order);
  const version = wish.version === undefined ? undefined : own.current(wish.order, wish.version);
  const verdict = await commandOnBoard(api, board, wish.order, wish.verb, wish.body as OrderBody<OrderVerb>, {
    version, ...(wish.predict ? { predict: wish.predict } : {}) });
  switch (verdict.is) {
    case "done": {
      const { version: after } = verdict.outcome;
      if (version !== undefined) own.note(wish.order, version, after);
      // It was meant for any version: its own one is known by being the next.
      else if (seen && own.current(wish.order, seen.version) === after - 1) own.note(wish.order, after - 1, after);
      const inverse = wish.undo?.(verdict.outcome.version);
      const undo = inverse && { run: () => { if (lastUndo === undo) lastUndo = undefined; void run(inverse); } };
      lastUndo = undo;
      // What was said before can't be undone any more before this is.
      toasts.close(lastSaid);
      lastSaid = toasts.show(wish.done, undo ? { action: { text: t`Deshacer`, run: undo.run } } : {});
      break;
    }
    case "conflict": onConflict({ wish, seen }); break;
    case "refused": {
      const why = [verdict.why.detail, ...verdict.why.errors.map((e) => e.detail)].filter(Boolean).join(" · ");
      const code = wish.code;
      const { who, order } = wish;
      const isRule = who && !who.override && verdict.why.status === 409 && !verdict.why.code.startsWith("order_is_");
      toasts.show(why ? `${code}: ${why}` : t`${code}: el servidor no lo aceptó (${verdict.why.code})`, { isBad: true,
        ...(isRule ? { action: { text: t`Forzar…`, run: () => onForbidden({ order, who: { ...who, rule: verdict.why.detail } }) } } : {}) });
      break;
    }
    case "unknown": {
      const code = wish.code;
      toasts.show(t`${code}: no hay respuesta del servidor; puede que se haya hecho. Mire la orden antes de repetirlo.`,
        { isBad: true, forMs: 30_000 });
    }
  }
  return verdict;
}

export function undoLast(): void {
  if (lastUndo) lastUndo.run();
  else toasts.show(t`No hay nada que deshacer`);
}

type Slot = NonNullable<OrderRow["slot"]>;
type Target = Pick<OrderRow, "id" | "code" | "version" | "status"> & Partial<OrderRow>;
type Times = Pick<Who, "from" | "to">;
const said = ({ from, to }: Times): { from?: string; to?: string } => (from ? { from, ...(to ? { to } : {}) } : {});
/** A time that has passed is not said: as soon as there is room. */
const future = (times: Times): { from?: string; to?: string } => (times.from && Date.parse(times.from) > Date.now() + 60_000 ? said(times) : {});
const of = (order: Target) => ({ order: order.id, code: order.code, version: order.version });

export const canAssign = (order: Pick<OrderRow, "status">) => ["TRIAGED", "SCHEDULED"].includes(order.status);
export const canReassign = (order: Pick<OrderRow, "status">) =>
  ["ASSIGNED", "ACCEPTED", "EN_ROUTE", "ON_SITE"].includes(order.status);
/** To another time of whoever has it already. */
export const canMove = (order: Pick<OrderRow, "status">) => ["ASSIGNED", "ACCEPTED"].includes(order.status);
export const canUnassign = (order: Pick<OrderRow, "status">) => ["ASSIGNED", "ACCEPTED"].includes(order.status);
export const canTriage = (order: Pick<OrderRow, "status">) => order.status === "NEW";
export const canCancel = (order: Pick<OrderRow, "status">) =>
  !["COMPLETED", "APPROVAL_REQUIRED", "CLOSED", "CANCELLED", "REJECTED"].includes(order.status);
export const canPrioritize = (order: Pick<OrderRow, "status">) => canCancel(order);
export const canApprove = (order: Pick<OrderRow, "status">) => ["COMPLETED", "APPROVAL_REQUIRED"].includes(order.status);
export const canRetry = (order: Pick<OrderRow, "status">) => order.status === "FAILED";

export interface Who {
  id: string;
  name: string;
  from?: string | undefined;
  /** None: after the estimated duration. */
  to?: string | undefined;
  /** What speaks against it, in words; and why it is done all the same. */
  rule?: string;
  override?: string | undefined;
}

const later = (from: string, { duration_ms = 3_600_000 }: Target) => new Date(Date.parse(from) + duration_ms).toISOString();
const isMove = (order: Target, who: Who) => canMove(order) && order.technician === who.id && who.from !== undefined;
/** What `assign` would tell the server, for whoever asks before. */
export function wishOf(order: Target, who: Who) {
  const verb = canReassign(order) ? "reassign" as const : "assign" as const;
  return { verb, technician: who.id, ...(isMove(order, who) ? said(who) : future(who)),
    ...(who.override ? { override: true, reason: who.override } : {}) };
}

/** Assigns, or gives what somebody has already to another one or another time. */
export function assign(order: Target, who: Who): Promise<Verdict> {
  if (isMove(order, who)) return run(moveWish(order, who, order.slot));
  const { name } = who, { code } = order;
  const { verb, ...body } = wishOf(order, who);
  const isAnother = verb === "reassign";
  // Without a time only the server knows when there is room.
  const slot = body.from && { from: body.from, to: body.to ?? later(body.from, order) };
  const before = order.technician && order.technician_name
    ? { id: order.technician, name: order.technician_name, ...order.slot } : undefined;
  return run({
    ...of(order), verb, body, who, done: t`${code} asignada a ${name}`,
    predict: ({ slot: _, ...row }) => ({ ...row, status: "ASSIGNED", technician: who.id, technician_name: name, ...(slot ? { slot } : {}) }),
    undo: (version) => isAnother && before
      ? reassignBack({ ...order, version, technician: who.id, technician_name: name }, before)
      : unassignWish({ ...order, version, technician: who.id, technician_name: name, ...(slot ? { slot } : {}) }, "undone"),
  });
}
function moveWish(order: Target, who: Who, before: Slot | undefined): Wish {
  const { verb: _, ...body } = wishOf(order, who), { code } = order;
  const from = who.from!, to = who.to ?? later(from, order);
  const times = span(from, to, Date.now());
  return { ...of(order), verb: "reassign", body, who, done: t`${code} pasa a ${times}`,
    predict: (row) => ({ ...row, slot: { from, to } }),
    undo: before && ((version) => moveWish({ ...order, version, slot: { from, to } }, { id: who.id, name: who.name, ...before }, { from, to })) };
}
function reassignBack(order: Target, before: Who): Wish {
  const { code } = order, { name } = before;
  return { ...of(order), verb: "reassign", body: { technician: before.id, ...future(before) },
    done: t`${code} vuelve a ${name}`,
    predict: (row) => ({ ...row, status: "ASSIGNED", technician: before.id, technician_name: name }) };
}
function unassignWish(order: Target, reason: string): Wish {
  const { code } = order;
  const before = order.technician && order.technician_name
    ? { id: order.technician, name: order.technician_name, ...order.slot } : undefined;
  return {
    ...of(order), verb: "unassign", body: { reason }, done: t`${code} sin asignar`,
    predict: ({ technician: _, technician_name: __, visit: ___, slot: ____, ...row }) => ({ ...row, status: "TRIAGED" }),
    undo: before && ((version) => {
      const { name } = before;
      return { ...of(order), version, verb: "assign", body: { technician: before.id, ...future(before) },
        done: t`${code} asignada a ${name}`,
        predict: (row: OrderRow) => ({ ...row, status: "ASSIGNED", technician: before.id, technician_name: name }) };
    }),
  };
}
export const unassign = (order: Target) => run(unassignWish(order, "unassigned"));

export function triage(order: Target): Promise<Verdict> {
  const { code } = order;
  const isTwin = order.flags?.includes("possible_duplicate") ?? false;
  return run({ ...of(order), verb: "triage", body: isTwin ? { confirmed_distinct: true } : {},
    done: t`${code} revisada`, predict: (row) => ({ ...row, status: "TRIAGED" }) });
}
export function setPinned(order: Target, isPinned: boolean): Promise<Verdict> {
  const { code } = order;
  const wish = (pinned: boolean, version: number): Wish => ({
    ...of(order), version, verb: pinned ? "pin" : "unpin", body: {},
    done: pinned ? t`${code} fijada` : t`${code} ya no está fijada`,
    predict: (row) => ({ ...row, pinned }), undo: (after) => wish(!pinned, after) });
  return run(wish(isPinned, order.version));
}
export function setPriority(order: Target, priority: number): Promise<Verdict> {
  const { code } = order, before = order.priority;
  const wish = (to: number, version: number, back: number | undefined): Wish => ({
    ...of(order), version, verb: "set_priority", body: { priority: to }, done: t`${code} con prioridad ${to}`,
    predict: (row) => ({ ...row, priority: to }),
    undo: back === undefined ? undefined : (after) => wish(back, after, to) });
  return run(wish(priority, order.version, before));
}
export const comment = (order: Target, text: string, visibility: "internal" | "client") =>
  // A comment overwrites nothing: whatever the version is by now.
  run({ ...of(order), version: undefined, verb: "comment", body: { text, visibility }, done: t`Comentario enviado` });
export function approve(order: Target): Promise<Verdict> {
  const { code } = order;
  return run({ ...of(order), verb: "approve", body: {}, done: t`${code} cerrada`,
    predict: (row) => ({ ...row, status: "CLOSED" }) });
}
export function sendBack(order: Target, remark: string): Promise<Verdict> {
  const { code } = order;
  return run({ ...of(order), verb: "return", body: { remark }, done: t`${code} devuelta` });
}
export function withReason(order: Target, verb: "cancel" | "reject" | "retry", reason: string): Promise<Verdict> {
  const { code } = order;
  const done = { cancel: t`${code} cancelada`, reject: t`${code} rechazada`, retry: t`${code} se intentará de nuevo` }[verb];
  return run({ ...of(order), verb, body: { reason }, done });
}
/** After a conflict: the same again, on what the order is now. */
export function runAnyway({ wish }: Conflict): Promise<Verdict> {
  return run({ ...wish, version: board.order(wish.order)?.version });
}
