// The page of an invitation, /invite#inv_…: the invited chooses a password, once.
import { LanguageButton, ThemeButton, api, start } from "@microflow/app";
import { answerOf, type Refusal } from "@microflow/client";
import { Button, Notice, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState, type FormEvent } from "react";
import { wordsOf } from "./core";
import "@microflow/ui/styles.css";
import "@microflow/app/app.css";
import "./admin.css";

const token = location.hash.slice(1);

function Invitation() {
  const { t } = useLingui();
  const [password, setPassword] = useState(""), [again, setAgain] = useState("");
  const [isDone, setDone] = useState(false), [isBusy, setBusy] = useState(false);
  const [why, setWhy] = useState<Refusal>();
  const isSame = password === again;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || !isSame) return;
    setBusy(true);
    const answer = await answerOf(api.client.POST("/v1/invitations", { body: { token, password } }));
    setBusy(false);
    if ("no" in answer) return setWhy(answer.no);
    // It is used up; nobody who looks at this screen later finds it in the address.
    history.replaceState(null, "", location.pathname);
    setDone(true);
  };
  const places: [string, string, string][] = [["/dispatch", t`Despacho`, t`supervisores y administradores`], ["/field", t`Visitas`, t`técnicos`],
    ["/track", t`Solicitudes`, t`clientes`], ["/admin", t`Administración`, t`administradores y operadores`]];
  return (
    <div className="middle">
      <div className="corner"><LanguageButton /><ThemeButton /></div>
      <main className="login">
        <h1><img src="/favicon.svg" alt="" width="28" height="28" /> MicroFlow</h1>
        {isDone ? (
          <>
            <Notice tone="ok" icon="check">{t`Su contraseña está lista. Ya puede entrar.`}</Notice>
            <ul className="lines">{places.map(([href, name, who]) => <li key={href}><a href={href}>{name}</a><span className="muted">{who}</span></li>)}</ul>
          </>
        ) : !token ? <Notice tone="warn">{t`Este enlace está incompleto: ábralo como lo recibió.`}</Notice> : (
          <form className="form" onSubmit={(event) => void send(event)}>
            <p>{t`Le invitaron a usar MicroFlow. Escoja una contraseña.`}</p>
            <TextField label={t`Contraseña`} type="password" value={password} onChange={setPassword} autoComplete="new-password" isRequired autoFocus />
            <TextField label={t`Otra vez`} type="password" value={again} onChange={setAgain} autoComplete="new-password" isRequired error={again && !isSame ? t`No son iguales` : undefined} />
            {why && <Notice tone="danger">{why.status === 401 || why.status === 404 ? t`Esta invitación ya no vale: pida otra a quien se la envió.` : why.status === 0 ? t`El servidor no responde. Intente de nuevo.` : wordsOf(why)}</Notice>}
            <Button type="submit" look="primary" isDisabled={isBusy || !password || !isSame}>{t`Guardar la contraseña`}</Button>
          </form>
        )}
      </main>
    </div>
  );
}

await start(<Invitation />);
