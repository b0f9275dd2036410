// The one big button, those beside it, and what some of them ask first.
import { clockOffset, serverNow, useNow } from "@microflow/app";
import { clock, lasting } from "@microflow/app/time";
import { Button, Icon, Mark, Notice } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Form, hasForm } from "./Form";
import { useHere, type Job } from "./Phone";
import { verbText } from "./texts";
import { stepsOf, type Verb } from "./visit";

const freshMs = 60_000;

export function Act({ job }: { job: Job }) {
  const { t } = useLingui();
  const { order, pocket, outbox, open } = useHere();
  const [asks, setAsks] = useState<Verb>();
  const { next, others } = stepsOf(job.shown.status);
  const run = (verb: Verb) => {
    if (hasForm(verb)) return setAsks(verb);
    const at = verb === "arrive" ? pocket.positions.fresh(freshMs) : undefined;
    void order(verb, job.id, job.title, at ?? {});
  };
  // The server has seen this phone at the site: whether that is the arrival, its owner says.
  const since = next === "arrive" ? job.thereSince : undefined, time = since && clock(since);
  const arriveThen = (at: string) => void order("arrive", job.id, job.title, pocket.positions.fresh(freshMs) ?? {}, Date.parse(at) - clockOffset());
  const refused = outbox.queued.filter((one) => one.params.id === job.id && one.refused);
  return (
    <div className="act">
      {refused.length > 0 && <button className="refusal" onClick={() => open("outbox")}><Icon name="warn" />{refused[0]!.refused!.detail || refused[0]!.refused!.code}</button>}
      {since && <>
        <Notice tone="moving" icon="place">{t`Su teléfono está en el sitio desde las ${time}. ¿Llegó a esa hora?`}</Notice>
        <Button look="primary" onPress={() => arriveThen(since)}>{t`Sí, llegué a las ${time}`}</Button>
      </>}
      {next && <Button look={since ? "plain" : "primary"} onPress={() => run(next)}>{since ? t`Llegué ahora` : verbText(next)}</Button>}
      {others.length > 0 && <div className="others">{others.map((verb) => <Button key={verb} look={verb === "fail" || verb === "decline" ? "danger" : "plain"} onPress={() => run(verb)}>{verbText(verb)}</Button>)}</div>}
      {!next && job.shown.isUnsent && <p className="muted">{t`Guardada en el teléfono; falta enviarla.`}</p>}
      {asks && <Form verb={asks} id={job.id} title={job.title} onClose={() => setAsks(undefined)}
        onDone={(params) => { setAsks(undefined); void order(asks, job.id, job.title, params); }} />}
    </div>
  );
}

/** How long an offer can still be accepted. */
export function Countdown({ job }: { job: Job }) {
  const { t } = useLingui();
  useNow(1_000);
  const { day } = useHere();
  const known = day.orders.get(job.id)?.order ?? job.line.row;
  if (!known) return null;
  if (known.offer_left_ms) {
    const left = lasting(known.offer_left_ms);
    return <Mark tone="paused" isPlain>{t`espera a que termine su descanso: ${left}`}</Mark>;
  }
  if (!known.offer_expires_at) return null;
  const ms = Date.parse(known.offer_expires_at) - serverNow();
  if (ms <= 0) return <Mark tone="danger" isPlain>{t`el plazo venció`}</Mark>;
  const seconds = Math.ceil(ms / 1000), text = seconds < 3_600 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : lasting(ms);
  return <span className="countdown num" role="timer" aria-label={t`Queda para aceptar`}>{text}</span>;
}
