/**
 * A data folder in which every page has something to show: the sample project as a newcomer finds it, a piece of tissue
 * with four markers in which nuclei and whole cells are outlined, a movie of dividing nuclei with its lineage, and a
 * project in which a model was judged. Only what is asked for is made.
 */

import { join } from "node:path";
import { type ImageArray, imageArray, type LabelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { linksFromTracks } from "#core/lineage/index.ts";
import { simulateMovie } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import { simulateTissue, smoothNoise } from "#core/tissue/index.ts";
import { ensureSampleProject } from "#jobs/index.ts";
import { silentLog } from "#platform/index.ts";
import {
  type Agent,
  appendEdits,
  createBranch,
  createProject,
  insertImage,
  layerObjects,
  type Store,
} from "#store/index.ts";
import { root } from "../../../scripts/find-node.mjs";
import { fillEvaluatedCells } from "../evaluated-cells.ts";
import { insertFaultyCells } from "./faulty-cells.ts";
import type { Parts, Showcase } from "./page-state.ts";

/** @returns addresses of what was made. */
export async function fillShowcase(store: Store, owner: Agent, parts: Parts): Promise<Showcase> {
  // First: it is made only where there is no project.
  const sample = await ensureSampleProject(store, {
    samplesDir: join(root, "samples"),
    modelsDir: join(root, "models"),
    log: silentLog,
  });
  const evaluated = parts.includes("evaluation") ? await fillEvaluatedCells(store, owner) : null;
  return {
    project: `/p/${sample.projectId}`,
    tissue: parts.includes("tissue") ? await insertTissue(store, owner) : "",
    movie: parts.includes("movie") ? await insertMovie(store, owner) : "",
    faults: parts.includes("faults") ? await insertFaultyCells(store, owner) : "",
    evaluation: evaluated === null ? "" : `/p/${evaluated.projectId}/evaluations/${evaluated.evaluationId}`,
    judged: evaluated === null ? "" : `/p/${evaluated.projectId}`,
    candidateId: evaluated?.candidateId ?? "",
  };
}

const source = { title: "Simulated", licence: "CC0-1.0" };
const tissueSide = 256;

const objectsOf = (labels: LabelImage) =>
  [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));

/** Nuclei are edited; whole cells lie around them; somebody else left nuclei out; a branch stands beside. */
async function insertTissue(store: Store, owner: Agent): Promise<string> {
  const tissue = simulateTissue(
    {
      platform: "CODEX",
      height: tissueSide,
      width: tissueSide,
      mppUm: 0.5,
      secondRole: "membrane",
      density: 0.7,
      photons: 2_000,
      readNoise: 1,
      membraneShare: 0.95,
      negativeCells: 0.25,
    },
    "showcase tissue",
  );
  const { id: projectId } = await createProject(store, owner, "Lymph node");
  const nuclei = objectsOf(tissue.nuclei);
  const inserted = await insertImage(store, owner, {
    projectId,
    name: "Lymph node, section 4",
    group: "donor 1",
    image: withMarkers(
      tissue.planes.map(({ data }) => data.data),
      tissue.cells,
    ),
    channels: [
      { index: 0, name: "DAPI", role: "nuclear" },
      { index: 1, name: "Na/K-ATPase", role: "membrane" },
      { index: 2, name: "CD3", role: "other" },
      { index: 3, name: "CD20", role: "other" },
    ],
    mpp: tissue.metadata.mpp,
    metadata: { modality: "multiplexed", organ: "lymph node" },
    source,
    layers: [
      { compartment: "nuclear", objects: nuclei },
      { compartment: "wholeCell", objects: objectsOf(tissue.cells) },
      { compartment: "nuclear", name: "Ben", objects: nuclei.filter((_, i) => i % 9 !== 0) },
    ],
  });
  if (inserted.state !== "inserted" || inserted.layerId === null) throw new Error("no tissue");
  const branch = await createBranch(store, owner, inserted.layerId, "second look", {});
  await deleteSome(store, owner, branch.id);
  return `/p/${projectId}/i/${inserted.imageId}`;
}

/** Three cells that the branch takes for dirt. */
async function deleteSome(store: Store, owner: Agent, layerId: string): Promise<void> {
  const { objects } = await layerObjects(store, layerId);
  const changes = objects.slice(20, 23).map(({ uid, shape }) => ({ uid, before: shape, after: null }));
  const operationId = "0".repeat(26);
  const [result] = await appendEdits(store, owner, layerId, [
    { operationId, kind: "delete", tool: "delete", msSpent: 0, changes },
  ]);
  if (result?.state !== "saved") throw new Error("the branch was not edited");
}

/** Two markers that tell T cells from B cells: each cell shows one of them or neither. */
function withMarkers(planes: readonly ArrayLike<number>[], cells: LabelImage): ImageArray {
  const size = tissueSide * tissueSide;
  const random = rng("showcase markers");
  const cellCount = cells.data.reduce((most, label) => Math.max(most, label), 0);
  const kinds = Uint8Array.from({ length: cellCount + 1 }, () => random.int(9));
  const brightness = Float32Array.from(kinds, () => 0.6 + 0.8 * random.next());
  const texture = smoothNoise(tissueSide, tissueSide, 3, rng("showcase texture"));
  const data = new Uint16Array(4 * size);
  planes.forEach((plane, c) => {
    for (let i = 0; i < size; i++) data[c * size + i] = plane[i] as number;
  });
  for (let i = 0; i < size; i++) {
    const cell = cells.data[i] as number;
    for (const marker of [0, 1]) {
      const light = cell > 0 && kinds[cell] === marker ? 3_000 * (brightness[cell] as number) : 300;
      const rough = 1 + 0.25 * (texture[i] as number);
      data[(2 + marker) * size + i] = Math.max(0, light * rough + 200 + 20 * random.next());
    }
  }
  return imageArray("uint16", "cyx", [4, tissueSide, tissueSide], data);
}

const [movieSide, movieFrames] = [256, 16];

/** With its lineage, but for one link that somebody missed. */
async function insertMovie(store: Store, owner: Agent): Promise<string> {
  const movie = simulateMovie(
    {
      ...{ look: "nuclear", height: movieSide, width: movieSide, frameCount: movieFrames, cellCount: 14 },
      ...{ mppUm: 0.65, frameIntervalMin: 45, cycleH: 12, closed: true, missedFrames: 0, bits: 16 },
    },
    "showcase movie",
  );
  const size = movieSide * movieSide;
  const pixels = new Uint16Array(movieFrames * size);
  const objects: { label: number; shape: ObjectShape }[] = [];
  for (const { t, image, labels } of movie.frames) {
    pixels.set(Uint16Array.from(image.data), t * size);
    for (const { label, shape } of objectsOf(labels)) objects.push({ label, shape: { ...shape, t } });
  }
  const links = linksFromTracks(
    movie.tracks(),
    objects.map(({ label, shape }) => ({ t: shape.t, label })),
  );
  const { id: projectId } = await createProject(store, owner, "Dividing nuclei");
  const inserted = await insertImage(store, owner, {
    projectId,
    name: "H2B, position 3",
    image: imageArray("uint16", "tyx", [movieFrames, movieSide, movieSide], pixels),
    channels: [{ index: 0, name: "H2B-GFP", role: "nuclear" }],
    mpp: { y: 0.65, x: 0.65 },
    metadata: { modality: "fluorescence", frameInterval: "2700" },
    source,
    layers: [{ compartment: "nuclear", objects, links: links.filter((_, i) => i !== 40) }],
  });
  if (inserted.state !== "inserted") throw new Error("no movie");
  return `/p/${projectId}/i/${inserted.imageId}`;
}
