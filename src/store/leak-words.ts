/** How findings of the audit are named and worded: shared by its parts. */

import type { LeakFinding, LeakItem, LeakRule } from "#core/leaks/index.ts";

export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

export const namesOf = (items: readonly LeakItem[]): string =>
  items
    .slice(0, 2)
    .map(({ name, role }) => `"${name}" (${role})`)
    .join(" and ");

/** A finding that blocks. */
export function errorFinding(
  rule: LeakRule,
  key: string,
  items: LeakItem[],
  parts: { readonly count: number; readonly text: string; readonly evidence?: LeakFinding["evidence"] },
): LeakFinding {
  const { count, text: words, evidence = {} } = parts;
  return { rule, severity: "error", key, items, count, evidence, text: words, waiver: null };
}
