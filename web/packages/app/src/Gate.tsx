// Who is here decides what there is: the login, a word about why there is nothing, or the application.
import type { Session } from "@microflow/client";
import { backoffMs } from "@microflow/client";
import { preferredLanguage, setLanguage } from "@microflow/i18n";
import { Button, Empty, Spinner, ToastRegion } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { I18nProvider as AriaLocale } from "react-aria-components";
import { sessions, stream, toasts } from "./core";
import { Elsewhere } from "./Elsewhere";
import { LanguageButton, ThemeButton } from "./Preferences";
import { Login } from "./Login";

/** What comes of somebody who has logged in. */
export type Entrance<T> =
  | { in: T }
  /** The server can't say now: asked again by itself. */
  | { later: true }
  /** Nothing is here for this account, and why. */
  | { notice: { title: string; text: string } };
export interface Inside { session: Session; onRights: () => void; onLeave: () => void }

type Screen<T> =
  | { is: "asking"; isTrouble: boolean }
  | { is: "login"; hasEnded: boolean }
  | { is: "notice"; title: string; text: string; session: Session }
  | { is: "in"; session: Session; value: T };

export function Gate<T>({ subtitle, enter, onOut, known, leave, children }: {
  /** What this is, below the name on the login. */
  subtitle: string;
  enter: (session: Session) => Promise<Entrance<T>>;
  /** Nothing of one person's may be there for the next. */
  onOut: () => void;
  /** Who was here last, for an application that works while the server is out of reach. */
  known?: () => Promise<Session | undefined>;
  /** Asked before the session is closed; false: not now. */
  leave?: () => Promise<boolean>;
  children: (value: T, inside: Inside) => ReactNode;
}) {
  const { t, i18n } = useLingui();
  const [screen, setScreen] = useState<Screen<T>>({ is: "asking", isTrouble: false });
  const retry = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tries = useRef(0);
  const given = useRef({ enter, onOut, known, leave });
  given.current = { enter, onOut, known, leave };

  const begin = useCallback(async () => {
    clearTimeout(retry.current);
    const later = () => {
      setScreen((before) => (before.is === "in" ? before : { is: "asking", isTrouble: true }));
      retry.current = setTimeout(() => void begin(), backoffMs(tries.current++));
    };
    const who = await sessions.whoAmI();
    let session: Session | undefined;
    if (who.is === "unknown") {
      session = await given.current.known?.();
      if (!session) return later();
    } else if (who.is === "out") {
      given.current.onOut();
      stream.stop();
      return setScreen((before) => ({ is: "login", hasEnded: before.is === "in" }));
    } else {
      session = who.session;
    }
    await setLanguage(preferredLanguage(session.language));
    const found = await given.current.enter(session);
    if ("later" in found) return later();
    tries.current = 0;
    if ("notice" in found) return setScreen({ is: "notice", ...found.notice, session });
    setScreen({ is: "in", session, value: found.in });
    stream.start();
  }, []);

  const look = useCallback(() => void begin(), [begin]);
  const goOut = useCallback(async () => {
    if (given.current.leave && !(await given.current.leave())) return;
    if (!(await sessions.logOut()))
      return void toasts.show(t`No se pudo cerrar la sesión: el servidor no responde. Sigue abierta.`, { isBad: true });
    given.current.onOut();
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

  const leaveNow = () => void goOut();
  return (
    <AriaLocale locale={i18n.locale === "en" ? "en-GB" : "es-CO"}>
      {screen.is === "asking" && (
        <Middle>
          <Empty title={screen.isTrouble ? t`El servidor no responde` : t`Cargando`}>
            {screen.isTrouble && <p>{t`Se intenta de nuevo, sin que usted haga nada.`}</p>}
            <Spinner label={t`Cargando`} />
          </Empty>
        </Middle>
      )}
      {screen.is === "login" && <Middle><Login subtitle={subtitle} hasEnded={screen.hasEnded} onDone={look} /></Middle>}
      {screen.is === "notice" && (
        <Middle>
          <Empty title={screen.title}>
            <p>{screen.text}</p>
            {screen.session.totp_required ? <p><a href="/admin#account">{t`Activar el segundo factor`}</a></p>
              : <p className="places"><Elsewhere roles={screen.session.roles} here={location.pathname} /></p>}
            <Button icon="out" onPress={leaveNow}>{t`Salir`}</Button>
          </Empty>
        </Middle>
      )}
      {screen.is === "in" && children(screen.value, { session: screen.session, onRights: look, onLeave: leaveNow })}
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
