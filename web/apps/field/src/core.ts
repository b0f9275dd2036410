// What the phone has in its pocket: storage, the outbox, the day, where it is.
import { api, clockOffset, stream } from "@microflow/app";
import { Outbox, memoryKeeper, openKeeper, type Keeper, type Session } from "@microflow/client";
import { Day } from "./day";
import { Positions } from "./positions";
import { ring } from "./alarm";

export interface Pocket {
  session: Session;
  keeper: Keeper;
  outbox: Outbox;
  day: Day;
  positions: Positions;
  /** This browser keeps nothing. */
  isForgetful: boolean;
}
let keeping: Promise<{ keeper: Keeper; isForgetful: boolean }> | undefined;
const openStorage = () => keeping ??= openKeeper("microflow-field", ["who", "outbox", "day", "orders"])
  .then((keeper) => ({ keeper, isForgetful: false }), () => ({ keeper: memoryKeeper(), isForgetful: true }));

let open: Pocket | undefined;
let stops: (() => void)[] = [];

export async function openPocket(session: Session): Promise<Pocket> {
  const { keeper, isForgetful } = await openStorage();
  await keeper.put("who", "session", session).catch(() => {});
  if (open?.session.account === session.account && open.session.technician === session.technician) {
    void open.outbox.flush();
    return (open = { ...open, session });
  }
  closePocket();
  const outbox = new Outbox(api, keeper, session.account, navigator.locks
    ? { exclusively: async (work) => void (await navigator.locks.request("microflow-outbox", work)) } : {});
  const day = new Day(api, stream, keeper, session.technician!);
  await Promise.all([outbox.load(), day.load()]);
  const flush = () => void outbox.flush();
  addEventListener("online", flush);
  stops = [
    stream.onState(({ is }) => { if (is === "open") flush(); }),
    stream.on("asg", (pushed) => void day.take(pushed.order).then(() => {
      stream.tell("ack", { n: pushed.n });
      ring(pushed.n, pushed.order.title);
    }, () => {})), // not kept: not acknowledged, so that it comes again
    () => removeEventListener("online", flush),
  ];
  flush();
  return (open = { session, keeper, outbox, day, positions: new Positions(stream), isForgetful });
}
/** How many commands of who is here wait on this phone. */
export const unsent = () => open?.outbox.snapshot().queued.length ?? 0;
export function closePocket(): void {
  for (const stop of stops.splice(0)) stop();
  open?.outbox.stop();
  open?.day.stop();
  open?.positions.stop();
  open = undefined;
}
/** Nothing of one person's day stays for the next; what is unsent does, until its owner is back. */
export async function forgetDay(): Promise<void> {
  const { keeper } = await openStorage();
  closePocket();
  await Promise.all(["who", "day", "orders"].map((shelf) => keeper.clear(shelf).catch(() => {})));
}
export async function lastSession(): Promise<Session | undefined> {
  const { keeper } = await openStorage();
  return keeper.get<Session>("who", "session").catch(() => undefined);
}

/** How far this phone's clock is wrong, where that is worth a word; ahead is positive. */
export function clockError(told: number | undefined): number {
  const ahead = told ?? -clockOffset();
  return Math.abs(ahead) > 60_000 ? ahead : 0;
}
