/**
 * What a dataset version's label images do not show of layers whose cells overlap, item by item.
 *
 * Training and evaluation read label images, in which a pixel bears the larger of two labels. The version counts all cells
 * of an item, so it says how many of them lack pixels, and which are not to be seen at all.
 */

import { type HiddenPlace, hiddenNotes, hiddenPixels } from "#core/labels/index.ts";
import type { DatasetHidden, ItemHidden } from "./dataset-types.ts";
import { revisionObjects } from "./revisions.ts";
import * as text from "./sql/drafts.ts";
import type { Store } from "./store.ts";

/** Layers listed one by one; the counts are over all. */
const listedMax = 200;

interface OverlapRow {
  readonly imageId: string;
  readonly name: string;
  readonly compartment: string;
  readonly revisionId: string;
  readonly objects: number;
}

/**
 * Within a transaction. Reads the shapes of layers that allow overlap, one layer at a time, and nothing of others.
 *
 * @param items  table expression with image_id, name, layer_revision_id and more_layers, such as a draft.
 * @param objectsMax  layers beyond this many objects are counted as not looked at. Default: all are looked at.
 */
export async function hiddenInItems(
  tx: Store,
  items: string,
  objectsMax = Number.POSITIVE_INFINITY,
): Promise<DatasetHidden> {
  const rows = await tx.sql.query<OverlapRow>(text.selectOverlapping(items));
  const listed: ItemHidden[] = [];
  const places: HiddenPlace[] = [];
  let [looked, unread] = [0, 0];
  for (const { imageId, name, compartment, revisionId, objects: count } of rows) {
    if (looked + count > objectsMax) {
      unread++;
      continue;
    }
    looked += count;
    const objects = await revisionObjects(tx, revisionId);
    const hidden = hiddenPixels({ overlapAllowed: true, objects });
    if (hidden === null) continue;
    places.push({ image: name, compartment, hidden });
    const { pixels, cells, covered } = hidden;
    if (listed.length < listedMax)
      listed.push({ imageId, name, compartment, pixels, cells, covered: covered.length });
  }
  const sum = (read: (hidden: HiddenPlace["hidden"]) => number): number =>
    places.reduce((all, { hidden }) => all + read(hidden), 0);
  return {
    pixels: sum(({ pixels }) => pixels),
    cells: sum(({ cells }) => cells),
    covered: sum(({ covered }) => covered.length),
    items: listed,
    notes: [...hiddenNotes(places, "Training and evaluation see label images."), ...unreadNotes(unread)],
  };
}

const unreadNotes = (layers: number): string[] =>
  layers === 0
    ? []
    : [`Cells may overlap in ${layers} more ${layers === 1 ? "layer" : "layers"}; freezing looks at all.`];
