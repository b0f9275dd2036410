// Logging in and out, and who is logged in. The cookie can't be read here: a mark says whether
// asking the server is worth a request.
import { languageNow } from "/texts.js";

const mark = "signedIn";

function remember(isSignedIn) {
  isSignedIn ? localStorage.setItem(mark, "1") : localStorage.removeItem(mark);
}
/// What the server says it says in the page's language, not in the browser's.
async function ask(path, options = {}) {
  const headers = { "Accept-Language": languageNow(), ...options.headers };
  return fetch(path, { ...options, headers }).catch(() => null);
}
function waitOf(answer) { return Number(answer.headers.get("Retry-After")) || 1; }

/// {me} when somebody is logged in, {isOut: true} when nobody is, {isTrouble: true} when the server
/// can't say.
export async function whoAmI() {
  if (!localStorage.getItem(mark)) return { isOut: true };
  const answer = await ask("/v1/sessions/current");
  if (answer && answer.ok) return { me: await answer.json() };
  if (!answer || answer.status !== 401) return { isTrouble: true };
  remember(false);
  return { isOut: true };
}

/// Empty when it worked; otherwise the name of a text, and a number or the server's words for it.
export async function logIn(username, password, code) {
  const body = JSON.stringify(code ? { username, password, code } : { username, password });
  const answer = await ask("/v1/sessions", { method: "POST", body,
    headers: { "Content-Type": "application/json" } });
  if (!answer) return { problem: "failed" };
  if (answer.ok) { remember(true); return {}; }
  if (answer.status === 429) return { problem: "tooMany", n: waitOf(answer) };
  if (answer.status === 503) return { problem: "busy", n: waitOf(answer) };
  const why = await answer.json().catch(() => ({}));
  if (answer.status !== 401) return { problem: "refused", n: why.detail || answer.status };
  if (why.code === "code_required") return { problem: "codeRequired" };
  return { problem: code ? "wrongCode" : "wrong" };
}

/// False when the server could not be told: the session is still open then.
export async function logOut() {
  const answer = await ask("/v1/sessions/current", { method: "DELETE" });
  const isOut = Boolean(answer && (answer.ok || answer.status === 401));
  if (isOut) remember(false);
  return isOut;
}

/// Every zone, or null when they can't be read.
export async function readZones() {
  let zones = [], cursor = "";
  do {
    const answer = await ask("/v1/zones?limit=100" + (cursor && "&cursor=" + encodeURIComponent(cursor)));
    if (!answer || !answer.ok) return null;
    const page = await answer.json();
    zones = zones.concat(page.data || []);
    cursor = page.next_cursor || "";
  } while (cursor);
  return zones;
}
