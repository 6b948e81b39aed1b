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
  let text: string | null = null;
  if (filter.search !== undefined && filter.search !== "") {
    params.push(`%${filter.search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`);
    text = `x.body LIKE lower($${params.length}::text)`;
  }
  return { combination, row, text, level: levelOf({ type: "and", parts: onImages }), params };
}
