/** Look-alikes across the split: near in hash, confirmed by the correlation of their miniatures. */

import { miniatureCorrelation } from "#core/image/index.ts";
import { type LeakFinding, type LeakItem, nearPairs } from "#core/leaks/index.ts";
import { splitRoles } from "#core/select/index.ts";
import { errorFinding, namesOf, pairKey } from "./leak-words.ts";
import * as text from "./sql/leaks.ts";
import type { Store } from "./store.ts";

/** Above this, two miniatures show one scene: the rule of the literature on duplicates in image sets. */
const correlationMin = 0.98;

/** Rows fetched at once. */
const rowsPerFetch = 50_000;

/** Pairs confirmed in one audit; a set with more is full of copies, and the first ones show it. */
const pairsMax = 100_000;

/** Miniatures read at once: about 2 MB. */
const pairsPerRead = 1000;

interface Planes {
  readonly imageIds: string[];
  readonly digests: string[];
  readonly planes: number[];
  high: Uint32Array;
  low: Uint32Array;
  side: Uint8Array;
}

interface HashRow {
  readonly imageId: string;
  readonly role: string;
  readonly arrayDigest: string;
  readonly plane: number;
  readonly high: number;
  readonly low: number;
}

interface Pair {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
}

export interface LookAlikes {
  readonly findings: LeakFinding[];
  /** Planes that were compared. */
  readonly planes: number;
}

/**
 * @param known  pairs of images told already. One finding per pair of images, the surest first.
 * Memory: about 200 bytes per plane.
 */
export async function findLookAlikes(
  tx: Store,
  items: string,
  known: ReadonlySet<string>,
): Promise<LookAlikes> {
  const planes = await readHashes(tx, items);
  const pairs: Pair[] = [];
  nearPairs(planes, (a, b, distance) => {
    const key = pairKey(planes.imageIds[a] as string, planes.imageIds[b] as string);
    if (pairs.length < pairsMax && !known.has(key)) pairs.push({ a, b, distance });
  });
  const confirmed = await confirmPairs(tx, planes, pairs);
  const details = await readItems(
    tx,
    items,
    confirmed.flatMap(({ ids }) => ids),
  );
  const findings = confirmed.map(({ ids, distance, correlation }) => {
    const members = ids.map((id) => details.get(id)).filter((item) => item !== undefined);
    return errorFinding("nearDuplicate", pairKey(...ids), members, {
      count: 2,
      text: `${namesOf(members)} look the same (correlation ${correlation.toFixed(3)}, hashes ${distance} of 64 bits apart).`,
      evidence: { correlation: Math.round(correlation * 1e4) / 1e4, distance },
    });
  });
  return { findings, planes: planes.imageIds.length };
}

async function readHashes(tx: Store, items: string): Promise<Planes> {
  const planes: Planes = {
    imageIds: [],
    digests: [],
    planes: [],
    high: new Uint32Array(rowsPerFetch),
    low: new Uint32Array(rowsPerFetch),
    side: new Uint8Array(rowsPerFetch),
  };
  await tx.sql.query(text.hashCursor(items));
  for (let at = 0; ; ) {
    const rows = await tx.sql.query<HashRow>(text.fetchHashRows(rowsPerFetch));
    if (at + rows.length > planes.high.length) growTo(planes, 2 * (at + rows.length));
    for (const { imageId, role, arrayDigest, plane, high, low } of rows) {
      planes.imageIds.push(imageId);
      planes.digests.push(arrayDigest);
      planes.planes.push(plane);
      planes.high[at] = high >>> 0;
      planes.low[at] = low >>> 0;
      planes.side[at++] = (splitRoles as readonly string[]).indexOf(role);
    }
    if (rows.length < rowsPerFetch) break;
  }
  await tx.sql.query(text.closeHashCursor);
  const count = planes.imageIds.length;
  return {
    ...planes,
    high: planes.high.subarray(0, count),
    low: planes.low.subarray(0, count),
    side: planes.side.subarray(0, count),
  };
}

function growTo(planes: Planes, count: number): void {
  const [high, low, side] = [new Uint32Array(count), new Uint32Array(count), new Uint8Array(count)];
  high.set(planes.high);
  low.set(planes.low);
  side.set(planes.side);
  Object.assign(planes, { high, low, side });
}

interface Confirmed {
  readonly ids: readonly [string, string];
  readonly distance: number;
  readonly correlation: number;
}

async function confirmPairs(tx: Store, planes: Planes, pairs: readonly Pair[]): Promise<Confirmed[]> {
  const best = new Map<string, Confirmed>();
  for (let from = 0; from < pairs.length; from += pairsPerRead) {
    const part = pairs.slice(from, from + pairsPerRead);
    const miniatures = await readMiniatures(tx, planes, part);
    for (const { a, b, distance } of part) {
      const [one, other] = [miniatures.get(a), miniatures.get(b)];
      if (one === undefined || other === undefined) continue;
      const correlation = miniatureCorrelation(one, other);
      const ids = [planes.imageIds[a] as string, planes.imageIds[b] as string] as const;
      const key = pairKey(...ids);
      if (correlation > Math.max(correlationMin, best.get(key)?.correlation ?? 0)) {
        best.set(key, { ids, distance, correlation });
      }
    }
  }
  return [...best.values()].sort((a, b) => b.correlation - a.correlation || (a.ids[0] < b.ids[0] ? -1 : 1));
}

async function readMiniatures(
  tx: Store,
  planes: Planes,
  pairs: readonly Pair[],
): Promise<Map<number, Uint8Array>> {
  const wanted = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const rows = await tx.sql.query<{ arrayDigest: string; plane: number; miniature: Buffer }>(
    text.selectMiniatures,
    [wanted.map((at) => planes.digests[at]), wanted.map((at) => planes.planes[at])],
  );
  const byPlane = new Map(rows.map((row) => [`${row.arrayDigest} ${row.plane}`, row.miniature]));
  return new Map(
    wanted.flatMap((at) => {
      const found = byPlane.get(`${planes.digests[at]} ${planes.planes[at]}`);
      return found === undefined ? [] : [[at, new Uint8Array(found)] as const];
    }),
  );
}

/** Items by image id. */
export async function readItems(
  tx: Store,
  items: string,
  ids: readonly string[],
): Promise<Map<string, LeakItem>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.sql.query<LeakItem>(text.selectItems(items), [[...new Set(ids)]]);
  return new Map(rows.map((row) => [row.imageId, row]));
}
