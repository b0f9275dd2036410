// Who is here decides which sections there are: what is not yours isn't in the page.
import { Elsewhere, Gate, LanguageButton, Live, ThemeButton, useHash, type Inside } from "@microflow/app";
import { Button, Notice } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Accounts } from "./Accounts";
import { Audit } from "./Audit";
import { Policies, Reasons, Types, Zones } from "./Catalogue";
import { Letters } from "./Letters";
import { Nodes } from "./Nodes";
import { OwnAccount } from "./OwnAccount";
import { Technicians } from "./Technicians";

export function App() {
  const { t } = useLingui();
  return (
    <Gate subtitle={t`Administración y operación`} enter={async (session) => ({ in: session })} onOut={() => {}}>
      {(_, inside) => <Rooms {...inside} />}
    </Gate>
  );
}

interface Room { id: string; name: string; show: () => ReactNode }

function Rooms({ session, onRights, onLeave }: Inside) {
  const { t } = useLingui();
  const [hash, go] = useHash();
  const is = (role: string) => session.roles.includes(role);
  const own: Room = { id: "account", name: t`Mi cuenta`, show: () => <OwnAccount session={session} onChanged={onRights} /> };
  const rooms: Room[] = session.totp_required ? [own] : [
    ...(is("administrator") ? [
      { id: "accounts", name: t`Cuentas`, show: () => <Accounts me={session} /> },
      { id: "technicians", name: t`Técnicos`, show: () => <Technicians /> },
      { id: "zones", name: t`Zonas`, show: () => <Zones /> },
      { id: "types", name: t`Tipos de orden`, show: () => <Types /> },
      { id: "policies", name: t`Plazos`, show: () => <Policies /> },
      { id: "reasons", name: t`Motivos`, show: () => <Reasons /> },
      { id: "audit", name: t`Auditoría`, show: () => <Audit /> },
    ] : []),
    ...(is("operator") || is("administrator") ? [
      { id: "nodes", name: t`Nodos`, show: () => <Nodes /> },
      { id: "letters", name: t`Cartas muertas`, show: () => <Letters /> },
    ] : []),
    own,
  ];
  const room = rooms.find((one) => one.id === hash) ?? rooms[0]!;
  return (
    <div className="admin">
      <header className="admin-top">
        <h1 className="brand"><img src="/favicon.svg" alt="" width="22" height="22" />MicroFlow</h1>
        <Live />
        <span className="grow" />
        <span className="muted small">{session.username}</span>
        <LanguageButton /><ThemeButton />
        <Button look="quiet" isSmall icon="out" label={t`Salir`} onPress={onLeave} />
      </header>
      <div className="admin-body">
        <nav aria-label={t`Secciones`}>
          {rooms.map((one) => <a key={one.id} href={`#${one.id}`} aria-current={one === room ? "page" : undefined} onClick={(event) => { event.preventDefault(); go(one.id); }}>{one.name}</a>)}
          <Elsewhere roles={session.roles} here="/admin" />
        </nav>
        <main key={room.id} aria-label={room.name}>
          {session.totp_required && <Notice tone="warn">{t`Su cuenta debe activar un segundo factor antes de seguir.`}</Notice>}
          {room.show()}
        </main>
      </div>
    </div>
  );
}
