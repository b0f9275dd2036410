// Who could do the chosen order: asked when it is chosen, and again when it changes or somebody in the
// list does.
import { answerOf, type Candidates, type OrderRow, type Refusal } from "@microflow/client";
import { languageNow } from "@microflow/i18n";
import { useEffect, useMemo, useRef, useState } from "react";
import { canAssign, canReassign } from "./actions";
import { api } from "./core";
import { useBoard } from "./hooks";

/** So often at most, so that numbers don't move under somebody's fingers. */
const everyMs = 3_000;

/** Whoever has the order already is no candidate for it. */
function othersThan(found: Candidates, technician: string | undefined): Candidates {
  if (!technician) return found;
  const others = found.candidates.filter((one) => one.technician !== technician);
  return { ...found, candidates: others.map((one, at) => ({ ...one, rank: at + 1 })),
    out: found.out.filter((one) => one.technician !== technician) };
}

export function useCandidates(row: OrderRow | undefined, isChoosing: boolean) {
  const { technicians } = useBoard();
  const [answer, setAnswer] = useState<{ of: string; candidates?: Candidates; problem?: Refusal }>();
  const isWanted = row !== undefined && (canAssign(row) || (isChoosing && canReassign(row)));
  const order = isWanted ? row.id : "";
  const found = answer?.of === order && order ? answer.candidates : undefined;
  const holder = row && canReassign(row) ? row.technician : undefined;
  const candidates = useMemo(() => found && othersThan(found, holder), [found, holder]);
  const named = useMemo(
    () => new Set(candidates && [...candidates.candidates, ...candidates.out].map((one) => one.technician)), [candidates]);
  const versions = technicians.filter((one) => named.has(one.id)).map((one) => `${one.id}${one.version}`).join();
  const askedAt = useRef(0);
  const language = languageNow();

  useEffect(() => {
    if (!order) return;
    let isOver = false;
    const wait = answer?.of === order ? Math.max(0, askedAt.current + everyMs - Date.now()) : 0;
    const timer = setTimeout(async () => {
      askedAt.current = Date.now();
      const found = await answerOf(api.client.GET("/v1/orders/{id}/candidates", { params: { path: { id: order } } }));
      if (isOver) return;
      if ("ok" in found) setAnswer({ of: order, candidates: found.ok });
      else setAnswer((before) => (before?.of === order && before.candidates ? before : { of: order, problem: found.no }));
    }, wait);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
    // `answer` only says whether there is something to look at meanwhile.
  }, [order, row?.version, versions, language]);

  return { candidates, isAsking: isWanted && answer?.of !== order,
    problem: answer?.of === order ? answer.problem : undefined };
}
