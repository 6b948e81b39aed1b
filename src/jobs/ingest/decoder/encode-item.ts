/**
 * From what a layout read to what travels to the storing process: canonical pixels with their digest, packed objects.
 *
 * Labels from outside are checked here once: shapes sound, inside the image, none sharing a pixel. A layer that breaks
 * the last rule is mended in favour of the earlier object, and says so.
 */

import { hash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ArrayForm, axisLength, isAxes } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import {
  assertObjectShape,
  encodeObjectShape,
  type ObjectShape,
  resolveOverlaps,
  shapeArea,
} from "#core/labels/index.ts";
import type { LayoutItem, ReadItem, ReadLayer, ReadObject } from "#formats/index.ts";
import { encodeArray } from "#store/array-bytes.ts";
import { assertObjectsFit, packObjects } from "#store/packed-objects.ts";
import { drawPreview } from "./draw-preview.ts";
import type { DecodedItem, DecodedLayer, ReadAnswers } from "./protocol.ts";

/** Larger arrays go through a file: a message is copied several times on its way. */
const MESSAGE_BYTES_MAX = 4 * 2 ** 20;

export interface EncodeOptions {
  readonly spool: string;
  readonly inspect: boolean;
  readonly preview: boolean;
  readonly answers: ReadAnswers;
}

/** @throws FoundryError `label.invalid`; `disk.full`, `disk.io` of the spool folder. */
export async function encodeItem(
  item: LayoutItem,
  read: ReadItem,
  options: EncodeOptions,
): Promise<Omit<DecodedItem, "files" | "touched">> {
  const { image, channels, mpp, mppSource, pagesGuess } = read.image;
  const { axes, shape, dtype } = image;
  assertAxes(item, axes);
  const notes = [...read.image.notes, ...read.notes];
  // Labels that were struck from the plan are not stored, whatever the reader gives.
  const given = item.layers.length === 0 ? [] : read.layers;
  const layers = given.map((layer) => encodeLayer(layer, image, options, notes));
  const bytes = encodeArray(image);
  const digest = hash("sha256", bytes, "hex");
  return {
    axes,
    shape: [...shape],
    dtype,
    digest,
    pixels: options.inspect ? null : await passOn(bytes, digest, options.spool),
    channels,
    mpp,
    mppSource,
    pagesGuess: pagesGuess ?? null,
    layers,
    preview: options.preview ? drawPreview(read) : null,
    notes,
  };
}

/** @throws FoundryError `array.axes`. */
export function assertAxes(item: LayoutItem, axes: string): void {
  if (isAxes(axes)) return;
  throw new FoundryError("array.axes", {
    message: `${item.imagePath}: its axes "${axes}" have no meaning here.`,
    hint: "Axes are some of t, c, z, y, x, in this order.",
  });
}

async function passOn(
  bytes: Uint8Array,
  digest: string,
  spool: string,
): Promise<Uint8Array | { readonly file: string }> {
  if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
  const file = `${digest}.${process.pid}`;
  await writeFile(join(spool, file), bytes, { mode: 0o600 });
  return { file };
}

/** Checks a layer of an image of some form and packs it. @throws FoundryError `label.invalid`. */
export function encodeLayer(
  layer: ReadLayer,
  form: ArrayForm,
  { inspect, answers }: EncodeOptions,
  notes: string[],
): DecodedLayer {
  assertObjectsFit(layer.objects, form);
  const overlapAllowed = answers.keepOverlaps === true;
  const { objects, links } = overlapAllowed ? layer : withoutSharedPixels(layer, notes);
  const { name, truth, coverage, region } = layer;
  return {
    compartment: answers.compartment ?? layer.compartment,
    name,
    truth,
    coverage,
    overlapAllowed,
    region: region === undefined || inspect ? null : encodeRegion(region, form),
    objects: packObjects(inspect ? [] : objects),
    links: inspect ? [] : links.map(({ from, to, kind }) => ({ from, to, kind })),
    areas: inspect ? Uint32Array.from(objects, ({ shape }) => shapeArea(shape)) : new Uint32Array(0),
  };
}

/** @throws FoundryError `label.invalid` for a region outside the image. */
function encodeRegion(region: ObjectShape, image: ArrayForm): Uint8Array {
  assertObjectShape(region, { height: axisLength(image, "y"), width: axisLength(image, "x") });
  return encodeObjectShape(region);
}

function withoutSharedPixels(layer: ReadLayer, notes: string[]): Pick<ReadLayer, "objects" | "links"> {
  const { objects, links } = layer;
  const resolved = resolveOverlaps(objects.map(({ shape }) => shape));
  if (resolved.movedPixels === 0) return { objects, links };
  notes.push(
    `${resolved.movedPixels} pixels belong to two objects (${resolved.pairs} pairs); the earlier object keeps them.`,
  );
  const kept: ReadObject[] = [];
  const positions = new Map<number, number>();
  for (const [i, shape] of resolved.shapes.entries()) {
    if (shape === null) continue;
    positions.set(i, kept.length);
    kept.push({ ...(objects[i] as ReadObject), shape });
  }
  const left = links.flatMap(({ from, to, kind }) => {
    const [a, b] = [positions.get(from), positions.get(to)];
    return a === undefined || b === undefined ? [] : [{ from: a, to: b, kind }];
  });
  return { objects: kept, links: left };
}
