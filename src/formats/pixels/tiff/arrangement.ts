/**
 * Where each page of a stack belongs.
 *
 * The description names the axes and their order from page to page; planes come out in the order t, c, z. Without a
 * description pages are taken for focal planes unless the caller knows better, and a note says what was assumed.
 */
import type { ReadLimits } from "../../limits.ts";
import type { StackAxes, TiffDescription } from "./description.ts";
import { damaged, type TiffFile } from "./directory.ts";
import type { TiffPage } from "./page.ts";

/** What pages are when the file does not say. */
export type PageAxis = "t" | "c" | "z";

/** Index of a plane in the array for each page; -1 for a page that has no place. */
export interface Arrangement {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  readonly planeOfPage: readonly number[];
  readonly notes: readonly string[];
  /** Set when nothing says what the pages are, and this was assumed. */
  readonly guessed?: PageAxis;
}

const AXIS_WORDS = { t: "time points (t)", c: "channels (c)", z: "focal planes (z)" } as const;

/** @param pagesAre  overrides the guess for files that do not say what their pages are. */
export function arrange(
  file: TiffFile,
  description: TiffDescription,
  pages: readonly TiffPage[],
  options: { readonly limits: ReadLimits; readonly pagesAre?: PageAxis },
): Arrangement {
  const { ome } = description;
  const said = description.axes === null ? null : axesOfPages(description.axes, pages[0]!.samples);
  const planes = said === null ? 0 : planesOf(said);
  if (planes > options.limits.samplesMax)
    throw damaged(file.name, "description", `it announces ${planes} planes`);
  // An OME-TIFF comes here only when its planes could not be located; its page order is not to be trusted then.
  const elsewhere = ome?.tiffData.some((data) => data.fileName !== null) ?? false;
  if (said !== null && planes === pages.length && !elsewhere) {
    return arrangeInOrder(said);
  }
  // A part of a set that extends along one axis extends along the same axis.
  const long = said?.filter(([, size]) => size > 1) ?? [];
  const likely = long.length === 1 ? (long[0]![0] as PageAxis) : "z";
  const axis = options.pagesAre ?? likely;
  const guess = arrangeInOrder([[axis, pages.length]]);
  if (pages.length === 1 && planes <= 1) return guess;
  const taken = pages.length === 1 ? "" : `; they were taken for ${AXIS_WORDS[axis]}`;
  if (said === null) {
    const note = `The file does not say what its ${pages.length} pages are${taken}.`;
    return options.pagesAre === undefined ? { ...guess, notes: [note], guessed: axis } : guess;
  }
  const partOfSet = elsewhere || planes > pages.length;
  const note = partOfSet
    ? `The file is one part of a set: of ${planes} planes in its description it holds ${pages.length}${taken}.`
    : `The file has ${pages.length} pages, its description tells of ${planes}${taken}.`;
  return options.pagesAre === undefined && pages.length > 1
    ? { ...guess, notes: [note], guessed: axis }
    : { ...guess, notes: [note] };
}

/** Axes from page to page: the samples of an RGB page count as channels in descriptions, but share a page. */
function axesOfPages(axes: StackAxes, samples: number): StackAxes {
  return axes.map(([axis, size]) =>
    axis === "c" && samples > 1 && size % samples === 0 ? [axis, size / samples] : [axis, size],
  );
}

function planesOf(axes: StackAxes): number {
  return axes.reduce((product, [, size]) => product * size, 1);
}

function sizeOf(axes: StackAxes, wanted: string): number {
  return axes.find(([axis]) => axis === wanted)?.[1] ?? 1;
}

function arrangeInOrder(axes: StackAxes): Arrangement {
  const [t, c, z] = [sizeOf(axes, "t"), sizeOf(axes, "c"), sizeOf(axes, "z")];
  const planeOfPage = Array.from({ length: t * c * z }, (_, page) => planeAt(axes, page));
  return { t, c, z, planeOfPage, notes: [] };
}

/** Plane (order t, c, z) of the page-th place when axes are walked slowest first. */
function planeAt(axes: StackAxes, page: number): number {
  const at: Record<string, number> = { t: 0, c: 0, z: 0 };
  let rest = page;
  for (const [axis, size] of axes.toReversed()) {
    at[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return (at["t"]! * sizeOf(axes, "c") + at["c"]!) * sizeOf(axes, "z") + at["z"]!;
}
