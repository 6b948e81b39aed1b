/** What a picture of a finding shows: a window of the image, the cells concerned and those around them. */

import { checkRules, mendFinding } from "#core/checks/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { digested } from "./check-layers.ts";
import type { StoredFinding } from "./finding-types.ts";
import { getFinding } from "./findings.ts";
import * as text from "./sql/findings.ts";
import type { Store } from "./store.ts";

export interface FindingScene {
  readonly finding: StoredFinding;
  /** [y0, x0, y1, x1) of the image, square where the image allows it. */
  readonly window: readonly [number, number, number, number];
  readonly concerned: readonly ObjectShape[];
  readonly around: readonly ObjectShape[];
}

/** Room around the cells, as a share of their longer side; a cell alone says little. */
const marginShare = 0.5;
const marginPxMin = 12;

/** Findings without a place show the whole image up to here, else its middle. */
const wholePxMax = 2048;

/**
 * @param view  the cells as they are, or as the fix of the rule would leave them (as they are when there is none).
 * @throws FoundryError `request.notFound`.
 */
export async function findingScene(
  store: Store,
  findingId: string,
  view: "now" | "mended" = "now",
): Promise<FindingScene> {
  const finding = await getFinding(store, findingId);
  const window = windowOf(finding);
  const { layerId, t, z, uids, rule, value, detail } = finding;
  if (layerId === null || finding.box === null) return { finding, window, concerned: [], around: [] };
  const [y0, x0, y1, x1] = window;
  const rows = await store.sql.query<Parameters<typeof digested>[0][number]>(text.selectObjectsAround, [
    layerId,
    uids,
    [t],
    [z],
    [y0],
    [x0],
    [y1],
    [x1],
  ]);
  const shapes = new Map(digested(rows).map(({ uid, shape }) => [uid, shape]));
  const own = new Set(uids);
  if (view === "mended" && checkRules[rule].fix !== null) {
    const plane = new Map([...shapes].filter(([, shape]) => shape.t === t && shape.z === z));
    for (const { uid, after } of mendFinding({ rule, uids, value, detail }, plane, {
      newUid: () => store.ids.next(),
    })) {
      own.add(uid);
      if (after === null) shapes.delete(uid);
      else shapes.set(uid, after);
    }
  }
  const here = [...shapes].filter(([, shape]) => shape.t === t && shape.z === z);
  return {
    finding,
    window,
    concerned: here.filter(([uid]) => own.has(uid)).map(([, shape]) => shape),
    around: here.filter(([uid]) => !own.has(uid)).map(([, shape]) => shape),
  };
}

function windowOf({ box, height, width }: StoredFinding): [number, number, number, number] {
  const within = (middle: number, side: number, length: number): [number, number] => {
    const size = Math.min(side, length);
    const from = Math.min(Math.max(0, Math.round(middle - size / 2)), length - size);
    return [from, from + size];
  };
  const [y0, x0, y1, x1] = (box ?? [0, 0, height, width]) as [number, number, number, number];
  const longer = Math.max(y1 - y0, x1 - x0);
  const side =
    box === null
      ? Math.min(wholePxMax, longer)
      : Math.ceil(longer + 2 * Math.max(marginPxMin, marginShare * longer));
  const [top, bottom] = within((y0 + y1) / 2, side, height);
  const [left, right] = within((x0 + x1) / 2, side, width);
  return [top, left, bottom, right];
}
