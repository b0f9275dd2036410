// Who is here decides what there is: the login, a word about why there is nothing, or the desk.
import type { Session, Zone } from "@microflow/client";
import { backoffMs, readZones } from "@microflow/client";
import { preferredLanguage, setLanguage } from "@microflow/i18n";
import { Button, Empty, Spinner, ToastRegion } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { I18nProvider as AriaLocale } from "react-aria-components";
import { api, board, sessions, stream, toasts } from "./core";
import { Desk } from "./Desk";
import { LanguageButton, ThemeButton } from "./Preferences";
import { Login } from "./Login";
import { roleText } from "./texts";

type Screen =
  | { is: "asking"; isTrouble: boolean }
  | { is: "login"; hasEnded: boolean }
  | { is: "notice"; session: Session; why: "role" | "totp" | "zones" }
  | { is: "desk"; session: Session; zones: Zone[] };

export function App() {
  const { t, i18n } = useLingui();
  const [screen, setScreen] = useState<Screen>({ is: "asking", isTrouble: false });
  const retry = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tries = useRef(0);

  const begin = useCallback(async () => {
    clearTimeout(retry.current);
    const later = () => {
      setScreen((before) => (before.is === "desk" ? before : { is: "asking", isTrouble: true }));
      retry.current = setTimeout(() => void begin(), backoffMs(tries.current++));
    };
    const who = await sessions.whoAmI();
    if (who.is === "unknown") return later();
    if (who.is === "out") {
      // Nothing of one person's may be there for the next.
      board.follow([]);
      stream.stop();
      return setScreen((before) => ({ is: "login", hasEnded: before.is === "desk" }));
    }
    const { session } = who;
    await setLanguage(preferredLanguage(session.language));
    const isAdministrator = session.roles.includes("administrator");
    if (session.totp_required) return setScreen({ is: "notice", session, why: "totp" });
    if (!isAdministrator && !session.roles.includes("supervisor"))
      return setScreen({ is: "notice", session, why: "role" });
    const all = await readZones(api);
    if ("no" in all) return later();
    tries.current = 0;
    const zones = all.ok.filter((zone) => isAdministrator || session.zones.includes(zone.id))
      .sort((a, b) => a.name.localeCompare(b.name, "es"));
    if (zones.length === 0) return setScreen({ is: "notice", session, why: "zones" });
    setScreen({ is: "desk", session, zones });
    stream.start();
  }, []);

  const look = useCallback(() => void begin(), [begin]);
  const leave = useCallback(async () => {
    if (!(await sessions.logOut()))
      return toasts.show(t`No se pudo cerrar la sesión: el servidor no responde. Sigue abierta.`, { isBad: true });
    board.follow([]);
    stream.stop();
    setScreen({ is: "login", hasEnded: false });
  }, [t]);

  useEffect(() => {
    void begin();
    // A right that changed, or a session that ended elsewhere: look again who is here.
    return stream.onState((state) => {
      if (state.is !== "ended") return;
      stream.stop();
      void begin();
    });
  }, [begin]);

  return (
    <AriaLocale locale={i18n.locale === "en" ? "en-GB" : "es-CO"}>
      {screen.is === "asking" && <Asking isTrouble={screen.isTrouble} />}
      {screen.is === "login" && <Login hasEnded={screen.hasEnded} onDone={look} />}
      {screen.is === "notice" && <NoDesk {...screen} onLeave={() => void leave()} />}
      {screen.is === "desk" && <Desk session={screen.session} zones={screen.zones} onRights={look} onLeave={() => void leave()} />}
      <ToastRegion toasts={toasts} label={t`Avisos`} closeLabel={t`Cerrar`} />
    </AriaLocale>
  );
}

export function Middle({ children }: { children: ReactNode }) {
  return (
    <div className="middle">
      <div className="corner"><LanguageButton /><ThemeButton /></div>
      <main>{children}</main>
    </div>
  );
}

function Asking({ isTrouble }: { isTrouble: boolean }) {
  const { t } = useLingui();
  return (
    <Middle>
      <Empty title={isTrouble ? t`El servidor no responde` : t`Cargando`}>
        {isTrouble && <p>{t`Se intenta de nuevo, sin que usted haga nada.`}</p>}
        <Spinner label={t`Cargando`} />
      </Empty>
    </Middle>
  );
}

function NoDesk({ session, why, onLeave }: { session: Session; why: "role" | "totp" | "zones"; onLeave: () => void }) {
  const { t } = useLingui();
  const roles = session.roles.map(roleText).join(", ");
  const says = {
    role: [t`Aquí no hay nada para su cuenta`, t`El despacho es para supervisores y administradores. Su cuenta: ${roles}.`],
    totp: [t`Falta el segundo factor`, t`Su cuenta debe activar un código de autenticación antes de seguir.`],
    zones: [t`Sin zonas`, t`Su cuenta no tiene ninguna zona. Un administrador puede dársela.`],
  }[why];
  return (
    <Middle>
      <Empty title={says[0]!}>
        <p>{says[1]}</p>
        <Button icon="out" onPress={onLeave}>{t`Salir`}</Button>
      </Empty>
    </Middle>
  );
}
