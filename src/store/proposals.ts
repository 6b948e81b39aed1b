/**
 * Proposals of a model: one edit that replaces the earlier ones and leaves a person's objects alone.
 */

import type { LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface ProposalCounts {
  readonly added: number;
  readonly removed: number;
  /** Proposed objects left out because a person's objects cover (nearly) all of them. */
  readonly dropped: number;
  readonly seq: number;
}

export async function replaceProposals(
  _store: Store,
  _modelAgent: Agent,
  _layerId: string,
  _proposal: { readonly labels: LabelImage; readonly confidence?: ReadonlyMap<number, number> },
): Promise<ProposalCounts> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
