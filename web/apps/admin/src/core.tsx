// What the sections share: lists in pages, answers that are told, forms that find out that somebody else
// changed what they show.
import { sentence } from "@microflow/app/texts";
import { toasts } from "@microflow/app";
import type { Answer, Refusal } from "@microflow/client";
import { Button, Empty, Notice, Spinner } from "@microflow/ui";
import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";

export function wordsOf(why: Refusal): string {
  if (why.status === 0) return t`El servidor no responde: puede que no se haya hecho. Mire antes de repetir.`;
  if (why.status === 412) return t`Alguien lo cambió mientras tanto. Ciérrelo y vuelva a abrirlo.`;
  return [sentence(why.detail), ...why.errors.map((one) => `${one.field}: ${one.detail}`)].filter(Boolean).join(" · ") || why.code;
}
/** Says what came of it; the answer where it was good. */
export async function told<T>(call: Promise<Answer<T>>, done: string): Promise<T | undefined> {
  const answer = await call;
  if ("no" in answer) {
    toasts.show(wordsOf(answer.no), { isBad: true });
    return undefined;
  }
  toasts.show(done);
  return answer.ok;
}

interface Page<T> { data: T[]; next_cursor: string | null }
export interface Pages<T> { rows: readonly T[]; isReading: boolean; problem: Refusal | undefined; more: (() => void) | undefined; again: () => void }

/** A list that grows page by page; from the beginning again when `of` changes. */
export function usePages<T>(read: (cursor: string | undefined) => Promise<Answer<Page<T>>>, of: readonly unknown[] = []): Pages<T> {
  const [rows, setRows] = useState<readonly T[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [isReading, setReading] = useState(true);
  const [problem, setProblem] = useState<Refusal>();
  const [times, setTimes] = useState(0);
  const turn = useRef(0);
  const load = useCallback(async (from: string | undefined) => {
    const mine = ++turn.current;
    setReading(true);
    const page = await read(from);
    if (mine !== turn.current) return;
    setReading(false);
    if ("no" in page) return setProblem(page.no);
    setProblem(undefined);
    setRows((before) => (from ? [...before, ...page.ok.data] : page.ok.data));
    setCursor(page.ok.next_cursor);
  }, of);
  useEffect(() => void load(undefined), [load, times]);
  return { rows, isReading, problem, more: cursor ? () => void load(cursor) : undefined, again: () => setTimes((n) => n + 1) };
}

export function Listing<T>({ pages, head, children, empty }: { pages: Pages<T>; head: readonly string[]; children: (row: T) => ReactNode; empty: string }) {
  const { t } = useLingui();
  if (pages.problem && pages.rows.length === 0)
    return <Notice tone="danger">{wordsOf(pages.problem)} <Button isSmall onPress={pages.again}>{t`Otra vez`}</Button></Notice>;
  if (pages.rows.length === 0) return pages.isReading ? <div className="empty"><Spinner label={t`Cargando`} /></div> : <Empty title={empty} />;
  return (
    <div className="table-box" tabIndex={0} role="group" aria-label={head[0]!}>
      <table><thead><tr>{head.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead><tbody>{pages.rows.map(children)}</tbody></table>
      {pages.more && <Button onPress={pages.more} isDisabled={pages.isReading}>{t`Más`}</Button>}
    </div>
  );
}

export function Head({ title, children, note }: { title: string; children?: ReactNode; note?: string }) {
  return <><div className="section-head"><h2>{title}</h2><span className="grow" />{children}</div>{note && <p className="muted">{note}</p>}</>;
}
export const merge = { "Content-Type": "application/merge-patch+json" };

/** "fibra 2, router": skills as people write them; what has no level is of level 1. */
export function skillsOf(text: string): { skill: string; level: number }[] {
  return text.split(",").map((one) => one.trim()).filter(Boolean).map((one) => {
    const found = /^(.*\S)\s+(\d+)$/.exec(one);
    return found ? { skill: found[1]!, level: Number(found[2]) } : { skill: one, level: 1 };
  });
}
export const skillsText = (skills: readonly { skill: string; level: number }[] = []) => skills.map(({ skill, level }) => `${skill} ${level}`).join(", ");
