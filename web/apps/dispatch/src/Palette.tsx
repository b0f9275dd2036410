// One line for everything: an order by anything of it, a technician, or what a key does.
import type { OrderRow } from "@microflow/client";
import { Dialog, FindField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useMemo, useState } from "react";
import { everything, folded, selectOrders } from "./orders";
import { statusText } from "./texts";

export interface Command { id: string; text: string; key?: string; run: () => void }

export function Palette({ commands, orders, onOpen, onClose }: { commands: readonly Command[]; orders: readonly OrderRow[]; onOpen: (order: string) => void; onClose: () => void }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const found = useMemo(() => {
    const words = folded(text).split(/\s+/).filter(Boolean);
    const matching = commands.filter((one) => words.every((word) => folded(one.text).includes(word))).slice(0, 8);
    const orderRows = words.length === 0 ? [] : selectOrders(orders, { ...everything, text }).slice(0, 8);
    return [...matching.map((one) => ({ id: one.id, text: one.text, detail: one.key ?? "" })),
      ...orderRows.map((row) => ({ id: row.id, text: row.title, detail: [row.code, statusText(row.status), row.client_name].filter(Boolean).join(" · ") }))];
  }, [text, commands, orders]);
  const pick = (id: string) => {
    onClose();
    const command = commands.find((one) => one.id === id);
    if (command) command.run();
    else onOpen(id);
  };
  return (
    <Dialog title={t`Ir a…`} onClose={onClose} isWide>
      <FindField label={t`Una orden o una acción`} emptyText={t`Nada se llama así`} text={text} onText={setText} found={found} onPick={pick} autoFocus />
      <p className="muted small">{t`Escriba, elija con las flechas y abra con Enter.`}</p>
    </Dialog>
  );
}
