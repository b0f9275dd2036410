// Everything that happened, newest first, with the device's time beside the server's where they differ;
// and the conversation.
import type { Order, OrderEvent } from "@microflow/client";
import { Button, Chip, Mark, Select, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { comment } from "./actions";
import { eventDetail, eventText, roleText } from "./texts";
import { when } from "@microflow/app/time";

const farMs = 60_000;

export function History({ order, events, now }: { order: Order; events: readonly OrderEvent[]; now: number }) {
  const { t } = useLingui();
  const [isTalk, setTalk] = useState(false);
  const talk = events.filter((event) => event.type === "order.commented");
  const shown = (isTalk ? talk : events).toReversed();
  return (
    <section className="block" aria-label={t`Historia`}>
      <h3>{t`Historia`}<span className="grow" />
        <Chip isSelected={!isTalk} onChange={() => setTalk(false)} count={events.length}>{t`Todo`}</Chip>
        <Chip isSelected={isTalk} onChange={() => setTalk(true)} count={talk.length}>{t`Comentarios`}</Chip>
      </h3>
      <NewComment order={order} />
      <ol className="history">
        {shown.map((event) => <OneEvent key={event.id} event={event} now={now} />)}
      </ol>
    </section>
  );
}

function OneEvent({ event, now }: { event: OrderEvent; now: number }) {
  const { t } = useLingui();
  const detail = eventDetail(event, now);
  const isLate = Math.abs(Date.parse(event.recorded_at) - Date.parse(event.occurred_at)) > farMs;
  const isComment = event.type === "order.commented";
  const isBad = event.type === "order.sla_breached" || event.type === "tracking.work_failed" || event.type === "order.plan_broken";
  const recorded = when(event.recorded_at, now);
  return (
    <li className={isComment ? "comment" : isBad ? "bad" : ""}>
      <span className="num muted small">{when(event.occurred_at, now)}</span>
      <div>
        <p><b>{eventText(event)}</b> <span className="muted small">{roleText(event.role)}</span>
          {event.type === "order.commented" && event.data.visibility === "client" && <> <Mark tone="planned" isPlain>{t`la ve el cliente`}</Mark></>}</p>
        {detail && <p className={isComment ? "" : "muted"}>{detail}</p>}
        {isLate && <p className="muted small num">{t`registrado ${recorded}`}</p>}
        {event.justification && <p className="muted small">{event.justification}</p>}
      </div>
    </li>
  );
}

function NewComment({ order }: { order: Order }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [visibility, setVisibility] = useState<"internal" | "client">("internal");
  const [isSending, setSending] = useState(false);
  const send = async () => {
    if (!text.trim() || isSending) return;
    setSending(true);
    const verdict = await comment(order as never, text.trim(), visibility);
    setSending(false);
    // What wasn't taken stays where it was written.
    if (verdict.is === "done") setText("");
  };
  return (
    <div className="new-comment">
      <TextField label={t`Comentario`} value={text} onChange={setText} lines={2} maxLength={2000}
        onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(); }} />
      <div className="row-line">
        <Select label={t`Quién lo ve`} isLabelHidden value={visibility} onChange={(id) => setVisibility(id as "internal" | "client")}
          choices={[{ id: "internal", text: t`Solo la empresa` }, { id: "client", text: t`También el cliente` }]} />
        <span className="grow" />
        <Button isDisabled={!text.trim() || isSending} onPress={() => void send()}>{t`Enviar`}</Button>
      </div>
    </div>
  );
}
