/**
 * A TIFF file as an image: directories, description and stack put together.
 *
 * Values are kept as stored. In particular "white is zero" images are not inverted (a note tells), as in the Python
 * tools; the program normalises contrast itself.
 */
import { channelNamed, normaliseColours, type SampleStack } from "../../colours.ts";
import { fault } from "../../fault.ts";
import { checkFileBytes } from "../../limits.ts";
import type { ReadChannel, ReadImage } from "../../read-image-types.ts";
import { describeOme, describeTiff, type TiffDescription } from "./description.ts";
import { openTiff, type TiffFile } from "./directory.ts";
import { findOmeDocument } from "./ome-document.ts";
import { omeChannelFacts } from "./ome-metadata.ts";
import { imageOfFile } from "./ome-planes.ts";
import { ownFileOf, readOmeSet } from "./ome-stack.ts";
import { type OmeDocument, parseOmeXml } from "./ome-xml.ts";
import { Photometric } from "./page.ts";
import { isDisplayTable, paletteOf, samplesOf } from "./page-colours.ts";
import { applyPalette } from "./palette.ts";
import { readStack, type TiffReadOptions, type TiffStack } from "./stack.ts";

export interface ReadTiffOptions extends TiffReadOptions {
  /** Which image of a file that describes several; default: the first that has planes in this file. */
  readonly imageIndex?: number;
}

/** @throws FoundryError `format.tiff`, `format.decoder`, `limit.pixels`, `limit.bytes`. */
export async function readTiff(
  bytes: Uint8Array,
  name: string,
  options: ReadTiffOptions,
): Promise<ReadImage> {
  checkFileBytes(bytes, name, options.limits);
  const file = openTiff(bytes, name);
  const { document, notes } = await findOmeDocument(file, options);
  const index = chosenImage(document, name, options.imageIndex ?? firstImage(document, file));
  const description = document === null ? describeTiff(file) : describeOme(document, index);
  const stack = await readStack(file, description, options);
  return imageOf(stack, { name, description, document, index, notes, asked: options.imageIndex });
}

/** Reads the set of TIFF files that a companion file describes. */
export async function readCompanion(
  bytes: Uint8Array,
  name: string,
  options: ReadTiffOptions,
): Promise<ReadImage> {
  checkFileBytes(bytes, name, options.limits);
  const document = parseOmeXml(new TextDecoder().decode(bytes));
  if (document === null || document.images.length === 0) {
    throw fault("format.tiff", {
      file: name,
      reason: "it is OME-XML without an image",
      remedy: "Export the images again as OME-TIFF.",
    });
  }
  const index = chosenImage(document, name, options.imageIndex ?? 0);
  const description = describeOme(document, index);
  const stack = await readOmeSet(document.images[index]!, name, options);
  if (stack !== null)
    return imageOf(stack, { name, description, document, index, notes: [], asked: options.imageIndex });
  throw fault("format.tiff", {
    file: name,
    reason: "it describes images that lie in other files, and these are not at hand or not complete",
    remedy: "Import it together with the TIFF files it names.",
  });
}

function firstImage(document: OmeDocument | null, file: TiffFile): number {
  return document === null ? 0 : imageOfFile(document, ownFileOf(file));
}

function chosenImage(document: OmeDocument | null, name: string, index: number): number {
  const count = document?.images.length ?? 1;
  if (Number.isInteger(index) && index >= 0 && index < count) return index;
  throw fault("format.tiff", {
    file: name,
    reason: `it has ${count} ${count === 1 ? "image" : "images"}; image ${index} was asked for`,
    remedy: `Ask for an image from 0 to ${count - 1}.`,
  });
}

export const whiteIsZeroNote = "The file shows 0 as white; its values were kept as stored.";
export const displayTableNote = "The colours in which ImageJ shows the image were left aside.";

interface ImageFacts {
  readonly name: string;
  readonly description: TiffDescription;
  readonly document: OmeDocument | null;
  readonly index: number;
  readonly notes: readonly string[];
  readonly asked: number | undefined;
}

function imageOf(stack: TiffStack, facts: ImageFacts): ReadImage {
  const { name, description, document, index, asked } = facts;
  const notes = [...facts.notes, ...description.notes, ...stack.notes];
  const count = document?.images.length ?? 1;
  if (count > 1 && asked === undefined) {
    const which = index === 0 ? "the first" : `number ${index + 1}`;
    notes.push(`The file describes ${count} images; only ${which} was read.`);
  }
  if (stack.first.photometric === Photometric.whiteIsZero) notes.push(whiteIsZeroNote);
  if (isDisplayTable(stack.first, description)) notes.push(displayTableNote);
  const coloured = normaliseColours(sampleStack(stack, name, description), description.channelNames);
  return {
    image: coloured.image,
    channels: withFacts(coloured.channels, description),
    mpp: description.mpp,
    mppSource: description.mppSource,
    notes: [...notes, ...coloured.notes],
    ...(Object.keys(description.metadata).length === 0 ? {} : { metadata: description.metadata }),
    ...(count === 1 ? {} : { imageOfFile: { index, count, name: document?.images[index]?.name ?? "" } }),
    ...(stack.files === undefined ? {} : { files: stack.files }),
    ...(stack.pagesGuess === null ? {} : { pagesGuess: stack.pagesGuess }),
  };
}

/** Adds dyes and wavelengths; a dye that leaves no doubt gives a channel its role. */
export function withFacts(channels: readonly ReadChannel[], { ome }: TiffDescription): ReadChannel[] {
  // Colours of one pixel are one channel in the description.
  if (ome === null || ome.channels.length !== channels.length) return [...channels];
  return channels.map((channel, i) => {
    const facts = omeChannelFacts(ome.channels[i]);
    const role = channel.role ?? channelNamed(facts.fluor ?? "").role;
    return { ...channel, ...(role === undefined ? {} : { role }), ...facts };
  });
}

function sampleStack(stack: TiffStack, name: string, description: TiffDescription): SampleStack {
  const { first, dtype, shape, data } = stack;
  const palette = paletteOf(first, description);
  return palette === null ? { dtype, shape, data, ...samplesOf(first) } : applyPalette(stack, palette, name);
}
