/** What the one primary button does: Propose, then Accept, then Next. */

import type { ImageStatus } from "#api/index.ts";

export type PrimaryAction = "propose" | "proposing" | "accept" | "next";

export function primaryAction(facts: {
  readonly status: ImageStatus;
  readonly cellCount: number;
  /** Edits after the accepted revision. */
  readonly dirty: boolean;
  readonly proposing: boolean;
  readonly canEdit: boolean;
}): PrimaryAction {
  if (facts.proposing) return "proposing";
  if (!facts.canEdit) return "next";
  if (facts.status === "accepted" && !facts.dirty) return "next";
  return facts.cellCount === 0 && facts.status === "unlabelled" ? "propose" : "accept";
}
