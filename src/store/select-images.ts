/** A query and a free text as a selection the database can answer from as few tables as possible. */

import type { Query, TermScope } from "#core/select/index.ts";
import type { Selection } from "./sql/catalogue.ts";
import { combinationTarget, conjuncts, imageTarget, levelOf } from "./sql/catalogue-targets.ts";
import { compileQuery } from "./sql/compile-query.ts";

export interface ImageFilter {
  readonly projectId: string;
  /** Parsed metadata query; default all. */
  readonly query?: Query | undefined;
  /** Free text over name and metadata values. */
  readonly search?: string | undefined;
}

/** @throws FoundryError `query.term` for a term that is not known. */
export function selectImages(filter: ImageFilter, scope: TermScope): Selection {
  const parts = conjuncts(filter.query ?? { type: "all" });
  const params: unknown[] = [filter.projectId];
  const compileAll = (chosen: readonly Query[], target: typeof imageTarget): string | null => {
    if (chosen.length === 0) return null;
    const condition = compileQuery(
      { type: "and", parts: chosen },
      { first: params.length + 1, target, scope },
    );
    params.push(...condition.params);
    return condition.sql;
  };
  const onWords = parts.filter((part) => levelOf(part) === 0);
  const onImages = parts.filter((part) => levelOf(part) > 0);
  const combination = compileAll(onWords, combinationTarget);
  const row = compileAll(onImages, imageTarget);
  const texts = [filter.search ?? "", ...onImages.flatMap((part) => impliedText(part) ?? [])];
  const likes = texts
    .filter((part) => part !== "")
    .map((part) => {
      params.push(`%${part.replace(/[\\%_]/g, (character) => `\\${character}`)}%`);
      return `x.body LIKE lower($${params.length}::text)`;
    });
  const text = likes.length === 0 ? null : likes.join(" AND ");
  return { combination, row, text, level: levelOf({ type: "and", parts: onImages }), params };
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
