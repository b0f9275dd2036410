// A client's own orders: what is open, what was, one of them, and a new request.
import { LanguageButton, Live, ThemeButton, serverNow, useHash, useNow } from "@microflow/app";
import { toneOf } from "@microflow/app/texts";
import { day, span } from "@microflow/app/time";
import type { ClientOrderRow, Session } from "@microflow/client";
import { Button, Empty, Mark, Notice, Spinner } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useSyncExternalStore } from "react";
import type { Orders } from "./App";
import { NewRequest } from "./NewRequest";
import { OrderPage } from "./OrderPage";
import { headlineOf } from "./Progress";
import { isOpen } from "./steps";

export function Home({ orders, session, onLeave }: { orders: Orders; session: Session; onLeave: () => void }) {
  const { t } = useLingui();
  const { rows, isComplete, isStale, refused } = useSyncExternalStore(orders.subscribe, orders.snapshot);
  const [hash, go] = useHash();
  const now = useNow(30_000);
  const newest = rows.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
  const open = newest.filter((row) => isOpen(row.status)), ended = newest.filter((row) => !isOpen(row.status));
  return (
    <div className="client-page">
      <header className="client-top">
        {hash ? <Button look="quiet" icon="left" label={t`Mis solicitudes`} onPress={() => go("")} />
          : <h1 className="link-brand"><img src="/favicon.svg" alt="" width="22" height="22" />MicroFlow</h1>}
        <Live isStale={isStale} />
        <span className="grow" />
        <LanguageButton /><ThemeButton />
        <Button look="quiet" icon="out" label={t`Salir`} onPress={onLeave} />
      </header>
      {hash && hash !== "new" ? <OrderPage key={hash} id={hash} /> : (
        <main className="sheet list-sheet">
          <div className="row-line"><h2>{t`Mis solicitudes`}</h2><Button look="primary" icon="plus" onPress={() => go("new")}>{t`Pedir una visita`}</Button></div>
          {refused && <Notice tone="danger">{refused.detail ?? refused.code}</Notice>}
          {!isComplete && !refused && <div className="empty"><Spinner label={t`Cargando`} /></div>}
          {isComplete && rows.length === 0 && <Empty title={t`Todavía no ha pedido nada`}><p>{t`Cuando pida una visita, aquí ve cuándo va alguien y quién.`}</p></Empty>}
          {open.length > 0 && <List rows={open} now={now} onOpen={go} label={t`Abiertas`} />}
          {ended.length > 0 && <><h3 className="muted">{t`Anteriores`}</h3><List rows={ended} now={now} onOpen={go} label={t`Anteriores`} /></>}
        </main>
      )}
      {hash === "new" && <NewRequest client={session.client!} now={serverNow()} onClose={() => go("")} onMade={go} />}
    </div>
  );
}

function List({ rows, now, label, onOpen }: { rows: readonly ClientOrderRow[]; now: number; label: string; onOpen: (id: string) => void }) {
  const { t } = useLingui();
  return (
    <ul className="orders" aria-label={label}>
      {rows.map((row) => (
        <li key={row.id}><button onClick={() => onOpen(row.id)}>
          <span className="row-line"><b className="cut">{row.title}</b><Mark tone={toneOf[row.status]}>{headlineOf(row.status)}</Mark></span>
          <span className="muted small">{[row.type_name, row.address ?? row.site_name].filter(Boolean).join(" · ")}</span>
          <span className="muted small num">{row.slot && isOpen(row.status) ? t`Visita ${span(row.slot.from, row.slot.to, now)}` : t`Pedida el ${day(row.created_at)}`}
            {row.technician_name && isOpen(row.status) && ` · ${row.technician_name}`}</span>
        </button></li>
      ))}
    </ul>
  );
}
