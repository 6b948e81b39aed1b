/**
 * Pages of a TIFF to one array in the order tczyx.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { checkDecodedSize, type ReadLimits } from "../../limits.ts";
import { arrange, type PageAxis } from "./arrangement.ts";
import { decodePage } from "./decode-page.ts";
import { loadTiffDecoders } from "./decompress.ts";
import type { TiffDescription } from "./description.ts";
import type { TiffFile } from "./directory.ts";
import { readOmeStack } from "./ome-stack.ts";
import type { TiffPage } from "./page.ts";
import { dtypeOfSamples } from "./samples.ts";
import { selectPages } from "./select-pages.ts";

export interface TiffReadOptions {
  readonly limits: ReadLimits;
  readonly pagesAre?: PageAxis;
  /** Another file of the same set, by the name that the description gives; `null` when it is not there. */
  readonly sibling?: (name: string) => Promise<Uint8Array | null>;
}

export interface TiffStack {
  readonly first: TiffPage;
  readonly dtype: Dtype;
  /** Order tczyx plus, right before yx, the samples of a pixel: shape [t, c, z, samples, y, x]. */
  readonly shape: readonly [t: number, c: number, z: number, samples: number, y: number, x: number];
  readonly data: TypedArrays[Dtype];
  readonly notes: readonly string[];
  /** What the pages were taken for when nothing says what they are. */
  readonly files?: readonly string[];
  readonly pagesGuess: { readonly axis: PageAxis; readonly pages: number } | null;
}

/** @throws FoundryError `format.tiff`, `format.decoder`, `limit.pixels`, `limit.bytes`. */
export async function readStack(
  file: TiffFile,
  description: TiffDescription,
  options: TiffReadOptions,
): Promise<TiffStack> {
  const { limits } = options;
  const located = description.ome === null ? null : await readOmeStack(file, description.ome, options);
  if (located !== null) return located;
  const { pages, notes } = selectPages(file, description, limits);
  const first = pages[0]!;
  const arrangement = arrange(file, description, pages, options);
  const { t, c, z, planeOfPage } = arrangement;
  const pageSamples = first.samples * first.height * first.width;
  const dtype = dtypeOfSamples(first.kind, first.bits);
  const planes = t * c * z;
  checkDecodedSize(
    file.name,
    {
      samples: planes * pageSamples,
      bytes: planes * pageSamples * Math.ceil(first.bits / 8),
      what: `${planes} planes of ${first.height} x ${first.width} pixels`,
    },
    limits,
  );
  const shape = [t, c, z, first.samples, first.height, first.width] as const;
  const allNotes = [...notes, ...arrangement.notes];
  const decoders = await loadTiffDecoders(pages, file.name);
  const { guessed } = arrangement;
  const pagesGuess = guessed === undefined ? null : { axis: guessed, pages: pages.length };
  const facts = { first, dtype, shape, notes: allNotes, pagesGuess };
  if (planes === 1) return { ...facts, data: decodePage(file, first, decoders) };
  const data = typedArray(dtype, planes * pageSamples);
  pages.forEach((page, i) => {
    const plane = planeOfPage[i]!;
    if (plane >= 0) data.set(decodePage(file, page, decoders), plane * pageSamples);
  });
  return { ...facts, data };
}
