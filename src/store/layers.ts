/**
 * Layers: the labels of one image for one compartment.
 */

import type { LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent, Compartment, LayerObjects, LayerSummary } from "./types.ts";

export async function ensureLayer(
  _store: Store,
  _actor: Agent,
  _imageId: string,
  _compartment: Compartment,
): Promise<LayerSummary> {
  return notYet();
}

export async function getLayer(_store: Store, _layerId: string): Promise<LayerSummary> {
  return notYet();
}

export async function layerObjects(_store: Store, _layerId: string): Promise<LayerObjects> {
  return notYet();
}

/** Label image of the present objects. */
export async function renderHead(_store: Store, _layerId: string): Promise<LabelImage> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
