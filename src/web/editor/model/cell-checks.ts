/**
 * The checks of single cells, made on the page: what the doubt queue puts first, and what one key mends.
 *
 * The server checks at every commit; a person at work wants to know before. A cell is looked at once per shape; the rules
 * and their mending are those of core/checks.
 */

import { type CheckFinding, checkObjects, checkRules, mendFinding } from "#core/checks/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import type { Outcome } from "./gesture.ts";

/** More cells than this take longer to check than a key may; the server's findings stand on the page of checks. */
const checkedCellsMax = 5_000;

export class CellChecks {
  readonly #known = new WeakMap<ObjectShape, readonly CheckFinding[]>();

  /** Findings of each cell, by the cell they name first; of layers with too many cells none. Cost: O(new shapes). */
  findingsOf(canvas: LabelCanvas): ReadonlyMap<string, readonly CheckFinding[]> {
    const { shapes, height, width, overlapAllowed } = canvas;
    const all = new Map<string, readonly CheckFinding[]>();
    if (shapes.size > checkedCellsMax) return all;
    const fresh = new Set([...shapes].filter(([, shape]) => !this.#known.has(shape)).map(([uid]) => uid));
    if (fresh.size > 0) {
      const found = Map.groupBy(
        checkObjects(
          [...shapes].map(([uid, shape]) => ({ uid, shape })),
          { height, width, overlapAllowed, only: fresh },
        ),
        ({ uids }) => uids[0] ?? "",
      );
      for (const uid of fresh) this.#known.set(shapes.get(uid) as ObjectShape, found.get(uid) ?? []);
    }
    for (const [uid, shape] of shapes) all.set(uid, this.#known.get(shape) ?? []);
    return all;
  }
}

/** Mends what needs no judgement about a cell: holes, specks, pieces; null when there is nothing of the kind. */
export function mendCell(
  canvas: LabelCanvas,
  uid: string,
  findings: readonly CheckFinding[],
  newUid: () => string,
): Outcome | null {
  const shape = canvas.shapes.get(uid);
  if (shape === undefined) return null;
  const near = new Map(
    canvas.uidsIn(shape.bbox).map((one) => [one, canvas.shapes.get(one) as ObjectShape] as const),
  );
  for (const finding of findings) {
    if (checkRules[finding.rule].fix === null) continue;
    const changes = mendFinding(finding, near, { newUid });
    if (changes.length > 0) {
      const selection = changes.filter(({ after }) => after !== null).map((change) => change.uid);
      return { kind: "reshape", tool: `mend ${finding.rule}`, changes, selection };
    }
  }
  return null;
}
