// A real node for tests, which can be killed, frozen and started again, and a small company in it.
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const password = "contrasena-1";
const patienceMs = 60_000;

export class Node {
  private process: ChildProcess | undefined;
  private port = 0;
  private said = "";
  private readonly directory = mkdtempSync(join(tmpdir(), "microflow-web-"));

  private constructor(private readonly flags: string[]) {}

  static async start(...flags: string[]): Promise<Node> {
    const node = new Node(flags);
    await node.again();
    return node;
  }
  get url(): string { return `http://127.0.0.1:${this.port}`; }
  get streamUrl(): string { return `ws://127.0.0.1:${this.port}/v1/stream`; }

  /** On the same port, with what it had. */
  async again(): Promise<void> {
    const binary = process.env.MF_BINARY;
    if (!binary) throw new Error("MF_BINARY names no microflow");
    const child = spawn(binary,
      ["serve", "--listen", `127.0.0.1:${this.port}`, "--admin-listen", "127.0.0.1:0",
        "--data-dir", join(this.directory, "data"), "--limits.logins_per_minute", "0",
        "--limits.commands_per_second", "0", "--limits.reads_per_second", "0",
        "--limits.subscriptions_per_second", "0", ...this.flags],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, MICROFLOW_ADMIN_PASSWORD: password } });
    this.process = child;
    child.stderr?.on("data", (text) => (this.said += text));
    await new Promise<void>((ready, fail) => {
      let printed = "";
      const timer = setTimeout(() => fail(new Error("not ready\n" + this.said)), patienceMs);
      child.on("close", () => fail(new Error("the node ended\n" + this.said)));
      child.stdout?.on("data", (text) => {
        const found = /^ready http=127\.0\.0\.1:(\d+)/m.exec((printed += text));
        if (!found) return;
        clearTimeout(timer);
        this.port = Number(found[1]);
        ready();
      });
    });
  }
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGKILL");
    await ended;
  }
  freeze(): void { this.process?.kill("SIGSTOP"); }
  thaw(): void { this.process?.kill("SIGCONT"); }
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Until `check` gives something true; looks every few milliseconds. */
type Truthy<T> = Exclude<T, undefined | null | false | 0 | "">;
export async function until<T>(check: () => T | Promise<T>, what = "it", ms = 20_000): Promise<Truthy<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await check();
    if (found) return found as Truthy<T>;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, 15));
  }
}

export interface Person { username: string; token: string }
type Json = Record<string, unknown>;

export class Company {
  zones: string[] = [];
  technicians: { id: string; name: string }[] = [];
  client = "";
  site: string[] = [];
  type = "";
  admin = "";

  constructor(readonly node: Node) {}

  /** Two zones with a supervisor each, three technicians, a client with a site in each zone. */
  static async at(node: Node): Promise<Company> {
    const company = new Company(node);
    company.admin = await company.logIn("admin");
    for (const [name, lat] of [["Popular", 6.3], ["El Poblado", 6.2]] as const)
      company.zones.push(await company.make("/v1/zones", { name, lat, lon: -75.56 }));
    const [north, south] = company.zones as [string, string];
    company.type = await company.make("/v1/order-types", { name: "Reparación", duration_ms: 3_600_000,
      priority: 3, skills: [{ skill: "router", level: 1 }] });
    await company.account("supervisora", ["supervisor"], { zones: [north, south] });
    await company.account("norte", ["supervisor"], { zones: [north] });
    for (const [name, zone] of [["Ana Gómez Restrepo", north], ["Ben Ríos Zapata", north],
      ["Caro Mesa Ochoa", south]] as const) {
      const id = await company.make("/v1/technicians",
        { name, skills: [{ skill: "router", level: 2 }], zones: [zone], home: { lat: 6.25, lon: -75.57 } });
      const username = name.split(" ")[0]!.toLowerCase();
      const token = await company.account(username, ["technician"], { technician: id });
      await company.post(`/v1/technicians/${id}/availability`, { availability: "available" }, token);
      company.technicians.push({ id, name });
    }
    company.client = await company.make("/v1/clients", { name: "Laura Vélez", document_type: "CC",
      document_number: "900100200", phones: ["+57 300 555 0101"] });
    for (const [zone, lat] of [[north, 6.301], [south, 6.201]] as const)
      company.site.push(await company.make(`/v1/clients/${company.client}/sites`, { name: "Casa",
        address: "Calle 10 # 20-30", neighbourhood: "Granizal", zone, lat, lon: -75.56,
        access_notes: "Portería 24 horas" }));
    return company;
  }

  async logIn(username: string): Promise<string> {
    const { token } = await this.post("/v1/sessions", { username, password }) as { token: string };
    return token;
  }
  async account(username: string, roles: string[], rights: Json): Promise<string> {
    await this.make("/v1/accounts", { username, password, roles, ...rights });
    return this.logIn(username);
  }
  async make(path: string, body: Json): Promise<string> {
    return (await this.post(path, body) as { id: string }).id;
  }
  async post(path: string, body?: Json, token = this.admin): Promise<unknown> {
    const answer = await fetch(this.node.url + path, { method: "POST", ...(body ? { body: JSON.stringify(body) } : {}),
      headers: { ...(body ? { "Content-Type": "application/json" } : {}), Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  async get(path: string, token = this.admin): Promise<unknown> {
    const answer = await fetch(this.node.url + path, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  /** A triaged order; `zone` 0 or 1. */
  async order(title: string, zone = 0): Promise<string> {
    const id = await this.make("/v1/orders", { type: this.type, client: this.client,
      site: this.site[zone], title });
    await this.post(`/v1/orders/${id}/triage`, { confirmed_distinct: true });
    return id;
  }
}

/** The code of an authenticator app (RFC 6238), `steps` of 30 s from now. */
export function totp(secret: Buffer, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const at = digest[19]! & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
export function toBase32(bytes: Buffer): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "", out = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  for (let at = 0; at < bits.length; at += 5) out += letters[parseInt(bits.slice(at, at + 5), 2)];
  return out;
}
