// The words for what the server names by codes.
import type { OrderEvent, OrderRow, OrderStatus, TechnicianRow } from "@microflow/client";
import { i18n } from "@microflow/i18n";
import type { MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { span } from "./time";

export { toneOf } from "./tones";

const say = (message: MessageDescriptor | undefined, otherwise: string) => (message ? i18n._(message) : otherwise);

/** The server's details begin small, as they follow a colon elsewhere. */
export const sentence = (detail: string) => detail.charAt(0).toUpperCase() + detail.slice(1);

const statuses: Record<OrderStatus, MessageDescriptor> = {
  NEW: msg`Nueva`, TRIAGED: msg`Sin asignar`, SCHEDULED: msg`Programada`, ASSIGNED: msg`Asignada`, ACCEPTED: msg`Aceptada`,
  EN_ROUTE: msg`En camino`, ON_SITE: msg`En sitio`, IN_PROGRESS: msg`En curso`, PAUSED: msg`En pausa`,
  COMPLETED: msg`Completada`, APPROVAL_REQUIRED: msg`Por aprobar`, CLOSED: msg`Cerrada`, FAILED: msg`No completada`,
  CANCELLED: msg`Cancelada`, REJECTED: msg`Rechazada`,
};
export const statusText = (status: OrderStatus) => say(statuses[status], status);

const availabilities: Record<TechnicianRow["availability"], MessageDescriptor> = {
  off: msg`Fuera de turno`, available: msg`Disponible`, traveling: msg`En camino`, working: msg`Trabajando`, break: msg`En descanso`,
};
export const availabilityText = (is: TechnicianRow["availability"]) => say(availabilities[is], is);

const clocks = { respond: msg`Asignar`, arrive: msg`Llegar`, resolve: msg`Resolver` };
export const clockText = (clock: keyof typeof clocks) => i18n._(clocks[clock]);

const flags: Record<NonNullable<OrderRow["flags"]>[number], MessageDescriptor> = {
  override_used: msg`Asignada por encima de una regla`, out_of_geofence: msg`Llegada lejos del sitio`,
  late_report: msg`Reportada tarde`, time_over_limit: msg`Más tiempo del estimado`, approval_by_type: msg`Este tipo pide aprobación`,
  arrival_unverified: msg`Llegada sin verificar`, escalated: msg`Escalada: nadie aceptó`, plan_broken: msg`El plan ya no se cumple`,
  possible_duplicate: msg`Posible duplicado`, clock_corrected: msg`Reloj del teléfono corregido`,
};
export const flagText = (flag: NonNullable<OrderRow["flags"]>[number]) => say(flags[flag], flag);

const roles: Record<string, MessageDescriptor> = {
  client: msg`Cliente`, technician: msg`Técnico`, supervisor: msg`Supervisor`, operator: msg`Operador`,
  administrator: msg`Administrador`, system: msg`Sistema`,
};
export const roleText = (role: string | undefined) => say(roles[role ?? "system"], role ?? "");

const visits: Record<string, MessageDescriptor> = {
  offered: msg`Ofrecida`, accepted: msg`Aceptada`, traveling: msg`En camino`, on_site: msg`En sitio`, working: msg`Trabajando`,
  paused: msg`En pausa`, done: msg`Terminada`, partial: msg`Parcial`, failed: msg`No completada`, declined: msg`Rechazada`,
  expired: msg`Sin respuesta`, revoked: msg`Retirada`, cancelled: msg`Cancelada`,
};
export const visitText = (status: string) => say(visits[status], status);

type EventType = OrderEvent["type"];
// Those of the document, all of them; and those that a newer node tells.
const events: Record<EventType, MessageDescriptor> & Record<string, MessageDescriptor> = {
  "order.created": msg`Orden creada`, "order.rejected": msg`Orden rechazada`, "order.triaged": msg`Orden revisada`,
  "order.scheduled": msg`Visita programada`, "assignment.created": msg`Asignada`, "assignment.accepted": msg`El técnico aceptó`,
  "assignment.declined": msg`El técnico rechazó la visita`, "assignment.revoked": msg`Asignación retirada`,
  "order.plan_broken": msg`El plan ya no se cumple`, "order.plan_restored": msg`El plan vuelve a cumplirse`,
  "assignment.slot_changed": msg`Horario cambiado`, "assignment.expired": msg`La oferta venció sin respuesta`,
  "assignment.offer_changed": msg`Plazo de la oferta cambiado`, "order.escalated": msg`Escalada: nadie aceptó`,
  "assignment.reassigned": msg`Reasignada`, "tracking.travel_started": msg`El técnico salió`,
  "tracking.arrived": msg`El técnico llegó`, "tracking.work_started": msg`Trabajo iniciado`,
  "tracking.work_paused": msg`Trabajo en pausa`, "tracking.work_resumed": msg`Trabajo reanudado`,
  "order.followup_required": msg`Hace falta otra visita`, "tracking.work_completed": msg`Trabajo terminado`,
  "tracking.work_failed": msg`No se pudo completar`, "order.approval_requested": msg`Pide aprobación`,
  "order.closed": msg`Orden cerrada`, "order.returned": msg`Devuelta al técnico`, "order.retried": msg`Se intentará de nuevo`,
  "order.cancelled": msg`Orden cancelada`, "order.reopened": msg`Reabierta en otra orden`, "order.commented": msg`Comentario`,
  "order.priority_changed": msg`Prioridad cambiada`, "order.edited": msg`Datos editados`, "order.pinned": msg`Fijada`,
  "order.unpinned": msg`Ya no está fijada`, "order.tracking_withdrawn": msg`Enlace del cliente cambiado`,
  "order.window_confirmed": msg`El cliente confirmó la franja`, "order.rescheduled": msg`El cliente pidió otra franja`,
  "order.rated": msg`Calificada por el cliente`, "tracking.time_edit_requested": msg`Pide corregir un tiempo`,
  "tracking.time_edited": msg`Tiempo corregido`, "tracking.time_edit_refused": msg`Corrección de tiempo rechazada`,
  "order.contact_changed": msg`Cambió el contacto o el sitio`, "order.twin_changed": msg`Ya no repite la otra orden`,
  "order.proposal_refused": msg`Propuesta rechazada`,
  "tracking.eta_changed": msg`Otra hora de llegada`, "tracking.arrival_proposed": msg`El teléfono está en el sitio`,
  "order.sla_at_risk": msg`Plazo en riesgo`, "order.sla_breached": msg`Plazo vencido`,
};
export const eventText = (event: OrderEvent) => say(events[event.type], event.type);

/** What an event adds to its name: who, why, until when. */
export function eventDetail(event: OrderEvent, now: number): string {
  switch (event.type) {
    case "assignment.created":
    case "assignment.reassigned": {
      const { name, from, to } = event.data;
      return `${name} · ${span(from, to, now)}`;
    }
    case "order.commented": return event.data.text;
    case "order.priority_changed": {
      const { from, to } = event.data;
      return t`De P${from} a P${to}`;
    }
    case "order.sla_at_risk":
    case "order.sla_breached": return clockText(event.data.clock);
    case "order.approval_requested":
      return event.data.rules?.map(flagText).join(", ") || [event.data.reason, event.data.note].filter(Boolean).join(" · ");
    case "order.triaged": return event.data.automatic ? t`por sí sola` : "";
    case "order.returned": return event.data.remark;
    case "order.rated": return `${"★".repeat(event.data.rating)} ${event.data.text ?? ""}`;
    case "assignment.revoked": return reasonText(event.data.reason ?? event.data.code);
    case "tracking.work_completed": return event.data.note ?? "";
    case "assignment.declined":
    case "tracking.work_paused":
    case "tracking.work_failed":
    case "order.followup_required":
    case "order.rejected":
    case "order.cancelled":
    case "order.retried":
    case "order.reopened":
      return [reasonText(event.data.reason), event.data.note].filter(Boolean).join(" · ");
    default: return "";
  }
}

const reasons: Record<string, MessageDescriptor> = {
  undone: msg`Deshecha por quien la asignó`, unassigned: msg`Retirada por el supervisor`, technician_off: msg`El técnico salió de turno`,
  off_shift: msg`Fuera de su turno`, wrong_zone: msg`Otra zona`, skill_missing: msg`Falta una habilidad`,
  outside_window: msg`Fuera de la franja del cliente`, agenda_overlap: msg`Se cruza con otra visita`, duplicate: msg`Duplicada`,
  too_far: msg`Queda muy lejos`, client_absent: msg`Cliente ausente`, parts: msg`Faltan repuestos`, weather: msg`Clima`,
  break: msg`Descanso`, safety: msg`Seguridad`, no_access: msg`Sin acceso`, unsafe: msg`Condición insegura`, other: msg`Otro`,
};
export const reasonText = (code: string | undefined) => (code ? say(reasons[code], code) : "");
