// The client against a real node: one that works, one that is killed, one that is frozen.
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Board, OrderFollower, Sessions, Stream, backoffMs, command, commandOnBoard, createApi,
  type Api, type OrderRow } from "../src";
import { Company, Node, password, toBase32, totp, until } from "./node";

let node: Node, company: Company, token: string;
const stops: (() => void)[] = [];

beforeAll(async () => {
  node = await Node.start();
  company = await Company.at(node);
  token = await company.logIn("supervisora");
}, 120_000);
afterAll(() => node?.end());
afterEach(() => {
  node.thaw();
  for (const stop of stops.splice(0)) stop();
});

const apiOf = (of: () => string | undefined = () => token, options = {}): Api =>
  createApi({ baseUrl: node.url, token: of, language: () => "es", ...options });

function streamOf({ silenceMs = 60_000, replyMs = 10_000, door = { isOpen: true } } = {}): Stream {
  const stream = new Stream({
    silenceMs, replyMs,
    // Node's WebSocket takes headers, which a browser's has not.
    open: () => new WebSocket(door.isOpen ? node.streamUrl : "ws://127.0.0.1:1",
      { protocols: "microflow.v1", headers: { Authorization: `Bearer ${token}` } } as never),
  });
  stops.push(() => stream.stop());
  stream.start();
  return stream;
}
function boardOf(stream: Stream, zones = company.zones): Board {
  const board = new Board(stream);
  board.follow(zones);
  return board;
}
const live = (board: Board) => until(() => {
  const { isComplete, isStale } = board.snapshot();
  return isComplete && !isStale;
}, "a live board");

/** What a board should show: every open order and its version, as lists say. */
async function truth(): Promise<Map<string, number>> {
  const open = ["NEW", "TRIAGED", "SCHEDULED", "ASSIGNED", "ACCEPTED", "EN_ROUTE", "ON_SITE",
    "IN_PROGRESS", "PAUSED", "COMPLETED", "APPROVAL_REQUIRED", "FAILED"];
  const found = new Map<string, number>();
  for (let cursor = ""; ;) {
    const page = await company.get(`/v1/orders?limit=100&status=${open.join(",")}${cursor}`, token) as
      { data: OrderRow[]; next_cursor?: string };
    for (const row of page.data) found.set(row.id, row.version);
    if (!page.next_cursor) return found;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}
const shown = (board: Board) => new Map(board.snapshot().orders.map((row) => [row.id, row.version]));
const agrees = (board: Board) => until(async () => {
  const wanted = await truth(), here = shown(board);
  return wanted.size === here.size && [...wanted].every(([id, version]) => here.get(id) === version);
}, "the board to agree with the server");

describe("sessions", () => {
  it("log in, say who somebody is, and end", async () => {
    let mine: string | undefined;
    const sessions = new Sessions(apiOf(() => mine));
    expect((await sessions.whoAmI()).is).toBe("out");
    const login = await sessions.logIn("norte", password);
    expect(login.is).toBe("in");
    mine = (login as { token: string }).token;
    const me = await sessions.whoAmI();
    expect(me).toMatchObject({ is: "in", session: { username: "norte", roles: ["supervisor"],
      zones: [company.zones[0]] } });
    expect(await sessions.logOut()).toBe(true);
    expect((await sessions.whoAmI()).is).toBe("out");
  });

  it("say why a login is refused, in the language that was asked for", async () => {
    const login = await new Sessions(apiOf(() => undefined)).logIn("norte", "algo más");
    expect(login).toMatchObject({ is: "refused", why: { status: 401, code: "wrong_credentials" } });
    expect((login as { why: { detail: string } }).why.detail).toMatch(/contraseña/);
  });

  it("ask for the second factor of an account that has one", async () => {
    const secret = randomBytes(20), base32 = toBase32(secret);
    const mine = await company.account("cuidadosa", ["supervisor"], { zones: company.zones });
    const me = await company.get("/v1/sessions/current", mine) as { account: string };
    await company.post(`/v1/accounts/${me.account}/set_totp`,
      { secret: base32, code: totp(secret, -1), current_password: password }, mine);
    const sessions = new Sessions(apiOf(() => undefined));
    expect((await sessions.logIn("cuidadosa", password)).is).toBe("code_required");
    expect((await sessions.logIn("cuidadosa", password, "000000")).is).toBe("refused");
    expect((await sessions.logIn("cuidadosa", password, totp(secret))).is).toBe("in");
  });

  it("don't take a server that can't be reached for a lost login", async () => {
    const away = createApi({ baseUrl: "http://127.0.0.1:1", token: () => token });
    expect((await new Sessions(away).whoAmI()).is).toBe("unknown");
  });
});

describe("a board", () => {
  it("shows what the server has, and every change without asking", async () => {
    await company.order("antes");
    const board = boardOf(streamOf());
    await live(board);
    await agrees(board);
    expect(board.snapshot().technicians.map((row) => row.name).sort()).toEqual(
      company.technicians.map(({ name }) => name).sort());
    const later = await company.order("después", 1);
    const row = await until(() => board.order(later), "the new order");
    expect(row).toMatchObject({ title: "después", client_name: "Laura Vélez", status: expect.any(String) });
    await company.post(`/v1/orders/${later}/cancel`, { reason: "duplicate" });
    await until(() => !board.order(later), "the cancelled order to leave");
    await agrees(board);
  });

  it("says which zones it may not show", async () => {
    const other = token;
    token = await company.logIn("norte");
    const board = boardOf(streamOf());
    token = other;
    await until(() => board.snapshot().refused.length === 1);
    expect(board.snapshot().refused).toEqual([`board:${company.zones[1]}`]);
    expect(board.snapshot().technicians.length).toBe(2);
  });

  it("drops the rows of a zone that is not followed any more", async () => {
    const south = await company.order("al sur", 1);
    const board = boardOf(streamOf());
    await until(() => board.order(south));
    board.follow([company.zones[0]!]);
    expect(board.order(south)).toBeUndefined();
    board.follow(company.zones);
    await until(() => board.order(south));
  });

  it("goes on after its stream was stopped and started", async () => {
    const stream = streamOf();
    const board = boardOf(stream);
    await live(board);
    stream.stop();
    expect(board.snapshot().isStale).toBe(true);
    const meanwhile = await company.order("mientras");
    stream.start();
    await until(() => board.order(meanwhile));
    await agrees(board);
  });

  it("is right again after the node was killed, also about what ended meanwhile", async () => {
    const ends = await company.order("termina"), stays = await company.order("sigue");
    const door = { isOpen: true };
    const board = boardOf(streamOf({ door }));
    await live(board);
    await until(() => board.order(ends) && board.order(stays));
    door.isOpen = false;
    await node.kill();
    await until(() => board.snapshot().isStale, "the board to say that it is old");
    expect(board.order(ends), "what is on the screen stays there").toBeDefined();
    await node.again();
    await company.post(`/v1/orders/${ends}/cancel`, { reason: "duplicate" });
    door.isOpen = true;
    await live(board);
    expect(board.order(ends)).toBeUndefined();
    expect(board.order(stays)).toBeDefined();
    await agrees(board);
  }, 60_000);

  it("notices a node that is frozen, and goes on when it is back", async () => {
    const order = await company.order("congelada");
    const stream = streamOf({ silenceMs: 1_500 });
    const board = boardOf(stream);
    // Pings are rare: something has to move for the connection to be known as alive.
    const moving = setInterval(() => void stream.ask("unsub", { topic: "cluster" }).catch(() => {}), 300);
    stops.push(() => clearInterval(moving));
    await live(board);
    node.freeze();
    await until(() => stream.state.is !== "open", "the silence to be noticed");
    expect(board.snapshot().isStale).toBe(true);
    node.thaw();
    await live(board);
    await company.post(`/v1/orders/${order}/set_priority`, { priority: 1 });
    await until(() => board.order(order)?.priority === 1);
  }, 60_000);
});

describe("somebody who looks again", () => {
  it("finds out soon that nobody is at the other end, and nothing changes where somebody is", async () => {
    const stream = streamOf({ replyMs: 700 });
    await until(() => stream.state.is === "open");
    const states: string[] = [];
    stream.onState(({ is }) => states.push(is));
    stream.wake();
    await new Promise((next) => setTimeout(next, 1_000));
    expect(states).toEqual([]);
    node.freeze();
    await new Promise((next) => setTimeout(next, 200)); // a stop takes effect a moment later
    stream.wake();
    await until(() => stream.state.is !== "open", "the silence to be noticed");
    node.thaw();
    await until(() => stream.state.is === "open");
  });
});

describe("a snapshot in pages", () => {
  type Row = { kind: string; id: string; version: number; status: string };
  const row = (id: string, version = 1, status = "NEW"): Row => ({ kind: "order", id, version, status });
  /** A stream that is told what to say. */
  function scripted() {
    let follower: Parameters<Stream["follow"]>[1] | undefined;
    const board = new Board({ follow: (_: string, one: typeof follower) => { follower = one; return () => {}; } } as never, (tell) => tell());
    board.follow(["zon_A"]);
    return { board, says: follower!, ids: () => board.snapshot().orders.map(({ id }) => id).sort().join() };
  }
  it("is complete with its last page, not with a change that comes between two", () => {
    const { board, says, ids } = scripted();
    says.opened({ at: "e.5", rows: [row("a"), row("b"), row("c")] });
    says.opened({ at: "e.9", rows: [row("a", 2)], more: true });
    says.pushed({ at: "e.10", rows: [row("d")] });
    expect(ids(), "nothing goes before the last page").toBe("a,b,c,d");
    says.pushed({ at: "e.9", rows: [row("b")], more: true });
    says.pushed({ at: "e.9", rows: [] });
    expect(ids()).toBe("a,b,d");
    expect(board.snapshot().isComplete).toBe(true);
  });
  it("counts the pages that come in one frame with its reply", () => {
    const sent: { id: number; sub?: unknown }[] = [];
    const socket = { readyState: 1, send: (text: string) => sent.push(JSON.parse(text)), close() {} } as unknown as WebSocket;
    const stream = new Stream({ open: () => socket });
    stops.push(() => stream.stop());
    stream.start();
    const board = new Board(stream);
    board.follow(["zon_A"]);
    const hear = (...lines: unknown[]) => socket.onmessage!({ data: lines.map((line) => JSON.stringify(line)).join("\n") } as MessageEvent);
    socket.onopen!({} as Event);
    hear({ id: sent.at(-1)!.id, ok: { node: "n", ping_ms: 25_000, server_time: new Date().toISOString() } });
    const { id } = sent.find((one) => one.sub)!;
    hear({ id, ok: { at: "e.9", rows: [row("a")], more: true } }, { view: { topic: "board:zon_A", at: "e.9", rows: [row("b")], more: true } },
      { view: { topic: "board:zon_A", at: "e.9", rows: [row("c")] } });
    expect(board.snapshot().orders.map((one) => one.id)).toEqual(["a", "b", "c"]);
    expect(board.snapshot().isComplete).toBe(true);
  });
  it("keeps the higher version, and what left one board stays while another shows it", () => {
    const followers: Parameters<Stream["follow"]>[1][] = [];
    const board = new Board({ follow: (_: string, one: (typeof followers)[0]) => { followers.push(one); return () => {}; } } as never, (tell) => tell());
    board.follow(["zon_A", "zon_B"]);
    const [a, b] = followers;
    a!.opened({ at: "e.1", rows: [row("o", 7, "TRIAGED")] });
    b!.opened({ at: "e.1", rows: [row("o", 8, "ASSIGNED")] });
    a!.pushed({ at: "e.2", rows: [row("o", 7, "TRIAGED")] });
    expect(board.order("o")).toMatchObject({ version: 8, status: "ASSIGNED" });
    a!.pushed({ at: "e.3", rows: [], gone: [{ id: "o", version: 8 }] });
    expect(board.order("o")).toMatchObject({ version: 8 });
    b!.pushed({ at: "e.3", rows: [], gone: [{ id: "o", version: 9 }] });
    expect(board.order("o")).toBeUndefined();
  });
});

describe("a storm", () => {
  it("of changes, cut connections and a kill leaves the board as the server has it", async () => {
    const [ana, ben] = company.technicians;
    const orders = await Promise.all(Array.from({ length: 40 }, (_, n) => company.order(`tormenta ${n}`, n % 2)));
    const sockets: WebSocket[] = [];
    const stream = new Stream({ random: () => 0, open: () => {
      const socket = new WebSocket(node.streamUrl, { protocols: "microflow.v1", headers: { Authorization: `Bearer ${token}` } } as never);
      sockets.push(socket);
      return socket;
    } });
    stops.push(() => stream.stop());
    stream.start();
    const board = boardOf(stream);
    await live(board);
    let isOver = false, done = 0;
    const worker = async (seed: number) => {
      for (let n = seed; !isOver; n += 7) {
        const order = orders[(n * 13) % orders.length]!, [verb, body] = ([
          ["set_priority", { priority: 1 + (n % 4) }], ["assign", { technician: (n % 2 ? ana : ben)!.id }],
          ["unassign", { reason: "unassigned" }], ["comment", { text: "hola" }], ["pin", {}], ["cancel", { reason: "duplicate" }],
        ] as const)[n % 97 === 0 ? 5 : n % 5]!;
        const verdict = await command(apiOf(), order, verb, body as never, { random: () => 0 });
        if (verdict.is === "done") done += 1;
        else if (verdict.is === "unknown") throw new Error("nobody answered");
      }
    };
    const workers = [1, 2, 3, 4].map(worker);
    for (let n = 0; n < 12; ++n) {
      await new Promise((next) => setTimeout(next, 150));
      if (n === 6) { await node.kill(); await node.again(); }
      else sockets.at(-1)?.close();
    }
    isOver = true;
    await Promise.all(workers);
    expect(done).toBeGreaterThan(50);
    await live(board);
    await agrees(board);
    const wanted = await company.get(`/v1/orders?limit=100&q=tormenta`, token) as { data: OrderRow[] };
    for (const row of wanted.data) {
      const here = board.order(row.id);
      if (here) expect(here).toMatchObject({ status: row.status, priority: row.priority, pinned: row.pinned });
    }
    expect(sockets.length, "cut again and again").toBeGreaterThan(4);
  }, 60_000);
});

describe("a command", () => {
  it("shows at once what it will do, and stays when the server agrees", async () => {
    const order = await company.order("se asigna");
    const board = boardOf(streamOf());
    const before = await until(() => board.order(order));
    const [ana] = company.technicians;
    const verdict = commandOnBoard(apiOf(), board, order, "assign", { technician: ana!.id },
      { version: before.version, predict: (row) => ({ ...row, status: "ASSIGNED", technician_name: ana!.name }) });
    expect(board.order(order)).toMatchObject({ status: "ASSIGNED", version: before.version });
    const done = await verdict;
    expect(done).toMatchObject({ is: "done", outcome: { status: "ASSIGNED" } });
    await until(() => board.order(order)!.version > before.version);
    expect(board.order(order)).toMatchObject({ status: "ASSIGNED", technician: ana!.id });
  });

  it("takes back what the server refuses, with its words", async () => {
    const order = await company.order("no se puede");
    const board = boardOf(streamOf());
    await until(() => board.order(order));
    const verdict = commandOnBoard(apiOf(), board, order, "approve", {},
      { predict: (row) => ({ ...row, status: "CLOSED" }) });
    expect(board.order(order)?.status).toBe("CLOSED");
    expect(await verdict).toMatchObject({ is: "refused", why: { status: 409, code: "order_is_triaged" } });
    expect(board.order(order)?.status).toBe("TRIAGED");
  });

  it("never overwrites what somebody else did to a version that was looked at", async () => {
    const order = await company.order("dos a la vez");
    const board = boardOf(streamOf());
    const seen = await until(() => board.order(order));
    const [ana, ben] = company.technicians;
    const both = await Promise.all([ana!, ben!].map(({ id }) =>
      command(apiOf(), order, "assign", { technician: id }, { version: seen.version })));
    expect(both.map((verdict) => verdict.is).sort()).toEqual(["conflict", "done"]);
  });

  it("is done once when its answer gets lost", async () => {
    const order = await company.order("una sola vez");
    let lost = 0;
    const flaky = apiOf(undefined, { fetch: async (request: Request) => {
      const answer = await fetch(request);
      if (request.method === "POST" && lost++ < 2) throw new TypeError("cut off");
      return answer;
    } });
    const { version } = await company.get(`/v1/orders/${order}`) as { version: number };
    const verdict = await command(flaky, order, "comment", { text: "hola" }, { version, random: () => 0 });
    expect(verdict).toMatchObject({ is: "done", replayed: true });
    const { comments } = await company.get(`/v1/orders/${order}`) as { comments: number };
    expect(comments).toBe(1);
  });

  it("waits for a node that is killed and comes back", async () => {
    const order = await company.order("espera");
    await node.kill();
    const verdict = command(apiOf(), order, "comment", { text: "llegará" });
    await node.again();
    expect((await verdict).is).toBe("done");
  }, 60_000);
});

describe("an order's panel", () => {
  it("has the whole history, each event once and in order, across a kill", async () => {
    const order = await company.order("historia");
    const door = { isOpen: true };
    let histories = 0;
    const counting = apiOf(undefined, { fetch: (request: Request) => {
      if (request.url.includes("/timeline")) histories += 1;
      return fetch(request);
    } });
    const follower = new OrderFollower(counting, streamOf({ door }), order);
    stops.push(() => follower.stop());
    await until(() => follower.snapshot().events.length >= 2, "the history");
    for (let n = 0; n < 3; ++n) await company.post(`/v1/orders/${order}/comment`, { text: `a${n}` });
    door.isOpen = false;
    await node.kill();
    await node.again();
    for (let n = 0; n < 3; ++n) await company.post(`/v1/orders/${order}/comment`, { text: `b${n}` });
    door.isOpen = true;
    await until(() => follower.snapshot().order?.comments === 6, "the comments");
    const { data } = await company.get(`/v1/orders/${order}/timeline?limit=100`) as { data: { id: string }[] };
    await until(() => follower.snapshot().events.length === data.length);
    expect(follower.snapshot().events.map(({ id }) => id)).toEqual(data.map(({ id }) => id));
    expect(follower.snapshot().order).toMatchObject({ client_name: "Laura Vélez" });
    expect(histories, "what was missed comes by the stream").toBe(1);
  }, 60_000);
});

describe("waiting", () => {
  it("doubles up to its limit, half of it by chance", () => {
    expect([0, 1, 2, 20].map((n) => backoffMs(n, () => 1))).toEqual([400, 800, 1600, 15_000]);
    expect([0, 1, 2, 20].map((n) => backoffMs(n, () => 0))).toEqual([200, 400, 800, 7_500]);
  });
});
