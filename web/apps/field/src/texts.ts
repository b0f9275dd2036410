import { i18n } from "@microflow/i18n";
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Verb } from "./visit";

const verbs: Record<Verb, MessageDescriptor> = {
  accept: msg`Aceptar`, decline: msg`No puedo ir`, depart: msg`Salir hacia el sitio`, arrive: msg`Llegué`, start: msg`Iniciar el trabajo`,
  pause: msg`Pausar`, resume: msg`Reanudar`, follow_up: msg`Hace falta otra visita`, complete: msg`Terminar`, fail: msg`No se pudo`,
  comment: msg`Comentar`, request_time_edit: msg`Corregir un tiempo`,
};
export const verbText = (verb: Verb) => i18n._(verbs[verb]);
export function methodText(method: string): string {
  const verb = method.replace(/^orders\./, "") as Verb;
  return verbs[verb] ? i18n._(verbs[verb]) : method === "technicians.set_availability" ? i18n._(msg`Cambiar la disponibilidad`) : method;
}
