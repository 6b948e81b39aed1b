/**
 * What the cells of a project's images are, as far as choosing images needs it.
 *
 * `typed_cells` counts the living cells of the main layers by the terms they bear, as of the last commit of an edit:
 * whoever asks first after a change counts the changed layers anew (docs/decisions/0057).
 */

import type { Vocabulary } from "#core/ontology/index.ts";
import type { Selection } from "./sql/catalogue.ts";
import type { CellTerm } from "./sql/catalogue-targets.ts";
import * as text from "./sql/typed-cells.ts";
import type { Store } from "./store.ts";
import { nameOfTerm } from "./type-words.ts";

/** Terms that cells of the project bear, or once bore. Cost: two statements, more after edits of typed cells. */
export async function settledCellTerms(
  store: Store,
  projectId: string,
  vocabulary: Vocabulary,
): Promise<CellTerm[]> {
  await store.sql.query(text.settle, [projectId]);
  const rows = await store.sql.query<{ term: string }>(text.selectCellTerms, [projectId]);
  return rows.map(({ term }) => ({ curie: term, label: nameOfTerm(term, vocabulary) }));
}

/** Terms that stand together, in so many images or on so many cells; the other number is 0. */
export interface TypeCount {
  readonly terms: readonly string[];
  readonly images: number;
  readonly cells: number;
}

/** Cost: O(typed images of the selection); a look where no cell of the project has a type. */
export async function typeCounts(
  store: Store,
  projectId: string,
  selection: Selection,
): Promise<TypeCount[]> {
  const [typed] = await store.sql.query<{ found: boolean }>(text.hasTypedCells, [projectId]);
  if (typed?.found !== true) return [];
  return store.sql.query<TypeCount>(text.selectTypeCounts(selection), selection.params);
}
