/**
 * The levels of a slide pyramid: the page itself and its smaller versions.
 *
 * OME-TIFF keeps them as sub-directories of the page; slide scanners and older programs as further pages of the chain,
 * marked as reduced or only smaller. A page is a level when it has the same samples, is smaller than the one before,
 * and has nearly its proportions; labels and overviews of slides do not.
 */
import type { ReadLimits } from "../../limits.ts";
import type { TiffFile } from "./directory.ts";
import { LEVELS_MAX, type RangedTiff } from "./open-ranges.ts";
import { readPage, type TiffPage } from "./page.ts";

// Sides are rounded at each halving: 1 pixel of 256 on a small level.
const PROPORTION_TOLERANCE = 0.02;

/** @returns the page first, then ever smaller ones. @throws FoundryError `format.tiff` when a level is damaged. */
export function levelsOf(
  { file, levels }: RangedTiff,
  page: TiffPage,
  limits: ReadLimits,
): readonly TiffPage[] {
  const children = levels.get(page.index)?.map((directory) => readPage(file, directory, limits)) ?? [];
  const candidates = children.length > 0 ? children : page.index === 0 ? laterPages(file, page, limits) : [];
  const found = [page];
  for (const candidate of candidates.toSorted((a, b) => b.width - a.width)) {
    if (found.length < LEVELS_MAX && isLevelBelow(candidate, found.at(-1)!, page)) found.push(candidate);
  }
  return found;
}

/** Further pages of the chain; a stack has thousands, of which no one is a level, so only tiled or reduced ones count. */
function laterPages(file: TiffFile, page: TiffPage, limits: ReadLimits): TiffPage[] {
  if (file.directories.length > 2 * LEVELS_MAX) return [];
  return file.directories
    .slice(1)
    .map((directory) => readPage(file, directory, limits))
    .filter((other) => other.reduced || (other.tiled && page.tiled));
}

function isLevelBelow(candidate: TiffPage, above: TiffPage, page: TiffPage): boolean {
  const sameKind =
    candidate.samples === page.samples && candidate.bits === page.bits && candidate.kind === page.kind;
  const smaller = candidate.width < above.width && candidate.height <= above.height;
  // Half a pixel of rounding on the small side, in proportion.
  const rounding = 1 / Math.min(candidate.width, candidate.height);
  const proportion = (candidate.width * page.height) / (candidate.height * page.width);
  return sameKind && smaller && Math.abs(Math.log(proportion)) <= PROPORTION_TOLERANCE + rounding;
}
