// The phone itself: where it is, what it keeps, its clock, its looks, and the way out.
import { LanguageButton, ThemeButton } from "@microflow/app";
import { lasting } from "@microflow/app/time";
import { Button, Notice } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { useHere } from "./Phone";

interface InstallPrompt extends Event { prompt: () => Promise<void> }
let install: InstallPrompt | undefined;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install = event as InstallPrompt;
});
const megabytes = (bytes: number) => (bytes / 1048576).toFixed(bytes < 10_485_760 ? 1 : 0);

export function Settings() {
  const { t } = useLingui();
  const { pocket, storage, clockAhead, onLeave } = useHere();
  const where = useSyncExternalStore(pocket.positions.subscribe, pocket.positions.snapshot);
  const [maySay, setMaySay] = useState(() => ("Notification" in window ? Notification.permission : "denied"));
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.round(where.everyMs / 1000);
  const age = where.last ? lasting(Date.now() - where.last[1]) : "";
  const used = megabytes(storage.usedBytes), room = megabytes(storage.mayUseBytes), wrong = lasting(clockAhead);
  return (
    <main className="page">
      <h2>{t`Este teléfono`}</h2>
      <Part name={t`Ubicación`}>
        <label className="switch"><input type="checkbox" role="switch" checked={where.isOn} onChange={(event) => pocket.positions.turn(event.target.checked)} />
          <span>{where.isOn ? t`Se comparte, cada ${seconds} s` : t`No se comparte`}</span></label>
        {where.isOn && !where.trouble && <p className="muted small">{where.last ? t`La última, hace ${age}.` : t`Buscando dónde está…`}</p>}
        {where.trouble === "denied" && <Notice tone="danger">{t`El teléfono no permite ver la ubicación. Actívela en los permisos de esta página.`}</Notice>}
        {where.trouble === "unavailable" && <Notice tone="warn">{t`El teléfono no sabe dónde está.`}</Notice>}
        <p className="muted small">{t`La ve su supervisor; el cliente, solo mientras usted va en camino a su casa. Apagada, puede trabajar igual.`}</p>
      </Part>
      <Part name={t`Avisos`}>
        {maySay === "granted" ? <p>{t`Las visitas nuevas suenan, y se avisan aunque la página esté atrás.`}</p>
          : maySay === "default" ? <Button onPress={() => void Notification.requestPermission().then(setMaySay)}>{t`Permitir avisos`}</Button>
          : <p className="muted">{t`Los avisos están apagados en los permisos de esta página; las visitas suenan mientras esté abierta.`}</p>}
      </Part>
      <Part name={t`Espacio`}>
        <p>{storage.mayUseBytes > 0 ? t`Usa ${used} MB de ${room} MB.` : t`El navegador no dice cuánto espacio hay.`}</p>
        {!storage.isPersistent && <p className="muted small">{t`Si el teléfono se queda sin espacio, el navegador puede borrar lo guardado. Instalar la aplicación lo evita.`}</p>}
        {install && <Button onPress={() => void install!.prompt()}>{t`Instalar en el teléfono`}</Button>}
      </Part>
      <Part name={t`Reloj`}>
        <p>{clockAhead === 0 ? t`Va bien.` : clockAhead > 0 ? t`Está adelantado ${wrong}.` : t`Está atrasado ${wrong}.`}</p>
      </Part>
      <Part name={t`Aspecto`}><div className="others"><LanguageButton /><ThemeButton /></div></Part>
      <Part name={pocket.session.username}>
        <div className="others"><a className="button" href="/admin#account">{t`Mi cuenta`}</a><Button icon="out" onPress={onLeave}>{t`Salir`}</Button></div>
      </Part>
    </main>
  );
}
const Part = ({ name, children }: { name: string; children: ReactNode }) => <section className="card" aria-label={name}><h3>{name}</h3>{children}</section>;
