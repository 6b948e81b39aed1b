/**
 * The gate: labels with errors that nobody mended or waived do not become a dataset version.
 *
 * The question is asked of the revision that the version takes, which may be older than the present labels. Where the
 * findings are true for it, they answer. Labels nobody looked at as they are now are looked at here, up to a number of
 * objects; beyond it the answer is "not known", which is no pass. Docs: decisions/0019.
 */

import {
  type CheckFinding,
  type CheckRuleName,
  checkObjects,
  checkRulesVersion,
  gates,
} from "#core/checks/index.ts";
import { checkLabels } from "./check-layers.ts";
import type { CheckGate } from "./finding-types.ts";
import { readLayerRow } from "./layers.ts";
import { revisionObjects } from "./revisions.ts";
import * as text from "./sql/findings.ts";
import type { Store } from "./store.ts";
import { findingKeys, findingState, type PlacedFinding } from "./write-findings.ts";

/** Looked at within a freeze: about ten seconds. */
const objectsAtFreezeMax = 100_000;

/** Findings named in an answer. */
const shownMax = 20;

interface GateError {
  readonly rule: CheckRuleName;
  readonly imageId: string;
  readonly name: string;
  readonly detail: string;
}

interface UncheckedRow {
  readonly imageId: string;
  readonly revisionId: string;
  readonly layerId: string;
  readonly present: boolean;
}

/**
 * Open errors of the labels of items; within a transaction.
 *
 * @param items  table expression with image_id, name and layer_revision_id, such as a draft.
 * @param objectsMax  more objects not looked at yet than this are counted as unchecked instead.
 */
export async function openErrors(
  tx: Store,
  projectId: string,
  items: string,
  objectsMax = objectsAtFreezeMax,
): Promise<CheckGate> {
  const [left] = await tx.sql.query<{ layers: number; objects: number }>(text.countUnchecked(items), [
    checkRulesVersion,
  ]);
  const few = (left?.objects ?? 0) <= objectsMax && (left?.layers ?? 0) <= objectsMax;
  const errors: GateError[] = [];
  let waivedEarlier = 0;
  if (few && left !== undefined && left.layers > 0) {
    const rows = await tx.sql.query<UncheckedRow>(text.selectUnchecked(items), [checkRulesVersion]);
    for (const row of rows) {
      if (row.present) await checkLabels(tx, { projectId, imageId: row.imageId });
      else {
        const { open, waived } = await revisionErrors(tx, row);
        errors.push(...open);
        waivedEarlier += waived;
      }
    }
  }
  const kept = (status: string): Promise<GateError[]> =>
    tx.sql.query<GateError>(text.selectErrors(items), [checkRulesVersion, projectId, status]);
  errors.push(...(await kept("open")));
  const waived = await kept("waived");
  const byRule = [...Map.groupBy(errors, ({ rule }) => rule)]
    .map(([rule, own]) => ({ rule, count: own.length }))
    .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
  return {
    errors: errors.length,
    waived: waived.length + waivedEarlier,
    unchecked: few ? 0 : (left?.layers ?? 0),
    byRule,
    first: errors.slice(0, shownMax),
  };
}

/** Errors of a revision that is not the present state, without keeping them. Waivers of the same shapes count. */
async function revisionErrors(
  tx: Store,
  { imageId, revisionId, layerId }: UncheckedRow,
): Promise<{ readonly open: GateError[]; readonly waived: number }> {
  const { height, width, overlapAllowed } = await readLayerRow(tx, layerId);
  const objects = await revisionObjects(tx, revisionId);
  const found = checkObjects(objects, { height, width, overlapAllowed }).filter(({ rule }) => gates(rule));
  if (found.length === 0) return { open: [], waived: 0 };
  const known = new Map(objects.map((object) => [object.uid, object]));
  const placed = found.map(
    (finding: CheckFinding): PlacedFinding => ({
      ...finding,
      imageId,
      layerId,
      shapes: finding.uids.flatMap((uid) => {
        const object = known.get(uid);
        if (object === undefined) return [];
        const { t, z, bbox } = object.shape;
        return [{ digest: Buffer.from(object.digest, "hex"), t, z, bbox }];
      }),
    }),
  );
  const waivers = await tx.sql.query<{ key: string; state: Buffer | null }>(text.selectWaivers, [layerId]);
  const states = new Map(waivers.map(({ key, state }) => [key, state]));
  const keys = findingKeys(placed);
  const isWaived = (finding: PlacedFinding, i: number): boolean => {
    const state = states.get(keys[i] as string);
    return state !== undefined && state !== null && findingState(finding)?.equals(state) === true;
  };
  const open = placed.filter((finding, i) => !isWaived(finding, i));
  const [image] = await tx.sql.query<{ name: string }>("SELECT name FROM image WHERE id = $1", [imageId]);
  return {
    open: open.map(({ rule, detail }) => ({ rule, imageId, name: image?.name ?? "", detail })),
    waived: placed.length - open.length,
  };
}
