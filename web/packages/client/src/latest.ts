// One question that changes faster than it is answered: only what was wanted last is answered.
import { answerOf, type Answer, type Refusal } from "./api";

export interface LatestAnswer<A> {
  /** Nothing is known of what is wanted now. */
  isAsking: boolean;
  ok?: A;
  no?: Refusal;
}

/** Asks when nothing else was wanted for `quietMs`; what was asked before is cancelled and never told. A
 *  server that can't answer yet is asked again when it said, as long as that is still what is wanted. */
export class Latest<W, A> {
  private cancel: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (wanted: W, signal: AbortSignal) => Parameters<typeof answerOf<A>>[0],
              private readonly tell: (answer: LatestAnswer<A>) => void, private readonly quietMs = 80) {}

  /** Undefined: nothing any more. */
  want(wanted: W | undefined): void {
    this.cancel?.abort();
    clearTimeout(this.timer);
    this.tell({ isAsking: wanted !== undefined });
    if (wanted === undefined) return;
    const cancel = (this.cancel = new AbortController());
    const send = async () => {
      const answer: Answer<A> = await answerOf(this.ask(wanted, cancel.signal));
      if (cancel.signal.aborted) return;
      if ("ok" in answer) return this.tell({ isAsking: false, ok: answer.ok });
      const { status, retryAfterMs } = answer.no;
      if (status === 503 || status === 429) this.timer = setTimeout(send, retryAfterMs ?? 1_000);
      else this.tell({ isAsking: false, no: answer.no });
    };
    this.timer = setTimeout(send, this.quietMs);
  }
}
