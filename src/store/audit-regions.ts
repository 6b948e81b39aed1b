/** Crops and overlapping tiles of one field across the split: shared anchors, confirmed pixel by pixel. */

import { axisLength, channelPlane, type ImageArray, type Plane } from "#core/array/index.ts";
import { decodeAnchors } from "#core/image/index.ts";
import { type LeakFinding, overlapOf, sharedRegions } from "#core/leaks/index.ts";
import { splitRoles } from "#core/select/index.ts";
import { readItems } from "./audit-appearance.ts";
import { errorFinding, namesOf, pairKey } from "./leak-words.ts";
import * as text from "./sql/leaks.ts";
import type { Store } from "./store.ts";
import { readStoredArray } from "./stored-image.ts";

/** Anchors held in memory at once, about 100 bytes each; with more images fewer anchors of each are compared. */
const anchorsTotalMax = 4_000_000;

/** Pairs whose pixels are compared; each costs reading two images. */
const pairsMax = 500;

/** A region is shared when nearly all of its pixels are equal; compression of one copy would spoil more. */
const equalMin = 0.98;

/** Smaller regions in common are of no use to a network. */
const sideMin = 16;

interface AnchorRow {
  readonly imageId: string;
  readonly role: string;
  readonly arrayDigest: string;
  readonly plane: number;
  readonly anchors: Buffer;
}

export interface RegionFindings {
  readonly findings: LeakFinding[];
  /** What could not be looked at, or null. */
  readonly note: string | null;
}

/** @param planes  how many there are. @param known  pairs of images told already. */
export async function findSharedRegions(
  tx: Store,
  items: string,
  planes: number,
  known: ReadonlySet<string>,
): Promise<RegionFindings> {
  const each = Math.floor(anchorsTotalMax / Math.max(1, planes));
  // With two anchors a plane, crops would be found by luck only.
  if (each < 8) {
    return {
      findings: [],
      note: `With ${planes} planes, crops of one image inside another were not looked for; copies and look-alikes were.`,
    };
  }
  const rows = await tx.sql.query<AnchorRow>(text.selectAnchors(items), [each]);
  const candidates = sharedRegions(
    rows.map(({ role, anchors }) => ({
      side: (splitRoles as readonly string[]).indexOf(role),
      anchors: decodeAnchors(anchors),
    })),
  );
  const told = new Set(known);
  const findings: LeakFinding[] = [];
  let compared = 0;
  for (const { a, b, offsetY, offsetX } of candidates) {
    const [one, other] = [rows[a] as AnchorRow, rows[b] as AnchorRow];
    const pair = pairKey(one.imageId, other.imageId);
    if (told.has(pair)) continue;
    if (compared++ >= pairsMax) break;
    const overlap = overlapOf(await readPlane(tx, one), await readPlane(tx, other), offsetY, offsetX);
    if (overlap.equal < equalMin || Math.min(overlap.height, overlap.width) < sideMin) continue;
    told.add(pair);
    const details = await readItems(tx, items, [one.imageId, other.imageId]);
    const members = [one, other]
      .map(({ imageId }) => details.get(imageId))
      .filter((item) => item !== undefined);
    findings.push(
      errorFinding("sharedRegion", pair, members, {
        count: 2,
        text: `${namesOf(members)} share a region of ${overlap.height} x ${overlap.width} pixels.`,
        evidence: { ...overlap, offsetY, offsetX },
      }),
    );
  }
  const note =
    compared > pairsMax ? `Only the first ${pairsMax} pairs that may share a region were compared.` : null;
  return { findings, note };
}

async function readPlane(tx: Store, { arrayDigest, plane }: AnchorRow): Promise<Plane> {
  const image: ImageArray = await readStoredArray(tx, arrayDigest);
  const [slices, channels] = [axisLength(image, "z"), axisLength(image, "c")];
  return channelPlane(image, {
    t: Math.floor(plane / (slices * channels)),
    z: Math.floor(plane / channels) % slices,
    c: plane % channels,
  });
}
