/**
 * Items of the plain layouts (DSB2018, pairs, images): the locator is the source of the labels.
 */
import type { JsonValue, LayoutItem } from "./layout.ts";
import type { LabelSource } from "./read-pair.ts";

/** A label source as it is kept in a plan. */
export function locate(labels: LabelSource | null): JsonValue {
  return labels === null ? null : { ...labels };
}

/** @param locator  of `locate`. The source says nothing of group, pixel size or metadata. */
export function plainItem(name: string, imagePath: string, locator: JsonValue): LayoutItem {
  return {
    name,
    imagePath,
    locator,
    layers: locator === null ? [] : ["nuclear"],
    metadata: {},
    group: null,
    mpp: null,
  };
}

/** Source of the labels of an item made by `plainItem`; none when the caller struck its layers. */
export function labelsOf(item: LayoutItem): LabelSource | null {
  // The same program wrote the locator, so it has the form it was given.
  return item.layers.length === 0 ? null : (item.locator as LabelSource | null);
}
