/** A film of a stored layer: its cells in the colours of their tracks, over the movie. */

import { channelPlane, type LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { filmScale } from "#core/film/index.ts";
import { renderObjects } from "#core/labels/index.ts";
import {
  frameObjects,
  getImage,
  type LayerCell,
  type LayerSummary,
  layerCells,
  type Store,
} from "#store/index.ts";
import { channelOf, openStoredMovie } from "./layer-movie.ts";
import { gifPieces } from "./render-film.ts";

/** Pixels of a film over all frames: a GIF of so many takes some hundred MB at most, and minutes. */
const filmPixelsMax = 2 ** 28;

/**
 * The film as GIF bytes.
 *
 * @throws FoundryError `array.axes` for a still image; `limit.memory` for a movie too long to be a film of one file.
 * Memory: the GIF, one frame, some hundred bytes per cell.
 */
export async function layerFilm(store: Store, layer: LayerSummary, signal: AbortSignal): Promise<Uint8Array> {
  const image = await getImage(store, layer.imageId);
  const { movie, close } = await openStoredMovie(store, image, channelOf(image, layer));
  try {
    const { height, width, frameCount } = movie;
    const { shrink, grow } = filmScale(height, width);
    const pixels = (height * width * frameCount * grow ** 2) / shrink ** 2;
    if (pixels > filmPixelsMax)
      throw new FoundryError("limit.memory", {
        message: `"${image.name}" has ${frameCount} frames of ${width} x ${height} pixels: too much for one GIF.`,
        hint: "Export the movie and write an image per frame with `cellfoundry track ... --render png`.",
      });
    const { trackOf, parents } = tracksOfCells(await layerCells(store, layer.id));
    const tracksAt = async (t: number): Promise<LabelImage> => {
      const objects = await frameObjects(store, layer.id, t);
      const shown = objects.map(({ uid, shape }) => ({ label: trackOf.get(uid) ?? 0, shape }));
      return renderObjects(
        height,
        width,
        shown.filter(({ label }) => label > 0),
      );
    };
    const pieces: Uint8Array[] = [];
    const source = {
      ...{ height, width, frameCount, parents, style: "outline" as const },
      mppUm: movie.mpp?.y ?? null,
      frameIntervalS: movie.frameIntervalS,
      planeOf: async (t: number) => channelPlane(await movie.readFrame(t), {}),
      tracksOf: tracksAt,
    };
    for await (const piece of gifPieces(source, signal)) pieces.push(piece);
    return joined(pieces);
  } finally {
    await close();
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Tracks numbered from 1 in order of frame: a link goes on, a division begins a new one. */
function tracksOfCells(cells: readonly LayerCell[]): {
  readonly trackOf: ReadonlyMap<string, number>;
  readonly parents: ReadonlyMap<number, number>;
} {
  const trackOf = new Map<string, number>();
  const parents = new Map<number, number>();
  let next = 1;
  for (const { uid, origin } of [...cells].sort((a, b) => a.t - b.t || a.label - b.label)) {
    const before = origin === null ? undefined : trackOf.get(origin.uid);
    if (before !== undefined && origin?.kind === "link") {
      trackOf.set(uid, before);
      continue;
    }
    if (before !== undefined) parents.set(next, before);
    trackOf.set(uid, next++);
  }
  return { trackOf, parents };
}
