/**
 * Sixty round cells on a grid with an exact answer, and a proposal with seeded faults: two cells in one, one in halves, holes,
 * specks, missed, drawn too small, and things that are no cells; 36 of 60 places are faulty.
 */

import { imageArray, labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import {
  type Agent,
  createProject,
  ensureAgent,
  insertImage,
  replaceProposals,
  type Store,
} from "#store/index.ts";

const height = 170;
export const width = 260;
export const cellCount = 60;
const [radius, step, columns] = [8, 25, 10];

const middle = (k: number) => ({ y: 18 + Math.floor(k / columns) * step, x: 18 + (k % columns) * step });

const faults = ["merged", "merged into", "halves", "hole", "speck", "missed", "small", "", "", ""] as const;

/** What is right: disc k + 1 at place k. */
const truth = labelImage(height, width);
/** What the model says. */
const proposal = labelImage(height, width);

for (let i = 0; i < height * width; i++) {
  const [y, x] = [Math.floor(i / width), i % width];
  for (let k = 0; k < cellCount; k++) {
    const { y: cy, x: cx } = middle(k);
    const away = Math.hypot(y - cy, x - cx);
    if (away <= radius) truth.data[i] = k + 1;
    const fault = faults[k % faults.length];
    if (fault === "missed" || (fault === "hole" && away <= 2)) continue;
    const inside = away <= (fault === "small" ? radius - 3 : radius);
    const bridge = fault === "merged" && Math.abs(y - cy) <= 1 && x > cx && x < cx + step;
    const speck = fault === "speck" && y === cy + 11 && Math.abs(x - cx) <= 1;
    if (!inside && !bridge && !speck) continue;
    if (fault === "merged into") proposal.data[i] = k;
    else if (fault !== "halves") proposal.data[i] = k + 1;
    else if (x !== cx) proposal.data[i] = x < cx ? k + 1 : 100 + k;
  }
  // Between the rows: what is no cell at all.
  for (let row = 0; row < cellCount / columns; row++) {
    const at = middle(row * columns + 8);
    if (Math.hypot(y - at.y - 12, x - at.x - 12) <= 3) proposal.data[i] = 200 + row;
  }
}

/** @returns address of the image, `/p/…/i/…`. */
export async function fillFaultyCells(store: Store, owner: Agent): Promise<string> {
  const noise = rng(4, "faulty cells");
  const pixels = Uint16Array.from(truth.data, (label) => 400 + noise.int(200) + (label === 0 ? 0 : 3_000));
  const { id: projectId } = await createProject(store, owner, "Seeded faults");
  const inserted = await insertImage(store, owner, {
    projectId,
    name: "sixty cells",
    image: imageArray("uint16", "yx", [height, width], pixels),
    labels: labelImage(height, width),
    accepted: false,
    source: { title: "made here", licence: "CC0-1.0" },
  });
  const layerId = inserted.state === "inserted" ? inserted.layerId : null;
  if (layerId === null) throw new Error("the image has no layer");
  const model = await ensureAgent(store, "model", "nuclei 1.0.0");
  const sure = rng(3, "confidence");
  const confidence = new Map([...new Set(proposal.data)].map((label) => [label, 0.3 + 0.6 * sure.next()]));
  await replaceProposals(store, model, layerId, { labels: proposal, confidence });
  return `/p/${projectId}/i/${inserted.imageId}`;
}

/** How a drawn cell agrees with the answer. */
export function compare(pixels: readonly number[]) {
  const shared = new Map<number, number>();
  for (const i of pixels) {
    const label = truth.data[i] as number;
    if (label > 0) shared.set(label, (shared.get(label) ?? 0) + 1);
  }
  const full = truth.data.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  const [label = 0, most = 0] = [...shared].sort((a, b) => b[1] - a[1])[0] ?? [];
  return {
    label,
    area: pixels.length,
    full,
    /** Right cells of which it holds a good part. */
    cells: [...shared.values()].filter((count) => count > full / 3).length,
    iou: most / (pixels.length + full - most),
  };
}
