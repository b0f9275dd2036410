// Who may come in, as what: made with an invitation, changed, unlocked, closed.
import { api, roleText, useAnswer } from "@microflow/app";
import { when } from "@microflow/app/time";
import { answerOf, readZones, type Account, type AccountRow, type Answer, type Role, type Session, type Zone } from "@microflow/client";
import { Button, Chip, Dialog, DialogActions, FindField, Mark, Notice, SearchField, Select, Spinner, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { Head, Listing, merge, told, usePages, wordsOf } from "./core";

const roles: readonly Role[] = ["client", "technician", "supervisor", "operator", "administrator"];
interface Link { username: string; token: string; expires_at: string }

export function Accounts({ me }: { me: Session }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const pages = usePages<AccountRow>((cursor) => answerOf(api.client.GET("/v1/accounts",
    { params: { query: { limit: 50, ...(text.trim() ? { q: text.trim() } : {}), ...(cursor ? { cursor } : {}) } } })), [text]);
  const [zones] = useAnswer(() => readZones(api), []);
  const [chosen, setChosen] = useState("");
  const [isMaking, setMaking] = useState(false);
  const [link, setLink] = useState<Link>();
  const known = zones && "ok" in zones ? zones.ok : [];
  const invite = async (id: string, username: string) => {
    const made = await told(answerOf(api.client.POST("/v1/accounts/{id}/invite", { params: { path: { id } } })), t`Invitación hecha`);
    if (made) setLink({ username, token: made.token, expires_at: made.expires_at });
  };
  return (
    <>
      <Head title={t`Cuentas`}><Button look="primary" icon="plus" onPress={() => setMaking(true)}>{t`Cuenta nueva`}</Button></Head>
      <SearchField label={t`Buscar por nombre de usuario`} clearLabel={t`Borrar la búsqueda`} value={text} onChange={setText} />
      <Listing pages={pages} head={[t`Usuario`, t`Es`, t`Estado`, t`Desde`]} empty={t`Ninguna cuenta es así`}>
        {(row) => (
          <tr key={row.id}>
            <td><button className="link" onClick={() => setChosen(row.id)}>{row.username}</button></td>
            <td>{(row.roles ?? []).map(roleText).join(", ")}</td>
            <td><State row={row} /></td>
            <td className="num muted">{when(row.created_at, Date.now())}</td>
          </tr>
        )}
      </Listing>
      {chosen && <OneAccount key={chosen} id={chosen} me={me} zones={known} onInvite={invite} onClose={() => { setChosen(""); pages.again(); }} />}
      {isMaking && <NewAccount zones={known} onClose={() => setMaking(false)} onMade={(id, username) => { setMaking(false); pages.again(); void invite(id, username); }} />}
      {link && <LinkDialog link={link} onClose={() => setLink(undefined)} />}
    </>
  );
}

function State({ row }: { row: AccountRow }) {
  const { t } = useLingui();
  const isLocked = row.locked_until !== undefined && Date.parse(row.locked_until) > Date.now();
  return (
    <span className="marks">
      {row.disabled ? <Mark tone="ended">{t`Desactivada`}</Mark> : isLocked ? <Mark tone="danger">{t`Bloqueada`}</Mark>
        : row.has_password === false ? <Mark tone="waiting">{t`Invitada`}</Mark> : <Mark tone="ok">{t`Activa`}</Mark>}
      {row.totp && <Mark tone="planned" isPlain>{t`segundo factor`}</Mark>}
    </span>
  );
}

/** The link that the invited opens, once: it is not shown again. */
function LinkDialog({ link, onClose }: { link: Link; onClose: () => void }) {
  const { t } = useLingui();
  const [isCopied, setCopied] = useState(false);
  const text = `${location.origin}/invite#${link.token}`, { username } = link, until = when(link.expires_at, Date.now());
  return (
    <Dialog title={t`Invitación para ${username}`} onClose={onClose} isWide>
      <p>{t`Envíele este enlace: con él escoge su contraseña. Vale hasta el ${until} y no se vuelve a mostrar.`}</p>
      <code className="secret">{text}</code>
      <DialogActions>
        <Button onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>{isCopied ? t`Copiado` : t`Copiar`}</Button>
        <Button look="primary" onPress={onClose}>{t`Listo`}</Button>
      </DialogActions>
    </Dialog>
  );
}

export interface Rights { roles: Role[]; zones: string[]; technician: string; client: string }
function RightsForm({ rights, zones, onChange }: { rights: Rights; zones: readonly Zone[]; onChange: (rights: Rights) => void }) {
  const { t } = useLingui();
  const toggled = <T,>(all: readonly T[], one: T, isOn: boolean) => (isOn ? [...all, one] : all.filter((each) => each !== one));
  return (
    <>
      <div className="field" role="group" aria-label={t`Es`}><span className="label">{t`Es`}</span>
        <div className="chips">{roles.map((role) => <Chip key={role} isSelected={rights.roles.includes(role)} onChange={(isOn) => onChange({ ...rights, roles: toggled(rights.roles, role, isOn) })}>{roleText(role)}</Chip>)}</div></div>
      {rights.roles.includes("supervisor") && (
        <div className="field" role="group" aria-label={t`Sus zonas`}><span className="label">{t`Sus zonas`}</span>
          <div className="chips">{zones.map((zone) => <Chip key={zone.id} isSelected={rights.zones.includes(zone.id)} onChange={(isOn) => onChange({ ...rights, zones: toggled(rights.zones, zone.id, isOn) })}>{zone.name}</Chip>)}</div></div>
      )}
      {rights.roles.includes("technician") && <Find label={t`Qué técnico`} kind="technicians" value={rights.technician} onChange={(technician) => onChange({ ...rights, technician })} />}
      {rights.roles.includes("client") && <Find label={t`Qué cliente`} kind="clients" value={rights.client} onChange={(client) => onChange({ ...rights, client })} />}
    </>
  );
}

function Find({ label, kind, value, onChange }: { label: string; kind: "technicians" | "clients"; value: string; onChange: (id: string) => void }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ id: string; text: string }[]>([]);
  useEffect(() => {
    if (!value || text) return;
    const path = { params: { path: { id: value } } };
    void (kind === "technicians" ? answerOf(api.client.GET("/v1/technicians/{id}", path)) : answerOf(api.client.GET("/v1/clients/{id}", path)))
      .then((answer) => { if ("ok" in answer) setText((answer.ok as { name: string }).name); });
  }, [value, kind]);
  useEffect(() => {
    if (text.trim().length < 2) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      const query = { params: { query: { q: text.trim(), limit: 8 } } };
      const answer = await (kind === "technicians" ? answerOf(api.client.GET("/v1/technicians", query)) : answerOf(api.client.GET("/v1/clients", query)));
      if (!isOver && "ok" in answer) setFound((answer.ok.data as { id: string; name: string }[]).map((one) => ({ id: one.id, text: one.name })));
    }, 150);
    return () => { isOver = true; clearTimeout(timer); };
  }, [text, kind]);
  return <FindField label={label} emptyText={t`Nadie con ese nombre`} text={text} found={found}
    onText={(typed) => { setText(typed); if (value && typed !== found.find(({ id }) => id === value)?.text) onChange(""); }}
    onPick={(id) => { onChange(id); setText(found.find((one) => one.id === id)?.text ?? ""); }} />;
}

const bodyOf = (rights: Rights) => ({ roles: rights.roles, ...(rights.roles.includes("supervisor") ? { zones: rights.zones } : {}),
  ...(rights.roles.includes("technician") && rights.technician ? { technician: rights.technician } : {}),
  ...(rights.roles.includes("client") && rights.client ? { client: rights.client } : {}) });
const isWhole = ({ roles: all, technician, client }: Rights) => all.length > 0 && (!all.includes("technician") || technician !== "") && (!all.includes("client") || client !== "");

function NewAccount({ zones, onClose, onMade }: { zones: readonly Zone[]; onClose: () => void; onMade: (id: string, username: string) => void }) {
  const { t } = useLingui();
  const [username, setUsername] = useState("");
  const [language, setLanguage] = useState("es");
  const [rights, setRights] = useState<Rights>({ roles: [], zones: [], technician: "", client: "" });
  const key = useRef(crypto.randomUUID());
  const send = async () => {
    const answer = await answerOf(api.client.POST("/v1/accounts", { params: { header: { "Idempotency-Key": key.current } }, body: { username: username.trim(), language, ...bodyOf(rights) } }));
    const made = await told(Promise.resolve(answer), t`Cuenta creada`);
    if (made) return onMade(made.id, username.trim());
    if ("no" in answer && answer.no.status !== 0) key.current = crypto.randomUUID();
  };
  return (
    <Dialog title={t`Cuenta nueva`} onClose={onClose} isWide>
      <form className="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <TextField label={t`Usuario`} value={username} onChange={setUsername} isRequired autoFocus autoComplete="off" maxLength={64} />
        <RightsForm rights={rights} zones={zones} onChange={setRights} />
        <Select label={t`Idioma`} value={language} onChange={setLanguage} choices={[{ id: "es", text: "Español" }, { id: "en", text: "English" }]} />
        <p className="muted">{t`No lleva contraseña: al crearla sale un enlace de invitación.`}</p>
        <DialogActions><Button onPress={onClose}>{t`Volver`}</Button><Button type="submit" look="primary" isDisabled={!username.trim() || !isWhole(rights)}>{t`Crear e invitar`}</Button></DialogActions>
      </form>
    </Dialog>
  );
}

function OneAccount({ id, me, zones, onInvite, onClose }: { id: string; me: Session; zones: readonly Zone[]; onInvite: (id: string, username: string) => void; onClose: () => void }) {
  const { t } = useLingui();
  const [answer, again] = useAnswer(() => answerOf(api.client.GET("/v1/accounts/{id}", { params: { path: { id } } })), [id]);
  const account = answer && "ok" in answer ? (answer.ok as Account) : undefined;
  const [rights, setRights] = useState<Rights>();
  const now = account && (rights ?? { roles: account.roles ?? [], zones: account.zones ?? [], technician: account.technician ?? "", client: account.client ?? "" });
  const etag = answer && "ok" in answer ? answer.headers.get("ETag") ?? "" : "";
  const path = { path: { id } };
  const patch = async (body: object, done: string) => {
    if (await told(answerOf(api.client.PATCH("/v1/accounts/{id}", { params: { ...path, header: { "If-Match": etag } }, headers: merge, body: body as never })), done)) {
      setRights(undefined);
      again();
    }
  };
  const act = async (call: Promise<Answer<unknown>>, done: string) => { if (await told(call, done)) again(); };
  const isMe = id === me.account, isLocked = account?.locked_until !== undefined && Date.parse(account.locked_until) > Date.now();
  return (
    <Dialog title={account?.username ?? t`Cuenta`} onClose={onClose} isWide>
      {!answer && <Spinner label={t`Cargando`} />}
      {answer && "no" in answer && <Notice tone="danger">{wordsOf(answer.no)}</Notice>}
      {account && now && (
        <div className="form">
          <State row={account} />
          <RightsForm rights={now} zones={zones} onChange={setRights} />
          {rights && <div className="row-line"><span className="muted small">{t`Al cambiar permisos se cierran sus sesiones.`}</span>
            <Button look="primary" isDisabled={!isWhole(rights)} onPress={() => void patch(bodyOf(rights), t`Permisos cambiados`)}>{t`Guardar`}</Button></div>}
          <h3>{t`Sesiones`}</h3>
          {(account.sessions?.length ?? 0) === 0 && <p className="muted">{t`Ninguna abierta.`}</p>}
          <ul className="lines">{account.sessions?.map((one) => <li key={one.id}><span className="num grow">{when(one.opened_at, Date.now())} → {when(one.expires_at, Date.now())}</span>
            <Button isSmall onPress={() => void act(answerOf(api.client.POST("/v1/accounts/{id}/close_session", { params: path, body: { session: one.id } })), t`Sesión cerrada`)}>{t`Cerrar`}</Button></li>)}</ul>
          <div className="choices">
            <Button onPress={() => onInvite(id, account.username)}>{account.has_password === false ? t`Invitar otra vez` : t`Enlace para otra contraseña`}</Button>
            {isLocked && <Button onPress={() => void act(answerOf(api.client.POST("/v1/accounts/{id}/unlock", { params: path, body: {} })), t`Desbloqueada`)}>{t`Desbloquear`}</Button>}
            {account.totp && !isMe && <Button onPress={() => void act(answerOf(api.client.POST("/v1/accounts/{id}/set_totp", { params: path, body: {} })), t`Segundo factor quitado`)}>{t`Quitar el segundo factor`}</Button>}
            {!isMe && <Button look={account.disabled ? "plain" : "danger"} onPress={() => void patch({ disabled: !account.disabled }, account.disabled ? t`Cuenta activada` : t`Cuenta desactivada`)}>{account.disabled ? t`Activar` : t`Desactivar`}</Button>}
          </div>
        </div>
      )}
      <DialogActions><Button look="primary" onPress={onClose}>{t`Cerrar`}</Button></DialogActions>
    </Dialog>
  );
}
