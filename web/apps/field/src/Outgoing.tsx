// What the server has not decided yet, what it refused and why, and what it took: in the order it was done.
import { clockWithSeconds, when } from "@microflow/app/time";
import { sentence, statusText } from "@microflow/app/texts";
import type { OrderStatus, Queued } from "@microflow/client";
import { Button, Empty, Icon, Notice } from "@microflow/ui";
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Form, hasForm } from "./Form";
import { useHere } from "./Phone";
import { methodText } from "./texts";
import { verbOf } from "./visit";

export function Outgoing() {
  const { t } = useLingui();
  const { outbox, pocket } = useHere();
  const { queued, sent, trouble, isSending, ofOthers } = outbox;
  const waiting = queued.filter((one) => !one.refused), refused = queued.filter((one) => one.refused);
  const now = Date.now();
  return (
    <main className="page">
      <h2>{t`Por enviar`}</h2>
      {ofOthers > 0 && <Notice tone="warn">{t`En este teléfono hay ${plural(ofOthers, { one: "# orden", other: "# órdenes" })} de otra persona sin enviar: salen cuando ella entre.`}</Notice>}
      {trouble && waiting.length > 0 && <Notice tone="warn">{trouble.status === 0 ? t`Sin señal. Lo pendiente está guardado y sale por sí solo.` : sentence(trouble.detail) || t`El servidor no lo recibe ahora (${trouble.code}).`}</Notice>}
      {refused.map((one) => <Refused key={one.key} one={one} />)}
      {waiting.length > 0 && (
        <ul className="jobs">
          {waiting.map((one) => (
            <li key={one.key} className="sent-line"><Icon name="clock" /><span className="grow"><b>{methodText(one.method)}</b><span className="muted cut">{one.title}</span></span>
              <span className="muted num small">{when(one.occurred_at, now)}</span></li>
          ))}
        </ul>
      )}
      {waiting.length > 0 && <Button onPress={() => void pocket.outbox.flush()} isDisabled={isSending}>{isSending ? t`Enviando…` : t`Enviar ahora`}</Button>}
      {queued.length === 0 && <Empty title={t`Todo está enviado`}><p>{t`Lo que haga sin señal aparece aquí hasta que el servidor responda.`}</p></Empty>}
      {sent.length > 0 && (
        <section aria-label={t`Recibidas por el servidor`}>
          <h3 className="part">{t`Recibidas por el servidor`}</h3>
          <ul className="jobs">
            {sent.map((one) => (
              <li key={one.key} className="sent-line ok"><Icon name="check" /><span className="grow"><b>{methodText(one.method)}</b><span className="muted cut">{one.title}</span></span>
                <span className="muted small">{one.method.startsWith("orders.") && statusText(one.status as OrderStatus)} <span className="num">{clockWithSeconds(one.occurred_at)}</span></span></li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}

function Refused({ one }: { one: Queued }) {
  const { t } = useLingui();
  const { pocket } = useHere();
  const [isMending, setMending] = useState(false);
  const why = one.refused!, verb = verbOf(one.method);
  const canMend = one.method.startsWith("orders.") && hasForm(verb);
  return (
    <section className="card refused" aria-label={t`Rechazada: ${methodText(one.method)}`}>
      <div className="row-line"><b>{methodText(one.method)}</b><span className="muted num small">{when(one.occurred_at, Date.now())}</span></div>
      <p className="muted">{one.title}</p>
      <Notice tone="danger">{sentence(why.detail) || why.code}{why.errors.map((error) => <p key={error.field}>{error.detail}</p>)}</Notice>
      <div className="others">
        {why.code === "outside_geofence" && <Button look="primary" onPress={() => void pocket.outbox.mend(one.key, { ...one.params, confirmed: true })}>{t`Sí estoy en el sitio`}</Button>}
        {canMend && <Button look="primary" onPress={() => setMending(true)}>{t`Corregir`}</Button>}
        <Button onPress={() => void pocket.outbox.mend(one.key, one.params)}>{t`Enviar otra vez`}</Button>
        <Button look="danger" onPress={() => void pocket.outbox.drop(one.key)}>{t`Descartar`}</Button>
      </div>
      {isMending && <Form verb={verb} id={one.params.id} title={one.title} before={one.params} why={why} onClose={() => setMending(false)}
        onDone={(params) => { setMending(false); void pocket.outbox.mend(one.key, { id: one.params.id, ...params }); }} />}
    </section>
  );
}
