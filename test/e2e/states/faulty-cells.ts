/**
 * Nuclei with the slips of a hand: holes, specks beside a cell, one label on two cells. What a model happens to leave behind
 * changes with its version; these are there for the checks to find, and to mend.
 */

import type { LabelImage } from "#core/array/index.ts";
import { imageArray, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels, regionProperties } from "#core/labels/index.ts";
import { simulateMovie } from "#core/movie/index.ts";
import { type Agent, createProject, insertImage, type Store } from "#store/index.ts";

const side = 320;

/** @returns address of the project. */
export async function insertFaultyCells(store: Store, owner: Agent): Promise<string> {
  const movie = simulateMovie(
    {
      ...{ look: "nuclear", height: side, width: side, frameCount: 2, cellCount: 30 },
      ...{ mppUm: 0.5, frameIntervalMin: 10, cycleH: 24, closed: true, missedFrames: 0, bits: 16 },
    },
    "faulty cells",
  );
  const [frame] = movie.frames;
  if (frame === undefined) throw new Error("a movie without frames");
  const labels = labelImage(side, side, Int32Array.from(frame.labels.data));
  const cells = [...regionProperties(labels)].filter(({ areaPx }) => areaPx > 150);
  const centre = (k: number): readonly [number, number] => {
    const cell = cells[k];
    if (cell === undefined) throw new Error(`the simulation has ${cells.length} cells`);
    return [Math.round(cell.centroid.y), Math.round(cell.centroid.x)];
  };
  for (const k of [0, 3, 5]) paint(labels, centre(k), 2, 0);
  const [one, other] = [cells[7], cells[8]];
  if (one === undefined || other === undefined) throw new Error("the simulation has too few cells");
  labels.data.forEach((label, i) => {
    if (label === other.label) labels.data[i] = one.label;
  });
  const { id: projectId } = await createProject(store, owner, "Nuclei, first outlines");
  const inserted = await insertImage(store, owner, {
    projectId,
    name: "Nuclei, position 7",
    group: "plate 2",
    image: imageArray("uint16", "yx", [side, side], Uint16Array.from(frame.image.data)),
    channels: [{ index: 0, name: "H2B-GFP", role: "nuclear" }],
    mpp: { y: 0.5, x: 0.5 },
    metadata: { modality: "fluorescence" },
    source: { title: "Simulated", licence: "CC0-1.0" },
    layers: [
      {
        compartment: "nuclear",
        objects: [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape })),
      },
    ],
  });
  if (inserted.state !== "inserted") throw new Error("no faulty cells");
  return `/p/${projectId}`;
}

/** A square of `2 * reach + 1` pixels. */
function paint(labels: LabelImage, [y, x]: readonly [number, number], reach: number, label: number): void {
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) labels.data[(y + dy) * side + x + dx] = label;
}
