/**
 * Formats that know one kind of outline: a folder per layer, each with the pictures again, so that every folder can be
 * used and imported by itself.
 *
 * A layer's folder holds the images that have the layer. An image without labels is in none of them: beside labelled
 * ones it would claim to be without cells.
 */
import type { ImageArray } from "#core/array/index.ts";
import type { ExportItem, ExportLayer, ExportSource } from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { type ItemPlane, layerFolder, planesOf } from "./item-parts.ts";

export interface LayerOfItem {
  readonly item: ExportItem;
  readonly layer: ExportLayer;
  readonly image: ImageArray;
  /** "nuclear/". */
  readonly folder: string;
  /** Safe file name of the item, the same in all folders. */
  readonly stem: string;
}

/** Every layer of every item; the image is read once per item. */
export async function* layersOfItems(source: ExportSource): AsyncGenerator<LayerOfItem> {
  const nameOf = createFileNames();
  for await (const item of source.items()) {
    const stem = nameOf(item.name);
    if (item.layers.length === 0) continue;
    const image = await item.readImage();
    for (const layer of item.layers) yield { item, layer, image, folder: `${layerFolder(layer)}/`, stem };
  }
}

/** The same plane by plane. */
export async function* planesOfItems(
  source: ExportSource,
): AsyncGenerator<LayerOfItem & { readonly plane: ItemPlane; readonly name: string }> {
  for await (const one of layersOfItems(source))
    for (const plane of planesOf(one.item)) yield { ...one, plane, name: `${one.stem}${plane.suffix}` };
}
