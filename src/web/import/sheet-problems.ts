/** Problems of a sheet as a person mends them: one line per wrong value, however many rows hold it. Pure. */

import type { SheetProblem } from "#api/index.ts";

export interface ValueProblem {
  readonly key: string;
  readonly severity: "error" | "warning";
  readonly column: string;
  readonly value: string;
  readonly message: string;
  /** The first few, ascending. */
  readonly rows: readonly number[];
  /** Rows with the problem in all. */
  readonly count: number;
  /** Values to put in its place, the nearest first. */
  readonly offers: readonly { readonly value: string; readonly curie: string | null }[];
}

const ROWS_SHOWN = 6;
const OFFERS_SHOWN = 3;

/** Errors first, then by first row. */
export function valueProblems(problems: readonly SheetProblem[]): ValueProblem[] {
  const byValue = Map.groupBy(problems, ({ column, value, message }) => `${column}\n${value}\n${message}`);
  const list = [...byValue].map(([key, members]): ValueProblem => {
    const { severity, column, value, message } = members[0] as SheetProblem;
    return {
      key,
      severity,
      column,
      value,
      message,
      rows: [...new Set(members.map(({ row }) => row))].sort((a, b) => a - b).slice(0, ROWS_SHOWN),
      count: members.reduce((sum, { more }) => sum + 1 + more, 0),
      offers: offersOf(members[0] as SheetProblem),
    };
  });
  return list.sort(
    (a, b) =>
      Number(a.severity === "warning") - Number(b.severity === "warning") ||
      (a.rows[0] ?? 0) - (b.rows[0] ?? 0),
  );
}

/** A missing value has no place in the text where another could be put. */
function offersOf({ value, nearest, candidates = [] }: SheetProblem): ValueProblem["offers"] {
  if (value.trim() === "") return [];
  const terms = candidates.map(({ curie, label }) => ({ value: label, curie }));
  const known = terms.some((term) => term.value === nearest);
  const all = nearest === undefined || known ? terms : [{ value: nearest, curie: null }, ...terms];
  // Of the lines called H9, the one that is registered so has the written word for its name: its CURIE tells more.
  const names = [value.trim(), ...all.map((offer) => offer.value)].map((name) => name.toLowerCase());
  return all
    .map((offer) =>
      offer.curie !== null && names.filter((name) => name === offer.value.toLowerCase()).length > 1
        ? { value: offer.curie, curie: offer.curie }
        : offer,
    )
    .slice(0, OFFERS_SHOWN);
}

/** "12" or "2, 5, 9 and 40 more" */
export function rowsText({ rows, count }: Pick<ValueProblem, "rows" | "count">): string {
  const more = count - rows.length;
  return more > 0 ? `${rows.join(", ")} and ${more} more` : rows.join(", ");
}
