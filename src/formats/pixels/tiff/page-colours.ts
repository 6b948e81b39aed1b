/** What the samples of a pixel mean: colours, a palette, channels, and whether the last one is alpha. */
import type { SampleStack } from "../../colours.ts";
import type { TiffDescription } from "./description.ts";
import { Photometric, type TiffPage } from "./page.ts";

type ColourTags = Pick<TiffPage, "photometric" | "samples" | "colourMap" | "extraSamples">;

/** ImageJ stores how it shows a channel as a colour map; the values are intensities all the same. */
export function isDisplayTable(page: ColourTags, { flavour }: Pick<TiffDescription, "flavour">): boolean {
  return page.photometric === Photometric.palette && flavour === "imagej";
}

/** The colour map by which the values become colours; `null` when they are values. */
export function paletteOf(
  page: ColourTags,
  description: Pick<TiffDescription, "flavour">,
): readonly number[] | null {
  if (isDisplayTable(page, description) || page.photometric !== Photometric.palette || page.samples !== 1)
    return null;
  return page.colourMap;
}

/** Meaning of the samples of a page without a palette. */
export function samplesOf(page: ColourTags): Pick<SampleStack, "sampleKind" | "alpha"> {
  const colours: readonly number[] = [Photometric.rgb, Photometric.yCbCr];
  const rgb = colours.includes(page.photometric) && page.samples >= 3;
  const sampleKind = rgb ? "rgb" : page.samples === 1 ? "grey" : "channels";
  return { sampleKind, alpha: hasAlpha(page, rgb) };
}

/** The last sample is an alpha channel when the file says so, or for a bare RGB plus one. */
function hasAlpha({ samples, extraSamples }: ColourTags, rgb: boolean): boolean {
  if (samples !== (rgb ? 3 : 1) + 1) return false;
  const meaning = extraSamples[0];
  return meaning === 1 || meaning === 2;
}
