/** Sources: where images came from, under which licence. One row per title, licence and address in a project. */

import { isoTime } from "#platform/index.ts";
import * as text from "./sql/images.ts";
import type { Store } from "./store.ts";

export interface NewSource {
  readonly title: string;
  /** SPDX name or words; "unknown" when nobody said. */
  readonly licence: string;
  readonly url?: string | undefined;
}

/** Id of the source, made when it is new. */
export async function ensureSource(tx: Store, projectId: string, source: NewSource): Promise<string> {
  const key = [projectId, source.title, source.licence, source.url ?? ""];
  const [found] = await tx.sql.query<{ id: string }>(text.selectSource, key);
  if (found !== undefined) return found.id;
  await tx.sql.query(text.insertSource, [tx.ids.next(), ...key, isoTime(tx.clock)]);
  const [made] = await tx.sql.query<{ id: string }>(text.selectSource, key);
  return (made as { id: string }).id;
}
