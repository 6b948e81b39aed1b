/**
 * Writes what a check found: new findings open, those found again stay what they are, those not found any more end.
 *
 * A finding keeps its id for as long as the same rule speaks of the same objects, so that links to it and waivers of it
 * last. A waiver is about the shapes it was given for: when they change and the rule still finds fault, it ends.
 */

import { type CheckFinding, type CheckRuleName, checkRules, checkRulesVersion } from "#core/checks/index.ts";
import { isoTime, sha256Bytes } from "#platform/index.ts";
import * as text from "./sql/findings.ts";
import type { Store } from "./store.ts";

/** What is checked together, and so ends together when it is not found any more. */
type FindingScope = "object" | "compartments" | "pixels" | "project" | "track" | "model";

/** Rules that compare an image with the others of its project. */
export const projectRules: readonly CheckRuleName[] = ["layerEmpty", "densityOutlier", "imageTwice"];

function scopeOf(rule: CheckRuleName): FindingScope {
  const { scope } = checkRules[rule];
  if (scope !== "image") return scope;
  return projectRules.includes(rule) ? "project" : "pixels";
}

/** Where a finding is and the shapes it is about, in the order of its uids. */
export interface PlacedFinding extends CheckFinding {
  readonly imageId: string;
  readonly layerId: string | null;
  readonly shapes: readonly {
    readonly digest: Buffer;
    readonly t: number;
    readonly z: number;
    readonly bbox: readonly number[];
  }[];
}

/** More objects than this do not tell findings apart any better. */
const keyUidsMax = 8;

/** Names of findings within their image; two that nothing tells apart are numbered. */
export function findingKeys(findings: readonly PlacedFinding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ layerId, rule, uids, channel, detail }) => {
    // Laws of tracks and a model's opinions may be several about one cell, or about none; their words tell them apart.
    const particular = ["track", "model"].includes(checkRules[rule].scope) ? detail : "";
    const key = [layerId ?? "", rule, channel ?? "", uids.slice(0, keyUidsMax).join(","), particular].join(
      "|",
    );
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  });
}

/** Digest of the shapes a finding is about; null for none. A waiver holds while it is the same. */
export function findingState({ shapes }: PlacedFinding): Buffer | null {
  return shapes.length === 0 ? null : sha256Bytes(Buffer.concat(shapes.map(({ digest }) => digest)));
}

/** Inserts and updates; within a transaction. @returns the keys. */
export async function upsertFindings(
  tx: Store,
  projectId: string,
  findings: readonly PlacedFinding[],
): Promise<string[]> {
  const keys = findingKeys(findings);
  if (findings.length === 0) return keys;
  const rows = findings.map((finding, i) => {
    const { imageId, layerId, rule, uids, value, detail, channel, shapes } = finding;
    return {
      id: tx.ids.next(),
      image_id: imageId,
      layer_id: layerId,
      rule,
      scope: scopeOf(rule),
      severity: checkRules[rule].severity,
      key: keys[i],
      uids,
      state: findingState(finding)?.toString("hex") ?? null,
      value: Number.isFinite(value) ? value : Number.MAX_SAFE_INTEGER,
      detail,
      channel: channel ?? null,
      t: shapes[0]?.t ?? 0,
      z: shapes[0]?.z ?? 0,
      box: boxAround(finding),
    };
  });
  await tx.sql.query(text.upsertFindings, [
    JSON.stringify(rows),
    projectId,
    checkRulesVersion,
    isoTime(tx.clock),
  ]);
  return keys;
}

/** Box around the shapes in the frame and plane of the first. */
function boxAround({ shapes }: PlacedFinding): number[] | null {
  const [first] = shapes;
  if (first === undefined) return null;
  const here = shapes.filter(({ t, z }) => t === first.t && z === first.z).map(({ bbox }) => bbox);
  const least = (side: number): number => Math.min(...here.map((bbox) => bbox[side] as number));
  const greatest = (side: number): number => Math.max(...here.map((bbox) => bbox[side] as number));
  return [least(0), least(1), greatest(2), greatest(3)];
}

export interface FindingSet {
  readonly projectId: string;
  readonly imageId: string;
  readonly scopes: readonly FindingScope[];
  /** Findings of this layer only; null for all of the image. */
  readonly layerId: string | null;
  /** Findings that speak of one of these objects only; null for all. */
  readonly uids: readonly string[] | null;
}

/** Makes the open findings of a set exactly those given; within a transaction. */
export async function replaceFindings(
  tx: Store,
  { projectId, imageId, scopes, layerId, uids }: FindingSet,
  findings: readonly PlacedFinding[],
): Promise<void> {
  const keys = await upsertFindings(tx, projectId, findings);
  await tx.sql.query(text.endFindings, [imageId, scopes, layerId, keys, uids, isoTime(tx.clock)]);
}
