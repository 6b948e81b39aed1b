/** What the page of checks shows, in its address. */

import { type CheckRuleName, checkRuleNames } from "#core/checks/index.ts";

export type ShownStatus = "open" | "waived" | "fixed";

export interface ChecksSearch {
  readonly rule?: CheckRuleName;
  /** Default open. */
  readonly status?: ShownStatus;
}

/** Reads the address; what it does not know is left out. */
export function readChecksSearch(search: Record<string, unknown>): ChecksSearch {
  const rule = checkRuleNames.find((name) => name === search["rule"]);
  const status = (["waived", "fixed"] as const).find((name) => name === search["status"]);
  return { ...(rule === undefined ? {} : { rule }), ...(status === undefined ? {} : { status }) };
}
