// The live board: one screen per who is logged in, fed by the stream.
import { colors, draw, tipAt } from "/map.js";
import { logIn, logOut, readZones, whoAmI } from "/session.js";
import { changeLanguage, otherLanguage, t, translatePage } from "/texts.js";

const $ = id => document.getElementById(id);
const states = Object.keys(colors), rowsShown = 60, topicsMax = 120;

let me = null, zones = [], orders = new Map(), technicians = new Map(), positions = new Map();
let status = "", zone = "", screen = "", notice = null, complaint = null;
let socket = null, isWanted = false, nextId = 1, tries = 0, replies = new Map();
let watched = new Set(), fresh = new Set(), isDirty = false, retry = 0;

// ---- screens: "login", "notice", "board"

function show(name) {
  screen = name;
  $("login").hidden = name !== "login";
  $("notice").hidden = name !== "notice";
  $("board").hidden = name !== "board";
  $("zone").hidden = name !== "board";
  $("leave").hidden = !me || name === "login";
  say();
}
/// Writes everything that depends on the language.
function say() {
  translatePage();
  $("language").textContent = otherLanguage();
  $("theme").textContent = t("theme");
  $("leave").textContent = t("leave");
  $("map").setAttribute("aria-label", t("map"));
  $("who").textContent = me && screen !== "login" ? me.username : "";
  $("error").textContent = complaint ? t(complaint.problem, complaint.n) : "";
  if (notice) {
    $("noticeTitle").textContent = t(notice.title);
    $("noticeText").textContent = notice.texts.map(([name, n]) => t(name, n)).join(" ");
    $("noticeLeave").hidden = !me;
  }
  const isMine = me && !isAdministrator();
  $("zone").replaceChildren(new Option(t(isMine ? "myZones" : "allZones"), ""),
    ...zones.map(z => new Option(z.name, z.id)));
  $("zone").value = zone;
  sayState();
  dirty();
}
function sayState() {
  const isOpen = Boolean(socket && socket.readyState === 1);
  $("state").hidden = !isWanted;
  $("state").className = isOpen ? "state live" : "state";
  $("state").textContent = isWanted ? t(isOpen ? "live" : "offline") : "";
}
function tell(title, ...texts) {
  notice = { title, texts };
  show("notice");
}
function showLogin() {
  hangUp();
  me = null;
  $("codeLine").hidden = true;
  $("code").value = $("password").value = "";
  show("login");
  $("username").focus();
}

// ---- who is here

function isAdministrator() { return me.roles.includes("administrator"); }

async function begin(isFromLogin = false) {
  clearTimeout(retry);
  const answer = await whoAmI();
  if (answer.isOut) {
    if (isFromLogin) complaint = { problem: "noCookie" };
    return showLogin();
  }
  if (answer.isTrouble) return tryAgain();
  me = answer.me;
  if (me.totp_required) { hangUp(); return tell("needTotp", ["needTotpText"]); }
  if (!isAdministrator() && !me.roles.includes("supervisor")) return explain();
  const all = await readZones();
  if (!all) return tryAgain();
  zones = isAdministrator() ? all : all.filter(z => me.zones.includes(z.id));
  if (!zones.some(z => z.id === zone)) zone = "";
  if (!zones.length) {
    hangUp();
    return isAdministrator() ? tell("noZonesAtAll", ["noZonesAtAllText"]) : tell("noZones", ["noZonesText"]);
  }
  tries = 0;
  isWanted = true;
  show("board");
  connect();
}
/// The server can't be asked now. What is on the screen stays there.
function tryAgain() {
  if (screen !== "board") tell("trouble", ["troubleText"]);
  retry = setTimeout(() => begin(), Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random()));
}
/// There is no screen for these roles.
function explain() {
  hangUp();
  if (!me.roles.length) return tell("noScreen", ["noRoleText"]);
  tell("noScreen", ["noScreenText", me.roles.map(role => t(role).toLowerCase()).join(", ")],
    ...me.roles.map(role => [role + "Text"]));
}
function hangUp() {
  isWanted = false;
  clearTimeout(retry);
  if (socket) socket.close();
  socket = null;
  for (const rows of [orders, technicians, positions]) rows.clear();
}

// ---- the stream

function call(verb, body, then) {
  const id = nextId++;
  if (then) replies.set(id, then);
  socket.send(JSON.stringify({ id, [verb]: body }));
}
function connect() {
  if (socket) socket.close();
  replies.clear(); watched.clear();
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const mine = socket = new WebSocket(scheme + location.host + "/v1/stream", "microflow.v1");
  mine.onopen = () => call("connect", {}, () => {
    tries = 0; orders.clear(); technicians.clear();
    subscribe(zones.slice(0, topicsMax).map(z => z.id));
    sayState();
  });
  mine.onmessage = message => { if (mine === socket) message.data.split("\n").forEach(receive); };
  mine.onclose = event => {
    if (mine !== socket) return;
    sayState();
    if (!isWanted) return;
    if (event.code === 4401 || event.code === 4403) return begin();
    const wait = Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random());
    retry = setTimeout(() => tries > 2 ? begin() : connect(), wait);
  };
}
// A few at a time: at most 32 calls may wait for their reply.
function subscribe(left) {
  const some = left.splice(0, 16);
  let waiting = some.length;
  for (const id of some) call("sub", { topic: "board:" + id }, reply => {
    if (reply.ok) rows(reply.ok);
    if (--waiting === 0 && left.length) subscribe(left);
  });
}
function receive(line) {
  if (!line) return;
  const message = JSON.parse(line);
  if (message.id !== undefined) {
    const then = replies.get(message.id);
    replies.delete(message.id);
    if (then) then(message);
  } else if (message.view) rows(message.view);
  else if (message.unsub && message.unsub.topic.startsWith("board:")) begin();
  else if (message.pub && message.pub.topic.startsWith("position:")) place(message.pub);
  else if (Object.keys(message).length === 0) socket.send("{}");
}
function rows(view) {
  for (const row of view.rows || []) {
    if (row.kind === "proposal") continue;
    const list = row.kind === "technician" ? technicians : orders;
    const known = list.get(row.id);
    if (known && known.version >= row.version) continue;
    if (known && known.status !== row.status) fresh.add(row.id);
    list.set(row.id, row);
    if (row.kind === "technician") watch(row.id);
  }
  for (const gone of view.gone || [])
    for (const list of [orders, technicians])
      // Of the same version: it has moved to another board of ours.
      if (list.has(gone.id) && list.get(gone.id).version < gone.version) list.delete(gone.id);
  dirty();
}
function watch(id) {
  if (watched.has(id) || watched.size + zones.length >= topicsMax) return;
  watched.add(id);
  call("sub", { topic: "position:" + id }, reply => {
    if (reply.ok && reply.ok.snapshot) place({ topic: "position:" + id, event: reply.ok.snapshot });
  });
}
function place(pub) {
  const p = pub.event && (pub.event.position || pub.event.data || pub.event);
  if (!p || typeof p.lat !== "number") return;
  positions.set(pub.topic.slice("position:".length), p);
  dirty();
}

// ---- drawing

function dirty() {
  if (isDirty) return;
  isDirty = true;
  setTimeout(() => requestAnimationFrame(() => {
    isDirty = false;
    if (screen === "board") { paint(); list(); }
  }), 80);
}
function inZone(row) { return !zone || row.zone === zone || (row.zones || []).includes(zone); }
function clockOf(row) {
  if (row.sla && row.sla.breached) return "late";
  return row.sla && row.sla.at_risk ? "risk" : "";
}
function list() {
  const here = [...orders.values()].filter(inZone);
  $("boardTitle").textContent = t("orders") + " · " + here.length;
  const counts = {};
  for (const row of here) counts[row.status] = (counts[row.status] || 0) + 1;
  const chip = (value, label, count) => {
    const e = document.createElement("button");
    e.className = "chip"; e.type = "button"; e.dataset.status = value;
    e.setAttribute("aria-pressed", String(status === value));
    if (value) e.append(dot(value));
    e.append(label + " ", Object.assign(document.createElement("b"), { textContent: count }));
    return e;
  };
  const focused = document.activeElement && document.activeElement.dataset.status;
  // What is filtered by stays visible at 0, so that the filter can be seen and taken off.
  $("chips").replaceChildren(chip("", t("all"), here.length),
    ...states.filter(s => counts[s] || s === status).map(s => chip(s, t(s), counts[s] || 0)));
  if (focused !== undefined)
    for (const e of $("chips").children) if (e.dataset.status === focused) e.focus();
  const shown = here.filter(row => !status || row.status === status)
    .sort((a, b) => (b.updated_at || "").localeCompare(a.updated_at || ""));
  const items = shown.slice(0, rowsShown).map(item);
  if (shown.length > rowsShown) items.push(note(t("more", shown.length - rowsShown)));
  $("orders").replaceChildren(...(items.length ? items : [note(t("none"))]));
  fresh.clear();
}
function note(text) {
  return Object.assign(document.createElement("li"), { className: "none", textContent: text });
}
function dot(state) {
  const i = document.createElement("i");
  i.style.background = colors[state] || "#999";
  return i;
}
function item(row) {
  const li = document.createElement("li");
  li.className = fresh.has(row.id) ? "row fresh" : "row";
  const part = (className, text) => Object.assign(document.createElement("span"), { className, textContent: text });
  const name = (zones.find(z => z.id === row.zone) || {}).name || "";
  const sub = part("sub", [row.client_name, row.address, name, row.type_name, row.technician_name].filter(Boolean).join(" · "));
  const clock = clockOf(row);
  if (clock) sub.append(" · ", part("late", t(clock)));
  const title = part("title", row.title + " ");
  title.append(part("code", row.code));
  li.append(dot(row.status), title, part("status", t(row.status)), sub);
  return li;
}
function paint() {
  const places = zones.filter(z => typeof z.lat === "number");
  draw($("map"), {
    places, focus: zone ? places.filter(z => z.id === zone) : places, pad: zone ? 0.02 : 0.015,
    orders: [...orders.values()]
      .filter(row => typeof row.lat === "number" && inZone(row) && (!status || row.status === status))
      .map(row => ({ ...row, at: row, isLate: clockOf(row) === "late" })),
    technicians: [...technicians.values()].filter(inZone)
      .map(row => ({ ...row, at: positions.get(row.id) || row.position || row.home,
                     isFaded: row.availability === "off" }))
      .filter(row => row.at),
  });
  const used = states.filter(s => [...orders.values()].some(row => row.status === s));
  const make = (text, name) => {
    const e = document.createElement("span"), i = name ? dot(name) : document.createElement("i");
    if (!name) i.className = "square";
    e.append(i, text);
    return e;
  };
  $("key").replaceChildren(...used.map(s => make(t(s), s)), make(t("technician"), ""));
}

// ---- what people do

$("login").addEventListener("submit", async event => {
  event.preventDefault();
  if ($("enter").disabled) return;
  $("enter").disabled = true;
  const code = $("codeLine").hidden ? "" : $("code").value.replace(/\s/g, "");
  const answer = await logIn($("username").value, $("password").value, code);
  $("enter").disabled = false;
  complaint = answer.problem ? answer : null;
  if (!complaint) {
    tell("loading");
    return begin(true);
  }
  if (answer.problem === "codeRequired") $("codeLine").hidden = false;
  say();
  if ($("codeLine").hidden) return;
  $("code").value = "";
  $("code").focus();
});
for (const id of ["username", "password"])
  $(id).addEventListener("input", () => { $("codeLine").hidden = true; $("code").value = ""; });
for (const id of ["leave", "noticeLeave"]) $(id).addEventListener("click", async () => {
  if (await logOut()) { complaint = null; return showLogin(); }
  hangUp();
  tell("notLeft", ["notLeftText"]);
});
$("language").addEventListener("click", () => { changeLanguage(); say(); });
$("theme").addEventListener("click", () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark" ||
    (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  setTheme(isDark ? "light" : "dark");
});
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  dirty();
}
$("zone").addEventListener("change", () => { zone = $("zone").value; dirty(); });
$("chips").addEventListener("click", event => {
  const chip = event.target.closest(".chip");
  if (chip) { status = chip.dataset.status; dirty(); }
});
$("map").addEventListener("mousemove", event => {
  const box = $("map").getBoundingClientRect();
  const text = tipAt(event.clientX - box.left, event.clientY - box.top);
  $("tip").hidden = !text;
  if (!text) return;
  $("tip").textContent = text;
  $("tip").style.left = Math.min(event.clientX + 14, innerWidth - 290) + "px";
  $("tip").style.top = event.clientY + 14 + "px";
});
$("map").addEventListener("mouseleave", () => { $("tip").hidden = true; });
addEventListener("resize", dirty);

setTheme(localStorage.getItem("theme") || "");
tell("loading");
begin();
