import { Button, Dialog, DialogActions } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { runAnyway, type Conflict } from "./actions";
import { useBoard } from "./hooks";
import { statusText } from "./texts";

/** Somebody else was faster: what changed, and what now. */
export function ConflictDialog({ conflict, onClose }: { conflict: Conflict; onClose: () => void }) {
  const { t } = useLingui();
  const { orders } = useBoard();
  const { seen, wish } = conflict, now = orders.find((one) => one.id === wish.order);
  const lines: [string, string, string][] = [];
  if (seen && now) {
    const nobody = t`nadie`;
    if (seen.status !== now.status) lines.push([t`Estado`, statusText(seen.status), statusText(now.status)]);
    if (seen.technician !== now.technician)
      lines.push([t`Técnico`, seen.technician_name ?? nobody, now.technician_name ?? nobody]);
    if (seen.priority !== now.priority) lines.push([t`Prioridad`, String(seen.priority), String(now.priority)]);
    if (seen.title !== now.title) lines.push([t`Título`, seen.title, now.title]);
  }
  const code = wish.code;
  return (
    <Dialog title={t`${code} cambió mientras usted decidía`} onClose={onClose}>
      <p>{t`Otra persona, o el técnico, la cambió. No se hizo nada de lo que usted pidió.`}</p>
      {!now && <p>{t`Ya no está en este tablero.`}</p>}
      {lines.length > 0 && (
        <dl className="facts">
          {lines.map(([name, before, after]) => (
            <div key={name}><dt>{name}</dt><dd><s className="muted">{before}</s> → <b>{after}</b></dd></div>
          ))}
        </dl>
      )}
      <DialogActions>
        {now && <Button onPress={() => { onClose(); void runAnyway(conflict); }}>{t`Hacerlo de todos modos`}</Button>}
        <Button look="primary" autoFocus onPress={onClose}>{t`Dejarla como está`}</Button>
      </DialogActions>
    </Dialog>
  );
}
