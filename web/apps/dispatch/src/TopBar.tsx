import type { Session, Zone } from "@microflow/client";
import { LanguageButton, Live, ThemeButton } from "@microflow/app";
import { Button, Select } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { useBoard } from "./hooks";
import { count } from "./orders";

export function TopBar({ session, zones, zone, onZone, onNew, onHelp, onLeave, isAtRisk, onAtRisk, isMap, onMap, alerts, onAlerts, proposals, onProposals }: {
  session: Session; zones: Zone[]; zone: string; onZone: (zone: string) => void; onNew: () => void; onHelp: () => void; onLeave: () => void;
  isAtRisk: boolean; onAtRisk: (isOn: boolean) => void; isMap: boolean; onMap: (isMap: boolean) => void; alerts: number; onAlerts: () => void;
  proposals: number; onProposals: () => void;
}) {
  const { t } = useLingui();
  const { orders, technicians, isStale } = useBoard();
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
      <Live isStale={isStale} />
      {proposals > 0 && <Button isSmall onPress={onProposals} aria-label={t`Propuestas: ${proposals}`}>{t`Propuestas`} <span className="num">{proposals}</span></Button>}
      <Button isSmall icon="bell" onPress={onAlerts} aria-label={t`Alertas: ${alerts}`}><span className="num">{alerts}</span></Button>
      <Button isSmall icon="map" look={isMap ? "primary" : "plain"} aria-pressed={isMap} label={t`Mapa (m)`} onPress={() => onMap(!isMap)} />
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
