// The technician's phone: the day, one visit, what is unsent, and the phone itself.
import { Live, useHash, useNow, useStreamState } from "@microflow/app";
import { lasting } from "@microflow/app/time";
import { stream, toasts } from "@microflow/app";
import type { Session } from "@microflow/client";
import { Button, Icon, Notice } from "@microflow/ui";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { clockError, type Pocket } from "./core";
import type { DaySnapshot } from "./day";
import { Outgoing } from "./Outgoing";
import { Settings } from "./Settings";
import { Today } from "./Today";
import { shownOf, type Shown, type Verb } from "./visit";
import { VisitPage } from "./VisitPage";
import type { OutboxSnapshot, AgendaLine } from "@microflow/client";
import { useStorage, type Storage } from "./storage";

export interface Job {
  id: string; line: AgendaLine; title: string; from: number; to: number; shown: Shown;
  /** Since when the server takes this phone to be at the site, by its clock. */
  thereSince: string | undefined;
}
export interface Here {
  pocket: Pocket;
  day: DaySnapshot;
  outbox: OutboxSnapshot;
  jobs: readonly Job[];
  storage: Storage;
  clockAhead: number;
  /** Kept first, then sent; tells when the phone has no room for it. `at`: when it was, by the phone's clock. */
  order: (verb: Verb, id: string, title: string, params?: Record<string, unknown>, at?: number) => Promise<boolean>;
  open: (hash: string) => void;
  onLeave: () => void;
}
const Context = createContext<Here | undefined>(undefined);
export const useHere = () => useContext(Context)!;

export function Phone({ pocket, onLeave }: { pocket: Pocket; session: Session; onRights: () => void; onLeave: () => void }) {
  const { t } = useLingui();
  const day = useSyncExternalStore(pocket.day.subscribe, pocket.day.snapshot);
  const outbox = useSyncExternalStore(pocket.outbox.subscribe, pocket.outbox.snapshot);
  const [hash, open] = useHash();
  const [told, setTold] = useState<number>();
  useEffect(() => stream.on("cfg", ({ clock_offset_ms: ahead }) => { if (ahead !== undefined) setTold(ahead); }), []);
  const state = useStreamState();
  // A connection says anew how the clocks stand.
  useEffect(() => { if (state.is === "open") setTold(undefined); }, [state.is]);
  const clockAhead = clockError(told), wrong = lasting(clockAhead);
  const storage = useStorage(pocket);

  const jobs = useMemo(() => day.lines.flatMap((line): Job[] => {
    const order = day.orders.get(line.order)?.order, row = line.row;
    const known = order && row ? (order.version >= row.version ? order : row) : (row ?? order);
    if (!known) return [];
    return [{ id: line.order, line, title: known.title, from: Date.parse(line.from), to: Date.parse(line.to),
      shown: shownOf(known, outbox.queued, outbox.sent), thereSince: known.arrival_proposed_at }];
  }).sort((a, b) => a.from - b.from), [day, outbox]);

  const here: Here = {
    pocket, day, outbox, jobs, storage, clockAhead, open, onLeave,
    order: async (verb, id, title, params = {}, at) => {
      try {
        await pocket.outbox.add(`orders.${verb}`, { id, ...params }, title, at);
        return true;
      } catch {
        toasts.show(t`No se guardó: el teléfono no tiene espacio. Libere espacio y repita.`, { isBad: true, forMs: 30_000 });
        return false;
      }
    },
  };
  const [page, id = ""] = hash.split("/");
  return (
    <Context value={here}>
      <div className="phone">
        <header className="phone-top">
          {page ? <Button look="quiet" icon="left" aria-label={t`Volver`} onPress={() => (history.length > 1 ? history.back() : open(""))} />
            : <h1 className="phone-brand"><img src="/favicon.svg" alt="" width="24" height="24" /><span className="hidden-text">MicroFlow</span></h1>}
          <Live isStale={day.isStale} isShort />
          <span className="grow" />
          <Badge />
          <Button look="quiet" icon="phone-set" aria-label={t`Este teléfono`} onPress={() => open("phone")} />
        </header>
        {clockAhead !== 0 && <Notice tone="warn">{clockAhead > 0 ? t`El reloj del teléfono está adelantado ${wrong}. Las horas se corrigen al enviar.` : t`El reloj del teléfono está atrasado ${wrong}. Las horas se corrigen al enviar.`}</Notice>}
        {pocket.isForgetful && <Notice tone="danger">{t`Este navegador no guarda nada: lo que no se envíe se pierde al cerrarlo.`}</Notice>}
        {storage.isTight && <Notice tone="danger">{t`Queda poco espacio en el teléfono. Libere espacio antes de seguir sin señal.`}</Notice>}
        {outbox.trouble?.status === 401 && <Notice tone="danger">{t`Su sesión terminó: entre de nuevo para enviar lo pendiente.`}</Notice>}
        {page === "visit" ? <VisitPage key={id} id={id} /> : page === "outbox" ? <Outgoing /> : page === "phone" ? <Settings /> : <Today />}
      </div>
    </Context>
  );
}

function Badge() {
  const { t } = useLingui();
  const { outbox, open } = useHere();
  useNow(5_000);
  const refused = outbox.queued.filter((one) => one.refused).length, waiting = outbox.queued.length - refused;
  if (waiting + refused === 0) return <button className="badge ok" onClick={() => open("outbox")}><Icon name="check" size={14} />{t`Todo enviado`}</button>;
  return (
    <button className={refused ? "badge bad" : "badge"} onClick={() => open("outbox")}>
      {refused > 0 ? plural(refused, { one: "# rechazada", other: "# rechazadas" }) : plural(waiting, { one: "# pendiente", other: "# pendientes" })}
    </button>
  );
}
