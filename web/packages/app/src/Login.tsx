import type { Refusal } from "@microflow/client";
import { Button, Notice, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState, type FormEvent } from "react";
import { sessions } from "./core";
import { sentence } from "./texts";

export function Login({ subtitle, hasEnded, onDone }: { subtitle: string; hasEnded: boolean; onDone: () => void }) {
  const { t } = useLingui();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isCodeAsked, setCodeAsked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [why, setWhy] = useState<Refusal>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setWhy(undefined);
    const login = await sessions.logIn(username.trim(), password, isCodeAsked && code ? code.replace(/\s/g, "") : undefined);
    setBusy(false);
    if (login.is === "in") return onDone();
    if (login.is === "code_required") return setCodeAsked(true);
    setWhy(login.why);
    setCode("");
  };
  const seconds = Math.ceil((why?.retryAfterMs ?? 0) / 1000);
  return (
    <form className="login" onSubmit={(event) => void submit(event)} aria-label={t`Entrar`}>
      <h1><img src="/favicon.svg" alt="" width="28" height="28" /> MicroFlow</h1>
      <p className="muted">{subtitle}</p>
      <TextField label={t`Usuario`} value={username} onChange={setUsername} autoComplete="username" isRequired autoFocus />
      <TextField label={t`Contraseña`} type="password" value={password} onChange={setPassword}
        autoComplete="current-password" isRequired />
      {isCodeAsked && <TextField label={t`Código del autenticador`} value={code} onChange={setCode} inputMode="numeric"
        autoComplete="one-time-code" maxLength={8} isRequired autoFocus />}
      {!why && hasEnded && <Notice tone="warn" icon="info">{t`Su sesión terminó, o cambiaron sus permisos. Entre de nuevo.`}</Notice>}
      {why && <Notice tone="danger">
        {why.status === 0 ? t`El servidor no responde. Intente de nuevo.`
          : seconds > 0 ? t`Demasiados intentos. Espere ${seconds} s.`
          : isCodeAsked ? t`El usuario, la contraseña o el código no son correctos.`
          : sentence(why.detail) || t`No se pudo entrar.`}
      </Notice>}
      <Button type="submit" look="primary" isDisabled={isBusy}>{isBusy ? t`Entrando…` : t`Entrar`}</Button>
    </form>
  );
}
