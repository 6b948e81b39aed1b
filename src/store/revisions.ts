/**
 * Layer revisions: immutable Merkle roots over the objects of a layer.
 */

import type { LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent, LayerRevision, RevisionObject } from "./types.ts";

export async function commitRevision(
  _store: Store,
  _actor: Agent,
  _layerId: string,
  _options?: { readonly message?: string; readonly accepted?: boolean },
): Promise<LayerRevision> {
  return notYet();
}

/** Newest first. */
export async function listRevisions(_store: Store, _layerId: string): Promise<LayerRevision[]> {
  return notYet();
}

export async function getRevision(_store: Store, _revisionId: string): Promise<LayerRevision> {
  return notYet();
}

export async function revisionObjects(_store: Store, _revisionId: string): Promise<RevisionObject[]> {
  return notYet();
}

/** Label image of a revision; the same bytes each time. */
export async function renderRevision(_store: Store, _revisionId: string): Promise<LabelImage> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
