/** Calls routes by their pattern, demands success and remembers which were called: for tests that every route answers. */

import { expect } from "vitest";
import type { Caller, ServerUnderTest } from "./server-under-test.ts";

export interface RouteCall {
  /** Values for `:name` in the pattern; `*` for the rest of a path. */
  readonly params?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  /** Default: the owner. */
  readonly caller?: Caller;
  readonly payload?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export type RouteMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** @param serverOf  the running server, which a test file has only after its set-up. */
export function createRouteCalls(serverOf: () => ServerUnderTest) {
  const called = new Set<string>();
  return {
    /** `METHOD /api/pattern` of all calls so far. */
    called,
    /** Calls a route and demands an answer below 300. */
    async call(method: RouteMethod, pattern: string, options: RouteCall = {}) {
      const server = serverOf();
      const { params = {}, query = "", caller = server.owner, payload, headers = {} } = options;
      const path = pattern.replaceAll(
        /:([A-Za-z]+)|\*/g,
        (found, name) => params[name ?? found] ?? "missing",
      );
      const answer = await server.ask(caller, {
        method,
        url: `/api${path}${query}`,
        headers: { ...headers },
        ...(payload === undefined ? {} : { payload }),
      });
      const words = answer.statusCode < 300 ? "" : answer.body;
      expect(answer.statusCode, `${method} ${path}: ${words}`).toBeLessThan(300);
      called.add(`${method} /api${pattern}`);
      return answer;
    },
    /** Those of the routes that were not called. */
    uncalled(routes: readonly { readonly method: string; readonly url: string }[]): string[] {
      return routes.map(({ method, url }) => `${method} /api${url}`).filter((name) => !called.has(name));
    },
  };
}
