import type { Session, Zone } from "@microflow/client";
import { Button, Mark, Select } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { useBoard, useNow, useStreamState } from "./hooks";
import { count } from "./orders";
import { LanguageButton, ThemeButton } from "./Preferences";

export function TopBar({ session, zones, zone, onZone, onNew, onHelp, onLeave, isAtRisk, onAtRisk }: {
  session: Session; zones: Zone[]; zone: string; onZone: (zone: string) => void; onNew: () => void; onHelp: () => void; onLeave: () => void;
  isAtRisk: boolean; onAtRisk: (isOn: boolean) => void;
}) {
  const { t } = useLingui();
  const { orders, technicians } = useBoard();
  const counts = useMemo(() => count(orders), [orders]);
  const free = technicians.filter((one) => one.availability === "available").length;
  const onDuty = technicians.filter((one) => one.active).length;
  const choices = [{ id: "", text: zones.length > 1 ? t`Todas mis zonas` : zones[0]!.name },
    ...(zones.length > 1 ? zones.map(({ id, name }) => ({ id, text: name })) : [])];
  return (
    <header className="top">
      <h1 className="brand"><img src="/favicon.svg" alt="" width="22" height="22" /><span>MicroFlow</span></h1>
      <Select label={t`Zona`} isLabelHidden value={zone} onChange={onZone} choices={choices} />
      <Button icon="plus" onPress={onNew}><span className="wide-only">{t`Orden nueva`}</span></Button>
      <dl className="figures" aria-label={t`Resumen`}>
        <Figure value={counts.total} name={t`abiertas`} />
        <Figure value={counts.byGroup.unassigned} name={t`sin asignar`} tone={counts.byGroup.unassigned ? "waiting" : ""} />
        <Figure value={counts.byGroup.going} name={t`en curso`} />
        <Figure value={counts.atRisk} name={t`en riesgo`} tone={counts.atRisk ? "warn" : ""} />
        <Figure value={counts.breached} name={t`vencidas`} tone={counts.breached ? "danger" : ""} />
        <Figure value={`${free}/${onDuty}`} name={t`libres`} />
      </dl>
      <Live />
      <a className="map-link" href="/">{t`Mapa`}</a>
      <span className="person"><b>{session.username}</b></span>
      <span className="tools">
        {(counts.atRisk + counts.breached > 0 || isAtRisk) && (
          <Button isSmall look={isAtRisk ? "primary" : "plain"} icon="warn" onPress={() => onAtRisk(!isAtRisk)}>{t`Riesgo`}</Button>
        )}
        <LanguageButton /><ThemeButton />
        <Button look="quiet" isSmall icon="help" label={t`Teclas (?)`} onPress={onHelp} />
        <Button look="quiet" isSmall icon="out" label={t`Salir`} onPress={onLeave} />
      </span>
    </header>
  );
}

function Figure({ value, name, tone }: { value: number | string; name: string; tone?: string }) {
  return <div className={tone ? `tone-${tone} toned` : ""}><dd className="num">{value}</dd><dt>{name}</dt></div>;
}

function Live() {
  const { t } = useLingui();
  const state = useStreamState();
  const now = useNow(1_000);
  const { isStale } = useBoard();
  const seconds = state.is === "waiting" ? Math.max(1, Math.ceil((state.until - Date.now()) / 1000)) : 0;
  void now;
  return (
    <span className="live" role="status">
      {state.is === "open" && !isStale && <Mark tone="ok">{t`En vivo`}</Mark>}
      {state.is === "open" && isStale && <Mark tone="warn">{t`Poniéndose al día`}</Mark>}
      {(state.is === "connecting" || state.is === "idle") && <Mark tone="warn">{t`Conectando`}</Mark>}
      {state.is === "waiting" && <Mark tone="danger">{t`Sin conexión; otra vez en ${seconds} s`}</Mark>}
      {state.is === "ended" && <Mark tone="danger">{t`Sesión terminada`}</Mark>}
    </span>
  );
}
