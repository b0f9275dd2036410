import { Mark } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useNow, useStreamState } from "./hooks";

/** Whether what one sees is live. */
export function Live({ isStale = false, isShort = false }: { isStale?: boolean; isShort?: boolean }) {
  const { t } = useLingui();
  const state = useStreamState();
  useNow(1_000);
  const seconds = state.is === "waiting" ? Math.max(1, Math.ceil((state.until - Date.now()) / 1000)) : 0;
  return (
    <span className="live" role="status">
      {state.is === "open" && !isStale && <Mark tone="ok">{t`En vivo`}</Mark>}
      {state.is === "open" && isStale && <Mark tone="warn">{t`Poniéndose al día`}</Mark>}
      {(state.is === "connecting" || state.is === "idle") && <Mark tone="warn">{t`Conectando`}</Mark>}
      {state.is === "waiting" && <Mark tone="danger">{isShort ? t`Sin señal` : t`Sin conexión; otra vez en ${seconds} s`}</Mark>}
      {state.is === "ended" && <Mark tone="danger">{t`Sesión terminada`}</Mark>}
    </span>
  );
}
