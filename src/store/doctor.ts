/**
 * Doctor: checks everything the store promises; changes nothing.
 */

import type { Store } from "./store.ts";

export interface Finding {
  readonly severity: "damage" | "warning";
  /** Which rule is broken: `blob.missing`, `revision.root` … */
  readonly rule: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface DoctorReport {
  readonly findings: Finding[];
  /** What was looked at, by kind. */
  readonly checked: Readonly<Record<string, number>>;
}

export async function doctor(
  _store: Store,
  _options?: { readonly full?: boolean; readonly onProgress?: (text: string) => void },
): Promise<DoctorReport> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
