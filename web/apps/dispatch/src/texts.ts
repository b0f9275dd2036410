// The desk's own words; those that every screen has come from packages/app.
import { i18n } from "@microflow/i18n";
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Group, Promised, Sort } from "./orders";

export * from "@microflow/app/texts";

const groupTexts: Record<Group, MessageDescriptor> = {
  unassigned: msg`Sin asignar`, planned: msg`Planeadas`, going: msg`En curso`, closing: msg`Por cerrar`,
};
export const groupText = (group: Group) => i18n._(groupTexts[group]);

const sorts: Record<Sort, MessageDescriptor> = { due: msg`Vence primero`, priority: msg`Prioridad`, newest: msg`Más recientes` };
export const sortText = (sort: Sort) => i18n._(sorts[sort]);

const promised: Record<Promised, MessageDescriptor> = { risk: msg`En riesgo o vencidas`, breached: msg`Vencidas`, held: msg`En espera del cliente` };
export const promisedText = (sla: Promised) => i18n._(promised[sla]);

const holes = { off: msg`Fuera de turno`, break: msg`Descanso`, absence: msg`Ausencia` };
export const holeText = (why: keyof typeof holes) => i18n._(holes[why]);
