/**
 * Predict a part: what a model finds in a box of one frame, or where it finds chosen cells in the next frames.
 *
 * The answer is a draft for the page that asked; nothing is written to the layer. The model sees well beyond the box, and a
 * cell belongs to the box when more than half of it lies in it, so that cells across the border are whole or not there.
 */

import type { BoundingBox } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { isMostlyIn } from "#core/labels/index.ts";
import {
  getImage,
  getLayer,
  getModelVersion,
  type ImageDetail,
  keepPredictedPart,
  layerObjects,
  type PartCell,
  type PredictedPart,
  type StoredObject,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "../job.ts";
import { withSegmentationModel } from "../segmentation-models.ts";
import { openShippedLinker } from "../track/open-linker.ts";
import { followCells } from "./follow-cells.ts";
import { partWindow } from "./part-window.ts";
import { openPlaneModel, type PlaneModel } from "./plane-model.ts";
import { openPlaneSource } from "./plane-source.ts";

/** More cells than this are no part; a draft of them would be hard to look through. */
const partCellsMax = 10_000;

/** @throws FoundryError `model.*`, `limit.pixels`, `request.invalid` for a box or cells that are not there. */
export async function predictPart(context: JobContext<"predictPart">): Promise<JobOutcome> {
  const { store, params, signal, job } = context;
  const layer = await getLayer(store, params.layerId);
  const image = await getImage(store, layer.imageId);
  const version = await getModelVersion(store, params.modelVersionId);
  context.report({ fraction: 0, text: "Reading the picture", msLeft: null });
  const source = await openPlaneSource(store, image);
  if (params.t >= source.frames || params.z >= source.slices) {
    throw new FoundryError("request.invalid", { message: "The image has no such frame or slice." });
  }
  const found = await withSegmentationModel(store, version, async (model) => {
    const reach = model.contract.receptiveRadiusPx * 2;
    const planes = openPlaneModel(model, image, source, layer, { signal, fit: params.fit });
    return params.follow === undefined
      ? cellsOfBox(context, planes, image, reach)
      : cellsThatFollow(context, planes, image, reach, params.follow);
  });
  if (found.cells.length > partCellsMax) {
    throw new FoundryError("limit.objects", {
      message: `The model found ${found.cells.length} cells there; a draft holds ${partCellsMax}.`,
      hint: "Draw a smaller box.",
    });
  }
  const modelVersion = `${version.name}@${version.version}`;
  const part: PredictedPart = { modelVersion, ...found };
  return {
    result: { modelVersionId: version.id, modelVersion, cells: found.cells.length },
    commit: (tx) => keepPredictedPart(tx, job.id, part),
  };
}

type Found = Omit<PredictedPart, "modelVersion">;

async function cellsOfBox(
  { params, report }: JobContext<"predictPart">,
  planes: PlaneModel,
  image: ImageDetail,
  reach: number,
): Promise<Found> {
  const { t, z } = params;
  const [y0, x0, y1, x1] = params.box ?? [0, 0, image.height, image.width];
  const box: BoundingBox = [y0, x0, y1, x1];
  const window = partWindow(box, image, reach);
  report({ fraction: null, text: "Looking at the box and around it", msLeft: null });
  const cells = await planes.cellsIn({ t, z }, window);
  const inBox = cells.filter(({ shape }) => isMostlyIn(shape, box));
  return {
    window,
    warnings: planes.warnings(),
    cells: inBox.map((cell, k): PartCell => ({ key: `${t}:${k + 1}`, ...cell, from: null })),
  };
}

async function cellsThatFollow(
  { store, params, signal, report }: JobContext<"predictPart">,
  planes: PlaneModel,
  image: ImageDetail,
  reach: number,
  { uids, frames }: { readonly uids: readonly string[]; readonly frames: number },
): Promise<Found> {
  const { t, z } = params;
  const { objects } = await layerObjects(store, params.layerId);
  const present = objects.filter(({ shape }) => shape.t === t && shape.z === z);
  const wanted = new Set(uids);
  const chosen = present.filter(({ uid }) => wanted.has(uid));
  const last = (image.shape[image.axes.indexOf("t")] ?? 1) - 1;
  const count = Math.min(frames, last - t);
  if (chosen.length === 0 || count < 1) {
    throw new FoundryError("request.invalid", {
      message: chosen.length === 0 ? "The chosen cells are not in this frame." : "This is the last frame.",
      hint: "Choose cells of a frame that another one follows.",
    });
  }
  const window = partWindow(boxAround(chosen), image, reach);
  const linker = await openShippedLinker();
  try {
    const cells = await followCells({
      ...{ model: planes, present, uids: wanted, t, z, frames: count, window, signal },
      ...(linker === null ? {} : { scorer: linker }),
      onFrame: (done) =>
        report({ fraction: done / count, text: `Looking at frame ${t + 1 + done}`, msLeft: null }),
    });
    return { window, warnings: planes.warnings(), cells };
  } finally {
    await linker?.release();
  }
}

function boxAround(cells: readonly StoredObject[]): BoundingBox {
  const boxes = cells.map(({ shape }) => shape.bbox);
  return [
    Math.min(...boxes.map(([y0]) => y0)),
    Math.min(...boxes.map(([, x0]) => x0)),
    Math.max(...boxes.map(([, , y1]) => y1)),
    Math.max(...boxes.map(([, , , x1]) => x1)),
  ];
}
