/** One image of a plan as arrays: pixels, and labels of the same size. */

import type { LabelImage } from "#core/array/index.ts";
import {
  assembleObjectMasks,
  assertPair,
  type NamedMask,
  type ReadImage,
  readImage,
  readLabels,
} from "#formats/index.ts";
import type { Channel } from "#store/index.ts";
import "../wasm-decoders.ts";
import type { PlannedImage } from "./plan-import.ts";
import type { ImportSource } from "./source.ts";

export interface ReadPair {
  readonly image: ReadImage;
  readonly labels: LabelImage | null;
}

/** @throws FoundryError of the readers, each naming file, reason and remedy; `format.pair` for different sizes. */
export async function readPlannedImage(source: ImportSource, planned: PlannedImage): Promise<ReadPair> {
  const image = await readImage(await source.read(planned.imagePath), { name: planned.imagePath });
  if (planned.labels === null) return { image, labels: null };
  if (planned.labels.kind === "labelImage") {
    const { path } = planned.labels;
    const labels = await readLabels(await source.read(path), { name: path });
    assertPair(image.image, planned.imagePath, labels, path);
    return { image, labels };
  }
  const masks: NamedMask[] = [];
  for (const path of planned.labels.paths) {
    const mask = await readLabels(await source.read(path), { name: path });
    assertPair(image.image, planned.imagePath, mask, path);
    masks.push({ name: path, height: mask.height, width: mask.width, data: mask.data });
  }
  return { image, labels: assembleObjectMasks(masks, planned.imagePath).labels };
}

/**
 * Channels with a role each. What the file does not say is taken from how the image was made: the one channel of a
 * fluorescence image with nuclear labels shows nuclei; of anything else the role stays open.
 */
export function channelsOf(read: ReadImage, metadata: Readonly<Record<string, string>>): Channel[] {
  const words = `${metadata["kind"] ?? ""} ${metadata["modality"] ?? ""}`.toLowerCase();
  const single = read.channels.length === 1;
  return read.channels.map((channel, index) => ({
    index,
    name: channel.name === "" ? `channel ${index + 1}` : channel.name,
    role: channel.role ?? (single ? roleFromWords(words) : "other"),
  }));
}

function roleFromWords(words: string): Channel["role"] {
  if (words.includes("fluo")) return "nuclear";
  if (words.includes("phase")) return "phase";
  return words.includes("brightfield") || words.includes("histo") ? "brightfield" : "other";
}
