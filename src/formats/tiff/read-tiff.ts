/**
 * A TIFF file as an image: directories, description and stack put together.
 *
 * Values are kept as stored. In particular "white is zero" images are not inverted (a note tells), as in the Python
 * tools; the program normalises contrast itself.
 */
import { normaliseColours, type SampleStack } from "../colours.ts";
import { checkFileBytes, type ReadLimits } from "../limits.ts";
import type { ReadImage } from "../read-image-types.ts";
import type { PageAxis } from "./arrangement.ts";
import { describeTiff } from "./description.ts";
import { openTiff } from "./directory.ts";
import { Photometric } from "./page.ts";
import { applyPalette } from "./palette.ts";
import { readStack, type TiffStack } from "./stack.ts";

/** @throws FoundryError `format.tiff`, `limit.pixels`, `limit.bytes`. */
export async function readTiff(
  bytes: Uint8Array,
  name: string,
  options: { readonly limits: ReadLimits; readonly pagesAre?: PageAxis },
): Promise<ReadImage> {
  checkFileBytes(bytes, name, options.limits);
  const file = openTiff(bytes, name);
  const description = describeTiff(file);
  const stack = await readStack(file, description, options);
  const notes = [...description.notes, ...stack.notes];
  if (stack.first.photometric === Photometric.whiteIsZero) {
    notes.push("The file shows 0 as white; its values were kept as stored.");
  }
  // ImageJ stores how it shows a channel as a colour map; the values are intensities all the same.
  const displayTable = stack.first.photometric === Photometric.palette && description.flavour === "imagej";
  if (displayTable) notes.push("The colours in which ImageJ shows the image were left aside.");
  const coloured = normaliseColours(sampleStack(stack, file.name, displayTable), description.channelNames);
  return {
    image: coloured.image,
    channels: coloured.channels,
    mpp: description.mpp,
    mppSource: description.mppSource,
    notes: [...notes, ...coloured.notes],
    ...(stack.pagesGuess === null ? {} : { pagesGuess: stack.pagesGuess }),
  };
}

function sampleStack(stack: TiffStack, name: string, displayTable: boolean): SampleStack {
  const { first } = stack;
  if (
    !displayTable &&
    first.photometric === Photometric.palette &&
    first.samples === 1 &&
    first.colourMap !== null
  ) {
    return applyPalette(stack, first.colourMap, name);
  }
  const colours: readonly number[] = [Photometric.rgb, Photometric.yCbCr];
  const rgb = colours.includes(first.photometric) && first.samples >= 3;
  return {
    dtype: stack.dtype,
    shape: stack.shape,
    data: stack.data,
    sampleKind: rgb ? "rgb" : first.samples === 1 ? "grey" : "channels",
    alpha: hasAlpha(stack, rgb),
  };
}

/** The last sample is an alpha channel when the file says so, or for a bare RGB plus one. */
function hasAlpha({ first }: TiffStack, rgb: boolean): boolean {
  const colours = rgb ? 3 : 1;
  if (first.samples !== colours + 1) return false;
  const meaning = first.extraSamples[0];
  return meaning === 1 || meaning === 2;
}
