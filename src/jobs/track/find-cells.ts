/**
 * Cells of a stored movie, found by a segmentation model frame by frame, masks repaired by their neighbours in time.
 *
 * Label images are kept deflated until all frames are seen (some hundredth of the pixels), because repairs need frames
 * before and after and a layer is written only when the movie is through: what is canceled leaves nothing behind.
 */

import type { ObjectChange } from "#core/edits/index.ts";
import { errorFromWire } from "#core/errors.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import type { Compartment } from "#nn/index.ts";
import { type Agent, appendEdits, type ImageDetail, type ModelVersion, type Store } from "#store/index.ts";
import { withSegmentationModel } from "../segmentation-models.ts";
import { openStoredMovie } from "./layer-movie.ts";
import { segmentFrames } from "./segment-frames.ts";
import { type TrackedMovie, trackMovie } from "./track-movie.ts";

/** Cells of an edit; a frame is never divided. */
const cellsPerEdit = 5_000;

interface FoundCells {
  readonly compartment: Compartment;
  /** Draws them into a layer, as proposals. @throws FoundryError of the layer. */
  write(agent: Agent, layerId: string): Promise<void>;
}

/** @throws FoundryError `array.axes`, `array.shapeMismatch`, `model.invalid`; what `signal` was aborted with. */
export async function findCells(
  store: Store,
  version: ModelVersion,
  image: ImageDetail,
  signal: AbortSignal,
  onFrame: (done: number) => void,
): Promise<FoundCells> {
  const { movie, close } = await openStoredMovie(store, image);
  try {
    return await withSegmentationModel(store, version, async (model) => {
      const { labelsOf, channel } = segmentFrames(model, movie, {}, signal);
      const tracked = await trackMovie(movie, {
        ...{
          labelsOf,
          channel,
          solver: "exact",
          gapFrames: 2,
          leaveOutDebris: true,
          repairs: true,
          signal,
          onFrame,
        },
      });
      const compartment = model.contract.compartments[0]?.compartment ?? "nuclear";
      return { compartment, write: (agent, layerId) => writeCells(store, agent, layerId, tracked, version) };
    });
  } finally {
    await close();
  }
}

/** Masks that a track goes through; debris stays out, and the halves of a cell that was cut are one. */
async function writeCells(
  store: Store,
  agent: Agent,
  layerId: string,
  tracked: TrackedMovie,
  { name, version }: ModelVersion,
): Promise<void> {
  let changes: ObjectChange[] = [];
  const save = async (): Promise<void> => {
    if (changes.length === 0) return;
    const edit = {
      operationId: store.ids.next(),
      kind: "propose" as const,
      tool: `find ${name} ${version}`.slice(0, 200),
    };
    for (const result of await appendEdits(store, agent, layerId, [{ ...edit, changes, msSpent: 0 }]))
      if (result.state === "refused") throw errorFromWire(result.error);
    changes = [];
  };
  for (let t = 0; t < tracked.movie.frameCount; t++) {
    for (const after of objectShapesFromLabels(tracked.tracksOfFrame(t), { t, z: 0 }).values())
      changes.push({ uid: store.ids.next(), before: null, after });
    if (changes.length >= cellsPerEdit) await save();
  }
  await save();
}
