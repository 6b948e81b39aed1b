/** Random gestures by every tool of the editor on a field of some 1,000 cells, for benches that replay edits. */

import { labelImage, plane } from "#core/array/index.ts";
import * as edits from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import type { Rng } from "#core/rng.ts";

export const side = 1024;

/** Discs that lie on each other as they come; later ones on top. */
export function fieldOfCells(random: Rng, nameOf: (k: number) => string): edits.MutableLayerState {
  const labels = labelImage(side, side);
  for (let k = 0; k < 1_000; k++) {
    const [cy, cx, r] = [random.int(side), random.int(side), 5 + random.int(8)];
    for (let y = Math.max(0, cy - r); y < Math.min(side, cy + r); y++) {
      for (let x = Math.max(0, cx - r); x < Math.min(side, cx + r); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 < r * r) labels.data[y * side + x] = k + 1;
      }
    }
  }
  const objects = new Map(
    [...objectShapesFromLabels(labels)].map(([label, shape]) => [nameOf(label), shape]),
  );
  return { height: side, width: side, objects };
}

interface MadeEdit {
  readonly tool: string;
  readonly changes: readonly edits.ObjectChange[];
}

/**
 * Makes the next edit that changes something.
 *
 * @param canvasNow  what the gestures are made on; the caller applies what comes back. @returns also how often a tool
 *        refused the random gesture with a word.
 */
export function randomTools(
  random: Rng,
  canvasNow: () => edits.LabelCanvas,
  newUid: () => string,
): () => MadeEdit & { readonly refused: number } {
  const raw = rawOf(random, canvasNow());
  const tools = toolsOf(random, canvasNow, newUid, raw);
  return () => {
    for (let refused = 0; ; ) {
      const tool = random.pick(Object.keys(tools));
      try {
        const changes = (tools[tool] as Tool)();
        if (changes.length > 0) return { tool, changes, refused };
      } catch (error) {
        // A tool may refuse a random gesture, with a word; anything else ends the run.
        if (!isFoundryError(error)) throw error;
        refused++;
      }
    }
  };
}

/** Bright cells on a dark ground, with noise. */
function rawOf(random: Rng, canvas: edits.LabelCanvas): edits.RawWindow {
  const raw = { y0: 0, x0: 0, plane: plane("uint16", side, side) };
  const numbers = edits.renderCanvas(canvas).data;
  for (let i = 0; i < raw.plane.data.length; i++) {
    raw.plane.data[i] = (numbers[i] === 0 ? 500 : 4_000) + random.int(1_500);
  }
  return raw;
}

type Tool = () => edits.ObjectChange[];

function toolsOf(
  random: Rng,
  canvasNow: () => edits.LabelCanvas,
  newUid: () => string,
  raw: edits.RawWindow,
): Readonly<Record<string, Tool>> {
  const point = () => ({ y: random.next() * side, x: random.next() * side });
  const near = (at: { y: number; x: number }, reach: number) => ({
    y: at.y + (random.next() - 0.5) * reach,
    x: at.x + (random.next() - 0.5) * reach,
  });

  /** A cell near a random place; most cells are found in a few trials. */
  function someCell(): { uid: string; at: { y: number; x: number } } {
    for (;;) {
      const at = point();
      const uid = canvasNow().uidAt(at.y, at.x);
      if (uid !== undefined) return { uid, at };
    }
  }

  const mode = () => random.pick(["exclude", "exclude", "exclude", "overwrite"] as const);
  return {
    brush: () => {
      const { uid, at } = someCell();
      const points = [at, near(at, 30), near(at, 30)];
      return edits.paintStroke(canvasNow(), {
        uid,
        points,
        radius: points.map(() => random.int(7)),
        mode: mode(),
      });
    },
    newCell: () => {
      const at = point();
      return edits.paintStroke(canvasNow(), {
        uid: newUid(),
        points: [at, near(at, 12)],
        radius: 5,
        mode: "exclude",
      });
    },
    eraser: () => {
      const at = point();
      return edits.eraseStroke(canvasNow(), { points: [at, near(at, 30)], radius: random.int(5) });
    },
    lasso: () => {
      const { uid, at } = someCell();
      const corners = Array.from({ length: 7 }, () => near(at, 30));
      return edits.drawPolygon(canvasNow(), { uid, corners, mode: mode(), snapPx: random.int(4) });
    },
    lassoCut: () => {
      const at = point();
      return edits.cutPolygon(
        canvasNow(),
        Array.from({ length: 5 }, () => near(at, 25)),
      );
    },
    flood: () =>
      edits.floodIntensity(canvasNow(), {
        uid: newUid(),
        at: point(),
        raw,
        tolerance: 900,
        mode: "exclude",
        reachPx: 40,
      }),
    threshold: () => {
      const { y, x } = point();
      const box = [y, x, y + 60, x + 60].map(Math.floor) as unknown as readonly [
        number,
        number,
        number,
        number,
      ];
      return edits.thresholdBox(canvasNow(), { box, raw, areaPxMin: 12 }, newUid).changes;
    },
    splitLine: () => {
      const { uid, at } = someCell();
      return edits.splitByLine(canvasNow(), uid, near(at, 40), near(at, 40), [newUid(), newUid()]);
    },
    splitSeeds: () => {
      const { uid } = someCell();
      const seeds = edits.suggestSeeds(canvasNow(), uid);
      return seeds.length < 2 ? [] : edits.splitBySeeds(canvasNow(), uid, seeds, [newUid()]);
    },
    merge: () => {
      const { uid } = someCell();
      const [next] = edits.neighboursOfObject(canvasNow(), uid);
      return next === undefined ? [] : edits.mergeObjects(canvasNow(), [uid, next.uid]);
    },
    trim: () => {
      const { uid, at } = someCell();
      return edits.trimToPart(canvasNow(), uid, at);
    },
    fill: () => edits.fillObject(canvasNow(), someCell().uid),
    smooth: () => edits.smoothObject(canvasNow(), someCell().uid, 0.5 + random.next() * 2),
    grow: () => edits.growObjects(canvasNow(), [someCell().uid], 0.65, { y: 0.325, x: 0.4 }),
    shrink: () => edits.growObjects(canvasNow(), [someCell().uid], -0.33, { y: 0.325, x: 0.4 }),
    fit: () => edits.fitObject(canvasNow(), { uid: someCell().uid, raw, marginPx: 8, rounds: 20 }),
    delete: () => edits.deleteObject(canvasNow(), someCell().uid),
  };
}
