// The node's REST side, typed by its own document, with every failure as a value.
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "@microflow/schema";
import type { Problem } from "./types";

/** Why there is no answer. `status` 0: nobody answered, and whether the request arrived is unknown. */
export interface Refusal {
  status: number;
  code: string;
  /** The server's words, in the language that was asked for. */
  detail: string;
  errors: { field: string; detail: string }[];
  retryAfterMs?: number;
}
export type Answer<T> = { ok: T; headers: Headers } | { no: Refusal };

export interface ApiOptions {
  /** "" in a page: its own origin. */
  baseUrl?: string;
  /** Asked at each request: people change the language while they work. */
  language?: () => string;
  /** For programs. Browsers have their cookie. */
  token?: () => string | undefined;
  fetch?: (request: Request) => Promise<Response>;
  timeoutMs?: number;
}
export interface Api {
  client: Client<paths>;
  options: ApiOptions;
}

export function createApi(options: ApiOptions = {}): Api {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const client = createClient<paths>({
    baseUrl: options.baseUrl ?? "",
    credentials: "same-origin",
    fetch: (request: Request) => {
      const patience = AbortSignal.timeout(options.timeoutMs ?? 10_000);
      return send(new Request(request, { signal: AbortSignal.any([request.signal, patience]) }));
    },
  });
  client.use({
    onRequest({ request }) {
      const language = options.language?.(), token = options.token?.();
      if (language) request.headers.set("Accept-Language", language);
      if (token) request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  });
  return { client, options };
}

function retryAfter(headers: Headers): { retryAfterMs?: number } {
  const seconds = Number(headers.get("Retry-After"));
  return seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
}

export const unreachable: Refusal = { status: 0, code: "unreachable", detail: "", errors: [] };

/** What a call of `client` came to. Never throws. */
export async function answerOf<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Answer<T>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return { ok: data as T, headers: response.headers };
    const problem = (error && typeof error === "object" ? error : {}) as Partial<Problem>;
    return {
      no: {
        status: response.status,
        code: problem.code ?? "unknown",
        detail: problem.detail ?? problem.title ?? "",
        errors: (problem.errors ?? []).map((e) => ({ field: e.field, detail: e.detail ?? e.code })),
        ...retryAfter(response.headers),
      },
    };
  } catch {
    return { no: unreachable };
  }
}
