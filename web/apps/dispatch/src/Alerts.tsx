// The queue of what needs somebody: each leads to its order, and goes when it is settled or was seen.
import { lasting } from "@microflow/app/time";
import { i18n } from "@microflow/i18n";
import { Button, Empty, Icon, type Tone } from "@microflow/ui";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { alertsOf, isGrave, type Alert, type AlertKind } from "./alerts";
import { useBoard, useKept, useNow } from "./hooks";

const names: Record<AlertKind, ReturnType<typeof msg>> = {
  breached: msg`Plazo vencido`, at_risk: msg`Plazo en riesgo`, plan_broken: msg`El plan ya no se cumple`, escalated: msg`Escalada: nadie aceptó`,
  declined: msg`La rechazaron o no respondieron`, unacked: msg`El teléfono no ha recibido la oferta`, possible_duplicate: msg`Posible duplicado`,
  silent: msg`En camino y sin señal`,
};
const tones: Record<AlertKind, Tone> = { breached: "danger", plan_broken: "danger", escalated: "danger", declined: "warn", silent: "warn", at_risk: "warn",
  unacked: "paused", possible_duplicate: "new" };
const seenMax = 500;

/** Those that nobody at this desk has put aside. */
export function useAlerts(): { alerts: readonly Alert[]; setSeen: (alert: Alert) => void } {
  const { orders, technicians } = useBoard();
  const now = useNow(15_000);
  const [seen, setSeen] = useKept<string[]>("dispatch.seen", []);
  const all = useMemo(() => alertsOf(orders, technicians, now), [orders, technicians, Math.floor(now / 15_000)]);
  const alerts = useMemo(() => all.filter(({ key }) => !seen.includes(key)), [all, seen]);
  return { alerts, setSeen: ({ key }) => setSeen([...seen, key].slice(-seenMax)) };
}

export function Alerts({ alerts, onOpen, onSeen, onClose }: { alerts: readonly Alert[]; onOpen: (order: string) => void; onSeen: (alert: Alert) => void; onClose: () => void }) {
  const { t } = useLingui();
  const now = useNow(15_000);
  return (
    <aside className="alerts" aria-label={t`Alertas`}>
      <div className="pane-head"><h2>{t`Alertas`}</h2><span className="muted small num">{alerts.length}</span><span className="grow" />
        <Button look="quiet" isSmall icon="close" label={t`Cerrar (e)`} onPress={onClose} /></div>
      {alerts.length === 0 ? <Empty title={t`Nada espera por usted`} /> : (
        <ul>
          {alerts.slice(0, 100).map((alert) => {
            const { order, technician } = alert, age = lasting(now - alert.at), isAhead = alert.at > now;
            return (
              <li key={alert.key} className={`tone-${tones[alert.kind]}`}>
                <button className="alert" onClick={() => order && onOpen(order.id)} disabled={!order}>
                  <span className="row-line"><b className="toned">{isGrave(alert.kind) && <Icon name="warn" size={13} />} {i18n._(names[alert.kind])}</b><span className="muted small num">{isAhead ? t`en ${age}` : t`hace ${age}`}</span></span>
                  <span className="cut">{order ? order.title : technician?.name}</span>
                  {order && <span className="muted small cut">{[order.code, order.client_name, order.technician_name].filter(Boolean).join(" · ")}</span>}
                </button>
                <Button look="quiet" isSmall icon="check" label={t`Visto`} onPress={() => onSeen(alert)} />
              </li>
            );
          })}
        </ul>
      )}
    </aside>
  );
}
