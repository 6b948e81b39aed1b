/**
 * How a file of tracks is refused: the rule, the id and the frame, in words and in the details of the error.
 *
 * One shape for all formats, so that a screen can lead to the cell and a program can branch on the rule without reading
 * messages. Rules are those of `core/lineage`; a graph's own words for the same thing are mapped to them.
 */
import type { ErrorCode, FoundryError } from "#core/errors.ts";
import { type LineageFinding, type LineageRule, lineageRules } from "#core/lineage/index.ts";
import { fault } from "../fault.ts";

// Enough to see the pattern and to mend the first ones; the count says how many there are.
const FINDINGS_KEPT = 20;

export interface LineageFaultPlace {
  readonly code: ErrorCode;
  readonly file: string;
  readonly remedy: string;
}

/** @param findings  at least one; the first is told, but a ring of parents before its symptoms. */
export function lineageFault(at: LineageFaultPlace, findings: readonly LineageFinding[]): FoundryError {
  const first = (findings.find(({ rule }) => rule === "cycle") ?? findings[0]) as LineageFinding;
  const more = findings.length > 1 ? `; ${findings.length - 1} more like this or other` : "";
  const place = placeOf(first);
  return fault(at.code, {
    file: at.file,
    ...(place === "" ? {} : { place }),
    reason: `${first.message} (rule ${first.rule})${more}`,
    remedy: at.remedy,
    details: {
      rule: first.rule,
      label: first.label,
      frame: first.frame,
      count: findings.length,
      findings: findings
        .slice(0, FINDINGS_KEPT)
        .map(({ rule, label, frame, lastFrame }) => ({ rule, label, frame, lastFrame })),
    },
  });
}

/** A finding of a rule that is an error, made by a reader. */
export function lineageError(
  rule: LineageRule,
  { label, frame }: { readonly label: number | null; readonly frame: number | null },
  message: string,
): LineageFinding {
  return { rule, severity: lineageRules[rule], label, frame, lastFrame: frame, message };
}

/** Those that no tree can be drawn from; warnings are for a person to look at. */
export function lineageErrors(findings: readonly LineageFinding[]): LineageFinding[] {
  return findings.filter(({ severity }) => severity === "error");
}

function placeOf({ label, frame }: LineageFinding): string {
  const parts = [...(frame === null ? [] : [`frame ${frame}`]), ...(label === null ? [] : [`id ${label}`])];
  return parts.join(", ");
}
