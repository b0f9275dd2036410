// The page of a tracking link, /t#trk_…: no login, and little to load over a phone's network.
import { i18n, languageNow, preferredLanguage, setLanguage } from "@microflow/i18n";
import { I18nProvider } from "@lingui/react";
import { useLingui } from "@lingui/react/macro";
import { useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { Link } from "./link";
import { Progress } from "./Progress";
import "../../../packages/ui/src/tokens.css";
import "./track.css";

function LinkPage({ link }: { link: Link }) {
  const { t } = useLingui();
  const state = useSyncExternalStore(link.subscribe, link.snapshot);
  const [, again] = useState(0);
  const other = languageNow() === "es" ? "en" : "es";
  const order = "order" in state ? state.order : undefined;
  const note = state.is === "ended" ? t`Este enlace ya no es válido.` : state.is === "incomplete" ? t`Este enlace está incompleto: ábralo como lo recibió.`
    : state.is === "trouble" ? (order ? t`El servicio no responde: esto es lo último que se supo. Se intenta de nuevo.` : t`El servicio no responde; se intenta de nuevo.`)
    : state.is === "loading" ? t`Un momento…` : "";
  return (
    <div className="link-page">
      <header><span className="link-brand"><img src="/favicon.svg" alt="" width="22" height="22" />MicroFlow</span>
        <button className="plain" lang={other} onClick={() => void setLanguage(other, true).then(() => again((n) => n + 1))}>{other === "en" ? "English" : "Español"}</button></header>
      <main className="sheet">
        {order ? <Progress order={order} position={state.is === "good" ? state.position : undefined} now={Date.now()} />
          : <h1 className="headline">{state.is === "loading" || state.is === "trouble" ? t`Su visita` : t`La orden no se puede mostrar`}</h1>}
        <p className="note" role="status">{note}</p>
      </main>
    </div>
  );
}

await setLanguage(preferredLanguage());
const link = new Link(location.hash.slice(1), languageNow);
// Another link may be opened in the same tab: it is another page.
addEventListener("hashchange", () => location.reload());
createRoot(document.getElementById("root")!).render(<I18nProvider i18n={i18n}><LinkPage link={link} /></I18nProvider>);
