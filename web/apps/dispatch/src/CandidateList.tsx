import type { Candidate, Candidates, Refusal } from "@microflow/client";
import { Button, Dialog, DialogActions, Notice, Spinner, TextField } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { Who } from "./actions";
import { sentence } from "./texts";
import { lasting, when } from "@microflow/app/time";
import { serverNow } from "./core";

const shownAtFirst = 4;

/** Best first, each with what speaks for and against; and why nobody else. */
export function CandidateList({ candidates, isAsking, problem, onAssign, onForce }: {
  candidates: Candidates | undefined; isAsking: boolean; problem: Refusal | undefined;
  onAssign: (who: Who) => void; onForce: (who: Who) => void;
}) {
  const { t } = useLingui();
  const [isAll, setAll] = useState(false);
  const best = candidates?.candidates ?? [], out = candidates?.out ?? [];
  const shown = isAll ? best : best.slice(0, shownAtFirst), others = out.length;
  return (
    <section className="block" aria-label={t`Candidatos`}>
      <h3>{t`Candidatos`}{isAsking && <Spinner label={t`Buscando candidatos`} />}</h3>
      {problem && !candidates && <Notice tone="danger">{sentence(problem.detail) || t`No se pudo preguntar quién puede hacerla.`}</Notice>}
      {candidates && best.length === 0 && <Notice tone="warn">{t`Nadie puede hacerla como está. Abajo dice por qué.`}</Notice>}
      <ol className="candidates">
        {shown.map((one) => <OneCandidate key={one.technician} one={one} onAssign={() => onAssign({ id: one.technician, name: one.name })} />)}
      </ol>
      {best.length > shownAtFirst && <Button look="quiet" isSmall onPress={() => setAll(!isAll)}>{isAll ? t`Solo los mejores` : t`Ver los ${best.length}`}</Button>}
      {others > 0 && (
        <details open={best.length === 0}>
          <summary>{t`Por qué no los demás (${others})`}</summary>
          <ul className="out">
            {out.map(({ technician, name, detail }) => (
              <li key={technician}><span className="cut"><b>{name}</b> <span className="muted">{detail}</span></span>
                <Button look="quiet" isSmall aria-label={t`Forzar… a ${name}`} onPress={() => onForce({ id: technician, name, rule: detail })}>{t`Forzar…`}</Button></li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function OneCandidate({ one, onAssign }: { one: Candidate; onAssign: () => void }) {
  const { t } = useLingui();
  const travel = one.travel_ms === undefined ? undefined : lasting(one.travel_ms);
  const name = one.name;
  // What is true of every candidate tells nobody apart.
  const reasons = one.reason_texts.filter((_, at) => !["has_skills", "works_in_zone"].includes(one.reasons[at] ?? ""));
  return (
    <li>
      <kbd aria-hidden="true">{one.rank < 10 ? one.rank : "·"}</kbd>
      <div className="grow">
        <div className="row-line"><b className="cut">{name}</b></div>
        <div className="small muted num">{t`Desde ${when(one.from, serverNow())}`}{travel && <> · {t`viaje ${travel}`}</>}
          {one.in_agenda > 0 && <> · {t`${one.in_agenda} en agenda`}</>}</div>
        {reasons.length > 0 && <div className="small muted">{reasons.join(" · ")}</div>}
      </div>
      <Button isSmall look={one.rank === 1 ? "primary" : "plain"} onPress={onAssign} aria-label={t`Asignar a ${name}`}>{t`Asignar`}</Button>
    </li>
  );
}

/** A rule says no: whoever goes over it says why, and the order carries that until it is approved. */
export function OverrideDialog({ who, onAssign, onClose }: { who: Who; onAssign: (who: Who) => void; onClose: () => void }) {
  const { t } = useLingui();
  const [reason, setReason] = useState("");
  const { name } = who;
  return (
    <Dialog title={t`Asignar a ${name} por encima de la regla`} onClose={onClose}>
      {who.rule && <Notice tone="danger">{sentence(who.rule)}</Notice>}
      <p>{t`La orden quedará marcada y pedirá aprobación al terminar. Hay reglas que nadie puede saltar: el servidor lo dirá.`}</p>
      <TextField label={t`Por qué`} value={reason} onChange={setReason} lines={3} maxLength={200} autoFocus />
      <DialogActions>
        <Button onPress={onClose}>{t`Volver`}</Button>
        <Button look="primary" isDisabled={!reason.trim()} onPress={() => { onClose(); onAssign({ ...who, override: reason.trim() }); }}>{t`Asignar`}</Button>
      </DialogActions>
    </Dialog>
  );
}
