/** Queries a project keeps under a name, for everyone in it. */

import { FoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import { isoTime } from "#platform/index.ts";
import * as text from "./sql/bulk-edits.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface SavedQuery {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  /** Metadata query as text. */
  readonly query: string;
  /** Free text beside it. */
  readonly search: string;
  readonly owner: Agent;
  readonly createdAt: string;
}

/** More names than this nobody finds again. */
const savedQueriesMax = 200;

/** By name. */
export async function listSavedQueries(store: Store, projectId: string): Promise<SavedQuery[]> {
  return store.sql.query<SavedQuery>(text.selectSavedQueries, [projectId]);
}

/**
 * Keeps a query; the same name again replaces its text.
 *
 * @throws FoundryError `query.syntax`; `limit.objects` when a project has too many.
 */
export async function saveQuery(
  store: Store,
  actor: Agent,
  saved: {
    readonly projectId: string;
    readonly name: string;
    readonly query: string;
    readonly search: string;
  },
): Promise<SavedQuery> {
  parseQuery(saved.query);
  const present = await listSavedQueries(store, saved.projectId);
  if (present.length >= savedQueriesMax && !present.some(({ name }) => name === saved.name)) {
    throw new FoundryError("limit.objects", {
      message: `A project keeps at most ${savedQueriesMax} queries.`,
      hint: "Delete one that is no longer used.",
    });
  }
  const { projectId, name, query, search } = saved;
  const values = [store.ids.next(), projectId, name, query, search, actor.id, isoTime(store.clock)];
  const [row] = await store.sql.query<{ id: string }>(text.upsertSavedQuery, values);
  const found = (await listSavedQueries(store, projectId)).find(({ id }) => id === row?.id);
  if (found !== undefined) return found;
  throw new FoundryError("request.notFound", { message: "The query was deleted by someone else meanwhile." });
}

/** One saved query's project and owner, or null. */
export async function findSavedQuery(
  store: Store,
  id: string,
): Promise<{ readonly id: string; readonly projectId: string; readonly ownerId: string } | null> {
  const [row] = await store.sql.query<{ id: string; projectId: string; ownerId: string }>(
    text.selectSavedQuery,
    [id],
  );
  return row ?? null;
}

export async function deleteSavedQuery(store: Store, id: string): Promise<void> {
  await store.sql.query(text.deleteSavedQuery, [id]);
}
