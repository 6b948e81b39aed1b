/** Types of imported cells: words of the files that are names of terms become types, marked as imported. */

import type { CellTypes } from "#core/cell-types/index.ts";
import * as text from "./sql/beside.ts";
import type { Store } from "./store.ts";
import { typesOfWord } from "./type-words.ts";
import type { Agent } from "./types.ts";
import { type TypesOfRevision, typesOfRevision } from "./types-at.ts";
import { loadVocabulary } from "./vocabulary.ts";

export interface WordedLayer {
  readonly id: string;
  readonly uids: readonly string[];
  /** Word of each object, in the order of `uids`; null when the file has none. */
  readonly words: readonly (string | null)[] | null;
}

/**
 * Writes the types of objects inserted in this very transaction.
 *
 * @returns what the first revision of each layer keeps of them, in order. Cost: nothing for layers without words.
 */
export async function insertTypesOfWords(
  tx: Store,
  actor: Agent,
  layers: readonly WordedLayer[],
): Promise<TypesOfRevision[]> {
  if (layers.every(({ words }) => words === null)) return layers.map(() => typesOfRevision(new Map()));
  const vocabulary = await loadVocabulary(tx);
  const known = new Map<string, CellTypes | null>();
  const typesOf = (word: string): CellTypes | null => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const types = typesOfWord(word, vocabulary);
    known.set(word, types);
    return types;
  };
  const kept: TypesOfRevision[] = [];
  for (const { id, uids, words } of layers) {
    const named = uids.flatMap((uid, i): [string, CellTypes][] => {
      const word = words?.[i] ?? null;
      const types = word === null ? null : typesOf(word);
      return types === null ? [] : [[uid, types]];
    });
    kept.push(typesOfRevision(new Map(named)));
    if (named.length === 0) continue;
    await tx.sql.query(text.insertTypes, [
      id,
      actor.id,
      named.map(([uid]) => uid),
      named.map(([, types]) => JSON.stringify(types)),
      named.map(() => 1),
    ]);
  }
  return kept;
}
