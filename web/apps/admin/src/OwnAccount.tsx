// One's own account: password, second factor, and where one is logged in.
import { api, useAnswer } from "@microflow/app";
import { when } from "@microflow/app/time";
import { answerOf, type Session } from "@microflow/client";
import { Button, Mark, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useMemo, useState, type FormEvent } from "react";
import { Head, told } from "./core";
import { Qr } from "./Qr";
import { newSecret, uriOf } from "./totp";

export function OwnAccount({ session, onChanged }: { session: Session; onChanged: () => void }) {
  const { t } = useLingui();
  return (
    <>
      <Head title={t`Mi cuenta`}><span className="muted">{session.username}</span></Head>
      <div className="cards">
        <SecondFactor session={session} onChanged={onChanged} />
        {!session.totp_required && <Password session={session} />}
        {!session.totp_required && <Sessions session={session} />}
      </div>
    </>
  );
}

function SecondFactor({ session, onChanged }: { session: Session; onChanged: () => void }) {
  const { t } = useLingui();
  const [isSetting, setSetting] = useState(session.totp_required);
  const [password, setPassword] = useState(""), [code, setCode] = useState(""), [current, setCurrent] = useState("");
  const secret = useMemo(newSecret, []);
  const digits = (text: string) => text.replace(/\s/g, "");
  const set = async (event: FormEvent) => {
    event.preventDefault();
    const body = { secret, code: digits(code), current_password: password, ...(session.totp ? { current_code: digits(current) } : {}) };
    if (await told(answerOf(api.client.POST("/v1/accounts/{id}/set_totp", { params: { path: { id: session.account } }, body })), t`Segundo factor activado`)) {
      setSetting(false);
      setPassword("");
      setCode("");
      onChanged();
    }
  };
  const off = async () => {
    if (await told(answerOf(api.client.POST("/v1/accounts/{id}/set_totp", { params: { path: { id: session.account } }, body: { current_password: password, code: digits(current) } })), t`Segundo factor quitado`)) {
      setPassword("");
      setCurrent("");
      onChanged();
    }
  };
  return (
    <section className="card" aria-label={t`Segundo factor`}>
      <h3>{t`Segundo factor`} {session.totp ? <Mark tone="ok">{t`Activo`}</Mark> : <Mark tone="ended">{t`Inactivo`}</Mark>}</h3>
      {!isSetting && <p className="muted">{t`Además de la contraseña, al entrar se pide el código de una aplicación de su teléfono.`}</p>}
      {!isSetting && <div className="choices"><Button look={session.totp ? "plain" : "primary"} icon="key" onPress={() => setSetting(true)}>{session.totp ? t`Cambiar de teléfono` : t`Activar`}</Button></div>}
      {!isSetting && session.totp && (
        <details><summary>{t`Quitarlo`}</summary>
          <div className="form">
            <TextField label={t`Contraseña`} type="password" value={password} onChange={setPassword} autoComplete="current-password" />
            <TextField label={t`Código del autenticador`} value={current} onChange={setCurrent} inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
            <Button look="danger" isDisabled={!password || !current} onPress={() => void off()}>{t`Quitar el segundo factor`}</Button>
          </div>
        </details>
      )}
      {isSetting && (
        <form className="form" onSubmit={(event) => void set(event)}>
          <p>{t`1. Escanee esto con su aplicación de códigos, o escriba la clave.`}</p>
          <Qr text={uriOf(secret, session.username)} label={t`Código QR con la clave`} />
          <code className="secret">{secret.match(/.{1,4}/g)!.join(" ")}</code>
          <TextField label={t`2. El código que muestra`} value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" maxLength={8} isRequired />
          <TextField label={t`3. Su contraseña`} type="password" value={password} onChange={setPassword} autoComplete="current-password" isRequired />
          {session.totp && <TextField label={t`Código del teléfono anterior`} value={current} onChange={setCurrent} inputMode="numeric" maxLength={8} isRequired />}
          <div className="choices"><Button type="submit" look="primary" isDisabled={!code || !password}>{t`Activar`}</Button>
            {!session.totp_required && <Button onPress={() => setSetting(false)}>{t`Volver`}</Button>}</div>
        </form>
      )}
    </section>
  );
}

function Password({ session }: { session: Session }) {
  const { t } = useLingui();
  const [old, setOld] = useState(""), [next, setNext] = useState(""), [again, setAgain] = useState(""), [code, setCode] = useState("");
  const isSame = next === again;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const body = { current_password: old, password: next, ...(session.totp ? { code: code.replace(/\s/g, "") } : {}) };
    if (await told(answerOf(api.client.POST("/v1/accounts/{id}/set_password", { params: { path: { id: session.account } }, body })), t`Contraseña cambiada`)) {
      setOld("");
      setNext("");
      setAgain("");
      setCode("");
    }
  };
  return (
    <section className="card" aria-label={t`Contraseña`}>
      <h3>{t`Contraseña`}</h3>
      <form className="form" onSubmit={(event) => void send(event)}>
        <input type="text" name="username" autoComplete="username" value={session.username} readOnly hidden />
        <TextField label={t`La de ahora`} type="password" value={old} onChange={setOld} autoComplete="current-password" isRequired />
        <TextField label={t`La nueva`} type="password" value={next} onChange={setNext} autoComplete="new-password" isRequired />
        <TextField label={t`La nueva, otra vez`} type="password" value={again} onChange={setAgain} autoComplete="new-password" isRequired error={again && !isSame ? t`No son iguales` : undefined} />
        {session.totp && <TextField label={t`Código del autenticador`} value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" maxLength={8} isRequired />}
        <div className="choices"><Button type="submit" look="primary" isDisabled={!old || !next || !isSame}>{t`Cambiar la contraseña`}</Button></div>
      </form>
    </section>
  );
}

function Sessions({ session }: { session: Session }) {
  const { t } = useLingui();
  const [answer, again] = useAnswer(() => answerOf(api.client.GET("/v1/sessions/own")), []);
  const rows = answer && "ok" in answer ? answer.ok.data : [];
  return (
    <section className="card" aria-label={t`Sesiones`}>
      <h3>{t`Sesiones`}</h3>
      <ul className="lines">{rows.map((one) => <li key={one.id}><span className="num grow">{when(one.opened_at, Date.now())} → {when(one.expires_at, Date.now())}</span>{one.id === session.session && <Mark tone="ok">{t`esta`}</Mark>}</li>)}</ul>
      {rows.length > 1 && <div className="choices"><Button onPress={async () => { if (await told(answerOf(api.client.DELETE("/v1/sessions/others")).then((done) => ("ok" in done ? { ...done, ok: true } : done)), t`Las demás están cerradas`)) again(); }}>{t`Cerrar las demás`}</Button></div>}
    </section>
  );
}
