/**
 * Findings of a lineage as a few sentences: one per rule with its count and the first examples, so that a movie with
 * 2,000 broken tracks gives a note and not a novel.
 */
import type { LineageFinding, LineageRule } from "./check-lineage.ts";

// Enough to see the pattern; the count says the rest.
const EXAMPLES = 3;

/** One sentence per rule, in the order in which rules were first broken; empty for no findings. */
export function describeFindings(findings: readonly LineageFinding[]): string[] {
  const byRule = new Map<LineageRule, LineageFinding[]>();
  for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  return [...byRule.values()].map((list) => {
    const examples = list.slice(0, EXAMPLES).map(({ message }) => message);
    const more = list.length > EXAMPLES ? `; and ${list.length - EXAMPLES} more like these` : "";
    const word = list[0]!.severity === "error" ? "Lineage error" : "Lineage to look at";
    return `${word}: ${examples.join("; ")}${more}.`;
  });
}
