// Who is logged in. Browsers hold the session in a cookie that no script can read, so a mark in
// `memory` says whether asking the server is worth a request.
import { answerOf, type Api, type Refusal } from "./api";
import type { Session } from "./types";

export type WhoAmI =
  | { is: "in"; session: Session }
  | { is: "out" }
  /** The server can't be asked now: whoever was in may still be. */
  | { is: "unknown"; why: Refusal };
export type Login =
  | { is: "in"; token: string }
  | { is: "code_required" }
  | { is: "refused"; why: Refusal };

export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}
const mark = "signedIn";

export class Sessions {
  constructor(private readonly api: Api, private readonly memory?: Memory) {}

  async whoAmI(): Promise<WhoAmI> {
    if (this.memory && !this.memory.getItem(mark)) return { is: "out" };
    const answer = await answerOf(this.api.client.GET("/v1/sessions/current"));
    if ("ok" in answer) return { is: "in", session: answer.ok };
    if (answer.no.status !== 401) return { is: "unknown", why: answer.no };
    this.memory?.removeItem(mark);
    return { is: "out" };
  }

  /** `code` is the authenticator's, for accounts that answered `code_required`. */
  async logIn(username: string, password: string, code?: string): Promise<Login> {
    const body = code ? { username, password, code } : { username, password };
    const answer = await answerOf(this.api.client.POST("/v1/sessions", { body }));
    if ("ok" in answer) {
      this.memory?.setItem(mark, "1");
      return { is: "in", token: answer.ok.token };
    }
    if (answer.no.code === "code_required") return { is: "code_required" };
    return { is: "refused", why: answer.no };
  }

  /** False: the server could not be told, and the session is still open. */
  async logOut(): Promise<boolean> {
    const answer = await answerOf(this.api.client.DELETE("/v1/sessions/current"));
    const isOut = "ok" in answer || answer.no.status === 401;
    if (isOut) this.memory?.removeItem(mark);
    return isOut;
  }
}
