/** A query and a free text as a selection the database can answer from as few tables as possible. */

import type { Query } from "#core/select/index.ts";
import { type Selection, selectCombinations } from "./sql/catalogue.ts";
import { combinationTarget, conjuncts, imageTarget, levelOf } from "./sql/catalogue-targets.ts";
import { compileQuery, type Target } from "./sql/compile-query.ts";
import type { Store } from "./store.ts";
import { type QueryScope, settledScope } from "./term-words.ts";

export interface ImageFilter {
  readonly projectId: string;
  /** Parsed metadata query; default all. */
  readonly query?: Query | undefined;
  /** Free text over name and metadata values. */
  readonly search?: string | undefined;
}

/** More ids than this make planning slower than the join they save. */
const combinationIdsMax = 5_000;

/**
 * The selection of a filter. Combinations are looked up here, once: with their ids the database knows how much it will
 * find, and so whether to walk the images in order or to fetch and sort them.
 *
 * @throws FoundryError `query.term` for a term that is not known.
 */
export async function findSelection(store: Store, filter: ImageFilter): Promise<Selection> {
  const scope = await settledScope(store, filter.projectId);
  const selection = selectImages(filter, scope);
  if (selection.combination === null) return selection;
  const words = selectImages(
    { ...filter, query: { type: "and", parts: wordParts(filter) }, search: "" },
    scope,
  );
  const rows = await store.sql.query<{ id: number }>(selectCombinations(words), [
    ...words.params,
    combinationIdsMax + 1,
  ]);
  if (rows.length > combinationIdsMax) return selection;
  return selectImages(
    filter,
    scope,
    rows.map(({ id }) => id),
  );
}

const parts = ({ query }: ImageFilter): readonly Query[] => conjuncts(query ?? { type: "all" });
const wordParts = (filter: ImageFilter): Query[] => parts(filter).filter((part) => levelOf(part) === 0);

/**
 * The same without looking anything up.
 *
 * @param combinations  ids of the combinations that answer the parts about words, when they are known.
 * @throws FoundryError `query.term`.
 */
export function selectImages(
  filter: ImageFilter,
  scope: QueryScope,
  combinations?: readonly number[],
): Selection {
  const params: unknown[] = [filter.projectId];
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const compileAll = (chosen: readonly Query[], target: Target): string | null => {
    if (chosen.length === 0) return null;
    const condition = compileQuery(
      { type: "and", parts: chosen },
      { first: params.length + 1, target, scope },
    );
    params.push(...condition.params);
    return condition.sql;
  };
  const ids = combinations === undefined ? null : `${bind(combinations)}::integer[]`;
  const combination = ids === null ? compileAll(wordParts(filter), combinationTarget) : `c.id = ANY(${ids})`;
  const onImages = parts(filter).filter((part) => levelOf(part) > 0);
  const row = compileAll(onImages, imageTarget(scope.cellTerms));
  const likes = [filter.search ?? "", ...onImages.flatMap((part) => impliedText(part) ?? [])]
    .filter((text) => text !== "")
    .map((text) => {
      const place = bind(`%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`);
      return `x.body LIKE lower(${place}::text)`;
    });
  return {
    combination,
    byId: ids === null ? null : `k.combination_id = ANY(${ids})`,
    row,
    text: likes.length === 0 ? null : likes.join(" AND "),
    level: levelOf({ type: "and", parts: onImages }),
    params,
  };
}

/** Shorter than three characters the index over texts is of no use. */
const indexedLengthMin = 3;

/**
 * A text that every image answering this part has in its name or metadata, so that the index over texts finds the few
 * to look at; null when the part says nothing of the kind. Numbers are left out: 7.5 also answers to 7.50.
 */
function impliedText(part: Query): string | null {
  if (part.type !== "compare" || (part.operator !== "=" && part.operator !== "~")) return null;
  if (levelOf(part) !== 3 || part.field.includes(".")) return null;
  const isNumber = part.operator === "=" && !Number.isNaN(Number(part.value));
  return isNumber || part.value.length < indexedLengthMin ? null : part.value;
}
