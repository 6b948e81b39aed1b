/**
 * The query cache, and what is done with errors.
 *
 * Every failed change (mutation) reports to one place, `onProblem`, so that no screen can forget to say it; a failed
 * read is shown where the data would have been. Losing the session makes the session stale, which shows the sign-in
 * page. Only errors that time can heal are tried again.
 */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { errorCodes, FoundryError, isFoundryError } from "#core/errors.ts";
import { keys } from "./keys.ts";

/** Told of every failed change that its caller did not mark as handled (`meta: { quiet: true }`). */
type ProblemListener = (error: FoundryError) => void;

/** Three tries with a growing pause bridge a restart of the server (under 5 s). */
const RETRIES_MAX = 3;

export function createCache(onProblem: ProblemListener): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => noticeSession(client, error) }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        noticeSession(client, error);
        if (isAbort(error) || mutation.meta?.["quiet"] === true) return;
        onProblem(toFoundryError(error));
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < RETRIES_MAX && canRetry(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
  return client;
}

/** Foreign errors (a bug in the page) are shown too, never swallowed. */
export function toFoundryError(error: unknown): FoundryError {
  if (error instanceof FoundryError) return error;
  return new FoundryError("server.internal", {
    message: "Something went wrong in the page itself.",
    hint: "Reload the page; nothing that was saved is lost.",
    details: { text: error instanceof Error ? error.message : String(error) },
    cause: error,
  });
}

function canRetry(error: unknown): boolean {
  return error instanceof FoundryError && errorCodes[error.code].retry;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function noticeSession(client: QueryClient, error: unknown): void {
  if (isFoundryError(error, "policy.signIn")) void client.invalidateQueries({ queryKey: keys.session });
}
