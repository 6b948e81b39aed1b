/**
 * The release gate: a candidate must beat the released version on the same frozen items.
 */

import type { Store } from "./store.ts";
import type { Agent, Gate, ModelVersion } from "./types.ts";

export async function releaseGate(_store: Store, _modelVersionId: string): Promise<Gate> {
  return notYet();
}

/** @throws FoundryError `model.gate` with the gate in `details.gate`. */
export async function releaseModelVersion(
  _store: Store,
  _actor: Agent,
  _modelVersionId: string,
): Promise<{ readonly modelVersion: ModelVersion; readonly gate: Gate }> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
