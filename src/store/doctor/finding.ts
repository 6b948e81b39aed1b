/** What a check reports. Damage: a promise of the store is broken. Warning: worth knowing, nothing is lost. */

import type { Store } from "../store.ts";

export interface Finding {
  readonly severity: "damage" | "warning";
  /** Which rule is broken: `blob.missing`, `revision.root` … */
  readonly rule: string;
  /** One sentence for people. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Where a check puts its findings and counts. */
export interface Report {
  add(finding: Finding): void;
  /** Adds to the number of things of a kind that were looked at. */
  count(kind: string, number?: number): void;
}

/** One area of the store; changes nothing. */
export interface Check {
  /** What is being checked, for progress. */
  readonly title: string;
  /** Full checks read everything; the others only compare rows and sizes. */
  readonly full: boolean;
  run(store: Store, report: Report): Promise<void>;
}

export function damage(
  rule: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Finding {
  return { severity: "damage", rule, message, details };
}

export function warning(
  rule: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Finding {
  return { severity: "warning", rule, message, details };
}
