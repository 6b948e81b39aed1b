/**
 * All layouts, from the most particular to the plainest, and which of them fits.
 *
 * The first that fits is taken unless a person names one. A layout recognises itself by the members of the import, not
 * by extensions; the three plain ones at the end take anything with images. Every file ends as part of an item, as the
 * sheet, or among the ignored with a reason.
 */
import { errorToWire, FoundryError, isFoundryError, type WireError } from "#core/errors.ts";
import { bbbc039Layout } from "../annotations/bbbc039/layout.ts";
import { cellposeLayout } from "../annotations/cellpose/layout.ts";
import { cocoLayout } from "../annotations/coco/layout.ts";
import { dsb2018RleLayout } from "../annotations/dsb2018-rle/layout.ts";
import { geojsonLayout } from "../annotations/geojson/layout.ts";
import { roiLayout } from "../annotations/roi/layout.ts";
import { stardistLayout } from "../annotations/stardist/layout.ts";
import { ctcLayout } from "../collections/ctc/ctc-layout.ts";
import { deepcellLabelLayout } from "../collections/deepcell-label/deepcell-label-layout.ts";
import { dynamicNuclearNetLayout } from "../collections/dynamic-nuclear-net/dynamic-nuclear-net-layout.ts";
import { evicanLayout } from "../collections/evican/evican-layout.ts";
import { livecellLayout } from "../collections/livecell/livecell-layout.ts";
import { monusegLayout } from "../collections/monuseg/monuseg-layout.ts";
import { neuripsCellsegLayout } from "../collections/neurips-cellseg/neurips-cellseg-layout.ts";
import { nuinssegLayout } from "../collections/nuinsseg/nuinsseg-layout.ts";
import { pannukeLayout } from "../collections/pannuke/pannuke-layout.ts";
import { simulatedTissueLayout } from "../collections/simulated-tissue/simulated-tissue-layout.ts";
import { spotnetLayout } from "../collections/spotnet/spotnet-layout.ts";
import { tissuenetLayout } from "../collections/tissuenet/tissuenet-layout.ts";
import { trkLayout } from "../collections/trk/trk-layout.ts";
import { fault } from "../fault.ts";
import { omeTiffLayout } from "../pixels/tiff/ome-tiff-layout.ts";
import { geffLayout } from "../tracks/geff/geff-layout.ts";
import { trackCsvLayout } from "../tracks/track-csv/track-csv-layout.ts";
import { trackmateLayout } from "../tracks/trackmate/trackmate-layout.ts";
import { dsb2018Layout } from "./dsb2018.ts";
import { imagesLayout } from "./images.ts";
import type { ImportFiles, Layout, LayoutPlan } from "./layout.ts";
import { omeZarrLayout } from "./ome-zarr.ts";
import { pairsLayout } from "./pairs.ts";
import { byPath } from "./paths.ts";
import type { IgnoredFile } from "./plan.ts";
import { type SortedFiles, sortFiles } from "./sort-files.ts";
import { uniqueNames } from "./unique-names.ts";

/** In order of particularity. */
export const layouts: readonly Layout[] = [
  simulatedTissueLayout,
  trkLayout,
  deepcellLabelLayout,
  tissuenetLayout,
  dynamicNuclearNetLayout,
  spotnetLayout,
  pannukeLayout,
  geffLayout,
  omeZarrLayout,
  livecellLayout,
  evicanLayout,
  ctcLayout,
  trackmateLayout,
  nuinssegLayout,
  monusegLayout,
  dsb2018RleLayout,
  bbbc039Layout,
  dsb2018Layout,
  neuripsCellsegLayout,
  cocoLayout,
  geojsonLayout,
  roiLayout,
  cellposeLayout,
  stardistLayout,
  trackCsvLayout,
  omeTiffLayout,
  pairsLayout,
  imagesLayout,
];

/** Names for `--format`. */
export const importFormats: readonly string[] = ["auto", ...layouts.map(({ format }) => format)];

/** One layout that was looked at, and why it fits or not. */
export interface Candidate {
  readonly format: string;
  readonly title: string;
  readonly fits: boolean;
  /** Images it would give, and how many of them with labels. */
  readonly images: number;
  readonly withLabels: number;
  readonly reason: string;
  /** Why files of this layout cannot be used. */
  readonly error?: WireError;
}

export interface Detection {
  readonly layout: Layout;
  /** Item names are unique; `ignored` tells of every file left aside but the empty ones. */
  readonly plan: LayoutPlan;
  readonly files: SortedFiles;
  /** Layouts looked at until one fitted, or all of them when asked for. */
  readonly candidates: readonly Candidate[];
}

export interface DetectOptions {
  /** Name of a layout; default "auto". */
  readonly format?: string;
  /** Also look at the layouts after the first that fits; default false. */
  readonly all?: boolean;
}

/**
 * Decides what the files are.
 *
 * @throws FoundryError `limit.files`; `request.invalid` for an unknown format; `import.empty` when nothing can be
 *         imported; `format.pair` when a named layout does not fit; the error of a layout that recognised its files but
 *         cannot use them.
 */
export async function detectLayout(given: ImportFiles, options: DetectOptions = {}): Promise<Detection> {
  const files = sortFiles(given.entries);
  const usable: ImportFiles = { ...given, entries: files.entries };
  const wanted = options.format ?? "auto";
  const tried = wanted === "auto" ? layouts : [layoutNamed(wanted)];
  const candidates: Candidate[] = [];
  let found: { readonly layout: Layout; readonly plan: LayoutPlan } | undefined;
  let broken: FoundryError | undefined;
  for (const layout of tried) {
    const [candidate, plan, error] = await tryLayout(layout, usable);
    candidates.push(candidate);
    broken ??= error;
    if (plan !== null) found ??= { layout, plan };
    if (found !== undefined && options.all !== true) break;
  }
  // Files that a particular layout knows and refuses must not become bare images.
  if (broken !== undefined && (found === undefined || found.layout === imagesLayout)) throw broken;
  if (found === undefined) throw noFit(wanted, given.entries.length);
  return { layout: found.layout, plan: complete(found.plan, files), files, candidates };
}

/** @throws FoundryError `request.invalid`. */
export function layoutNamed(format: string): Layout {
  const layout = layouts.find((one) => one.format === format);
  if (layout !== undefined) return layout;
  throw new FoundryError("request.invalid", {
    message: `"${format.slice(0, 40)}" is not an import format.`,
    hint: `Choose one of ${importFormats.join(", ")}.`,
  });
}

async function tryLayout(
  layout: Layout,
  files: ImportFiles,
): Promise<[Candidate, LayoutPlan | null, FoundryError | undefined]> {
  const { format, title } = layout;
  try {
    const plan = await layout.plan(files);
    if (plan === null || plan.items.length === 0) {
      const reason = "no files of this layout";
      return [{ format, title, fits: false, images: 0, withLabels: 0, reason }, null, undefined];
    }
    const images = plan.items.length;
    const withLabels = plan.items.filter((item) => item.layers.length > 0).length;
    const reason = `${images} images, ${withLabels} of them with labels`;
    return [{ format, title, fits: true, images, withLabels, reason }, plan, undefined];
  } catch (error) {
    if (!isFoundryError(error)) throw error;
    const wire = errorToWire(error);
    const candidate = { format, title, fits: false, images: 0, withLabels: 0, reason: wire.message };
    return [{ ...candidate, error: wire }, null, error];
  }
}

function complete(plan: LayoutPlan, files: SortedFiles): LayoutPlan {
  const ignored: IgnoredFile[] = [...files.ignored];
  const listed = new Set<string>();
  for (const entry of plan.ignored) {
    if (entry.path === files.sheetPath || listed.has(entry.path)) continue;
    listed.add(entry.path);
    ignored.push(entry);
  }
  return { ...plan, items: uniqueNames(plan.items), ignored: ignored.sort(byPath) };
}

function noFit(wanted: string, count: number): FoundryError {
  if (wanted !== "auto" && wanted !== "images") {
    return fault("format.pair", {
      file: "import",
      reason: `the files are not arranged as ${layoutNamed(wanted).title}`,
      remedy: "Check the folder, or import with --format auto.",
    });
  }
  return new FoundryError("import.empty", {
    message:
      count === 0
        ? "There are no files to import."
        : `None of the ${count} files is an image that can be read.`,
    hint: "Choose a folder with PNG or TIFF files; other microscope formats can be exported to TIFF, for example with Fiji.",
  });
}
