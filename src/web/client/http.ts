/**
 * One way to ask the server: JSON in, JSON out, every failure a `FoundryError`.
 *
 * The header `x-cellfoundry: 1` goes with every request, because a page of another site cannot send it: together
 * with the strict cookie it keeps strangers from acting in a member's name. A server that cannot be reached becomes
 * `net.unreachable`, so that screens have one kind of error to show. Aborts pass through unchanged.
 */

import { errorFromWire, FoundryError, type WireError } from "#core/errors.ts";

const API_ROOT = "/api";

/** Values of a query string; undefined ones are left out. */
export type QueryValues = Readonly<Record<string, string | number | undefined>>;

export interface RequestOptions {
  readonly query?: QueryValues;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Sent even when the page is just being closed; for small bodies. */
  readonly keepalive?: boolean;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Path below `/api` with its query string; segments must be encoded already. */
export function apiUrl(path: string, query: QueryValues = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return `${API_ROOT}${path}${text === "" ? "" : `?${text}`}`;
}

/**
 * Sends one request and reads its JSON answer; an empty answer (204) gives undefined.
 *
 * @throws FoundryError with the server's code, or `net.unreachable` when there is no answer.
 */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { "x-cellfoundry": "1", accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal !== undefined) init.signal = options.signal;
  if (options.keepalive !== undefined) init.keepalive = options.keepalive;

  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable(error);
  }
  return readAnswer<T>(response.status, await response.text());
}

/** Turns status and body into a value or the error they stand for. */
export function readAnswer<T>(status: number, text: string): T {
  if (status >= 200 && status < 300) return parseAnswer<T>(text);
  const wire = wireErrorOf(text);
  throw wire === null ? unexpected(status) : errorFromWire(wire);
}

/** A network's sign-in page or a broken proxy answers 200 with something that is not ours. */
function parseAnswer<T>(text: string): T {
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new FoundryError("server.internal", {
      message: "The answer is not one of this server: something between here and there may have given it.",
      hint: "Check that this network does not ask for a sign-in of its own; the page goes on by itself.",
      cause,
    });
  }
}

export function unreachable(cause?: unknown): FoundryError {
  return new FoundryError("net.unreachable", {
    message: "The server does not answer.",
    hint: "Check that Cell Foundry is running and that this computer has a network; the page goes on by itself.",
    cause,
  });
}

function wireErrorOf(text: string): WireError | null {
  try {
    const body = JSON.parse(text) as { error?: WireError };
    return typeof body.error?.message === "string" ? body.error : null;
  } catch {
    return null;
  }
}

function unexpected(status: number): FoundryError {
  return new FoundryError("server.internal", {
    message: `The server answered with status ${status} and no explanation.`,
    hint: "Try again; when it happens twice, look into the server's log.",
    details: { status },
  });
}
