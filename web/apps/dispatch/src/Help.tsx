import { Button, Dialog, DialogActions } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";

export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const keys: [string, string][] = [
    ["/", t`Buscar órdenes`], ["Enter", t`En la búsqueda: abrir la primera`], ["f", t`Filtrar la lista`], ["j k", t`Orden siguiente, anterior`], ["n", t`Orden nueva`], ["a", t`Asignar al mejor candidato`],
    ["1–9", t`Asignar al candidato con ese número`], ["r", t`Elegir otro técnico`], ["v", t`Dar por revisada`], ["u", t`Deshacer lo último`],
    [", .", t`Mover la visita un cuarto de hora`], ["- +", t`Acortarla, alargarla`], ["p", t`Fijar o soltar la orden`], ["t", t`Ver la hora actual`], ["m", t`Mapa o línea de tiempo`], ["e", t`Alertas`], ["o", t`Propuestas`], [": Ctrl+K", t`Ir a una orden o una acción`], ["Esc", t`Cerrar la orden`], ["?", t`Esta ayuda`],
  ];
  return (
    <Dialog title={t`Teclas`} onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, text]) => (
          <div key={key}><dt>{key.split(" ").map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{text}</dd></div>
        ))}
      </dl>
      <DialogActions><Button look="primary" autoFocus onPress={onClose}>{t`Cerrar`}</Button></DialogActions>
    </Dialog>
  );
}
