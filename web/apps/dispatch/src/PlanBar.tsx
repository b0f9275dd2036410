// What a drop would mean, in words: for eyes while something is dragged, and for hands without a mouse.
import type { OrderRow, Preview, Refusal } from "@microflow/client";
import { Button, Icon, Spinner, type Tone } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { canMove } from "./actions";
import { serverNow } from "./core";
import { chanceOf, shifts, type Chance } from "./chances";
import type { Asked, Wanted } from "./preview";
import { sentence } from "./texts";
import { lasting, span, when } from "@microflow/app/time";
import type { Nudge } from "./timeline";

const tones: Record<Chance, Tone> = { ok: "ok", worse: "warn", forced: "danger", no: "danger" };
const followsShown = 3;

export function PlanBar({ wanted, asked, order, onNudge, onDrop, onLeave }: {
  wanted: Wanted; asked: Asked; order: OrderRow; onNudge: (by: Nudge) => void; onDrop: () => void; onLeave: () => void;
}) {
  const { t } = useLingui();
  const { ok: preview, no, isAsking } = asked;
  const chance = preview && chanceOf(preview), isByKeys = wanted.by === "keys";
  // Never over the line that it speaks of.
  const [isHigh, setHigh] = useState(false);
  useLayoutEffect(() => {
    const ghost = document.querySelector(".tl-drop")?.getBoundingClientRect();
    setHigh(ghost !== undefined && ghost.top > innerHeight * 0.55);
  }, [wanted]);
  const slot = wanted.from && wanted.to ? { from: wanted.from, to: wanted.to } : (preview?.slot ?? (wanted.from ? { from: wanted.from, to: undefined } : undefined));
  const time = slot ? (slot.to ? span(slot.from, slot.to, serverNow()) : when(slot.from, serverNow())) : t`cuanto antes`;
  const isSame = order.technician === wanted.id && slot?.from === order.slot?.from && slot?.to === order.slot?.to;
  return (
    <section className={`plan tone-${chance ? tones[chance] : "ended"}${isByKeys ? " by-keys" : ""}${isHigh ? " high" : ""}`} aria-label={t`Lo que cambiaría`}>
      <div className="row-line" role="status">
        <span className="plan-icon">{isAsking ? <Spinner label={t`Calculando`} /> : <Icon name={chance === "ok" ? "check" : chance === "no" ? "close" : "warn"} />}</span>
        <b className="cut">{wanted.name}</b><span className="num">{time}</span><span className="grow" />
        <b className="toned">{chance ? <ChanceText chance={chance} /> : isSame ? t`como está` : ""}</b>
      </div>
      {preview && <Means preview={preview} isPossible={chance !== "no"} />}
      {no && <p>{noWord(no) || t`No se pudo calcular qué cambiaría.`}</p>}
      {isByKeys && <Keys canMove={canMove(order)} isSame={isSame} chance={chance} onNudge={onNudge} onDrop={onDrop} onLeave={onLeave} />}
    </section>
  );
}

const noWord = (no: Refusal) => sentence([no.detail, ...no.errors.map((one) => one.detail)].filter(Boolean).join(" · "));

function ChanceText({ chance }: { chance: Chance }) {
  const { t } = useLingui();
  return { ok: t`Se puede`, worse: t`Se puede, y el día empeora`, forced: t`Solo con un motivo`, no: t`No se puede` }[chance];
}

function Means({ preview, isPossible }: { preview: Preview; isPossible: boolean }) {
  const { t } = useLingui();
  const { rules, travel, sla, follows } = preview;
  const before = lasting(travel.before_ms), after = lasting(travel.after_ms), now = serverNow();
  const late = sla.lateness_after_ms ?? 0, was = sla.lateness_before_ms;
  const due = sla.due ? when(sla.due, now) : "", lateText = lasting(late), wasText = lasting(was ?? 0);
  const moved = shifts(preview), others = follows.length - followsShown;
  return (
    <>
      {rules.length > 0 && <ul className="plan-rules">{rules.map((rule) => <li key={rule.code}>{sentence(rule.detail)}</li>)}</ul>}
      {isPossible && <dl className="plan-facts num">
        <div><dt>{t`Viaje`}</dt><dd>{before === after ? after : `${before} → ${after}`}</dd></div>
        {due && <div className={late > 0 ? "tone-danger toned" : ""}><dt>{t`Vence ${due}`}</dt>
          <dd>{late <= 0 ? t`a tiempo` : was ? t`${lateText} tarde (ahora ${wasText})` : t`${lateText} tarde`}</dd></div>}
        {follows.length > 0 && <div className="tone-warn toned"><dt>{t`Las que siguen`}</dt><dd>
          {follows.slice(0, followsShown).map(({ order, code }) => {
            const shift = moved.get(order);
            return `${code} ${shift === undefined ? t`ya no cabe` : `${shift < 0 ? "−" : "+"}${lasting(shift)}`}`;
          }).join(", ")}{others > 0 && ` ${t`y ${others} más`}`}</dd></div>}
      </dl>}
    </>
  );
}

/** What the mouse does by pulling: with one button each, and with keys. */
function Keys({ canMove, isSame, chance, onNudge, onDrop, onLeave }: {
  canMove: boolean; isSame: boolean; chance: Chance | undefined; onNudge: (by: Nudge) => void; onDrop: () => void; onLeave: () => void;
}) {
  const { t } = useLingui();
  const box = useRef<HTMLDivElement>(null);
  // Whoever began it by a key goes on here, and comes back to where that was.
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    return () => before?.focus();
  }, []);
  const nudges: [Nudge, string, string][] = [["earlier", t`Antes`, ","], ["later", t`Después`, "."], ["shorter", t`Más corta`, "−"], ["longer", t`Más larga`, "+"]];
  return (
    <div ref={box} className="plan-keys" tabIndex={-1} role="group" aria-label={t`Mover la visita`}
      onKeyDown={(event) => { if (event.key === "Enter" && event.target === box.current && !isSame) { event.preventDefault(); onDrop(); } }}>
      {canMove && nudges.map(([by, text, key]) => <Button key={by} isSmall onPress={() => onNudge(by)}>{text} <kbd aria-hidden="true">{key}</kbd></Button>)}
      <span className="grow" />
      <Button isSmall onPress={onLeave}>{t`Dejar`}</Button>
      <Button isSmall look="primary" isDisabled={isSame || chance === "no"} onPress={onDrop}>{chance === "forced" ? t`Forzar…` : t`Mover`}</Button>
    </div>
  );
}
