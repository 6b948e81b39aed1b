/** Labelled images that prompts are simulated on: planes as taken, labels, and the cells with boxes and sizes. */
import type { BoundingBox, LabelImage, Plane } from "#core/array/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import type { AugmentPlan } from "../augment/index.ts";

export interface PromptScene {
  readonly id: string;
  /** Leakage group. */
  readonly group: string;
  /** Groups of one family share its part of the examples. */
  readonly family: string;
  /** What shows the outline of the labelled cells. */
  readonly outline: Plane;
  /** The nuclei of whole cells, where there is a channel of them. */
  readonly nuclear: Plane | null;
  readonly labels: LabelImage;
  /** What may happen to intensities; geometry is not used. */
  readonly augment: AugmentPlan;
}

export interface SceneCell {
  readonly label: number;
  readonly box: BoundingBox;
  readonly diameterPx: number;
}

/** Smaller ones are specks that nobody points at. */
const areaPxMin = 16;

/** Diameter of the circle with that area. */
export const diameterOfArea = (areaPx: number): number => 2 * Math.sqrt(areaPx / Math.PI);

/** Cells of a scene, by label. Cost: O(pixels). */
export function cellsOfScene({ labels }: Pick<PromptScene, "labels">): SceneCell[] {
  const { labels: found, boxes, areas } = indexLabels(labels);
  return Array.from(found, (label, i) => ({
    label,
    box: [boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]] as BoundingBox,
    areaPx: areas[i] as number,
  }))
    .filter(({ areaPx }) => areaPx >= areaPxMin)
    .map(({ label, box, areaPx }) => ({ label, box, diameterPx: diameterOfArea(areaPx) }));
}

/** Median of their diameters; 0 without cells. */
export function usualDiameter(cells: readonly Pick<SceneCell, "diameterPx">[]): number {
  const sorted = cells.map(({ diameterPx }) => diameterPx).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
