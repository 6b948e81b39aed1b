/** Layers: counters agree with their rows, shapes with their digests, and the edit log explains every object. */

import { applyOperationInPlace, emptyLayerState, type MutableLayerState } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { editLog } from "../edit-log.ts";
import { readLayerRow } from "../layers.ts";
import { revisionObjects } from "../revisions.ts";
import { decodeShape, encodeShape } from "../shape-rows.ts";
import * as text from "../sql/doctor.ts";
import type { Store } from "../store.ts";
import { type Check, damage, type Report } from "./finding.ts";

interface LayerCounts {
  readonly id: string;
  readonly seq: number;
  readonly nextLabel: number;
  readonly objectCount: number;
  readonly headSeq: number;
  readonly headRevisionId: string | null;
  readonly headLayerId: string | null;
  readonly live: number;
  readonly largestLabel: number;
  readonly edits: number;
  readonly lastSeq: number;
}

export const checkLayers: Check = {
  title: "Counting the objects of every layer",
  full: false,
  async run(store, report) {
    for (const layer of await store.sql.query<LayerCounts>(text.selectLayerCounts)) {
      report.count("layers");
      for (const problem of layerProblems(layer)) {
        report.add(damage("layer.counts", `Layer ${layer.id}: ${problem}.`, { layerId: layer.id }));
      }
    }
  },
};

function layerProblems(layer: LayerCounts): string[] {
  const problems: string[] = [];
  if (layer.objectCount !== layer.live)
    problems.push(`counts ${layer.objectCount} objects but has ${layer.live}`);
  if (layer.seq !== layer.lastSeq || layer.seq !== layer.edits) {
    problems.push(`stands at edit ${layer.seq}, its log has ${layer.edits} edits up to ${layer.lastSeq}`);
  }
  if (layer.nextLabel <= layer.largestLabel) problems.push("would give a label twice");
  if (layer.headSeq > layer.seq) problems.push("its head revision is newer than its log");
  if (layer.headRevisionId !== null && layer.headLayerId !== layer.id)
    problems.push("its head revision is of another layer");
  return problems;
}

const pageRows = 2_000;

export const checkShapes: Check = {
  title: "Reading the shape of every object",
  full: true,
  async run(store, report) {
    const [missing] = await store.sql.query<{ count: number }>(text.countMissingShapes);
    if (missing !== undefined && missing.count > 0) {
      const message = `${missing.count} objects or edits name a shape that is not there.`;
      report.add(damage("shape.missing", message, { count: missing.count }));
    }
    let last: Buffer = Buffer.alloc(0);
    for (;;) {
      const page = await store.sql.query<{ digest: Buffer; bytes: Buffer }>(text.selectShapePage, [
        last,
        pageRows,
      ]);
      for (const { digest, bytes } of page) {
        report.count("shapes");
        try {
          decodeShape(digest, bytes);
        } catch (error) {
          if (!isFoundryError(error)) throw error;
          report.add(damage("shape.corrupt", error.message, { digest: digest.toString("hex") }));
        }
      }
      const end = page.at(-1);
      if (end === undefined) return;
      last = end.digest;
    }
  },
};

export const checkEditLogs: Check = {
  title: "Replaying every edit log",
  full: true,
  async run(store, report) {
    for (const { id } of await store.sql.query<LayerCounts>(text.selectLayerCounts)) {
      const state = await replay(store, id, report);
      if (state !== null) await compareWithObjects(store, id, state, report);
    }
  },
};

/** State after the whole log; `null` when an edit in it does not fit, which is reported. */
async function replay(store: Store, layerId: string, report: Report): Promise<MutableLayerState | null> {
  const { height, width, baseRevisionId, overlapAllowed } = await readLayerRow(store, layerId);
  const state = emptyLayerState(height, width, overlapAllowed);
  if (baseRevisionId !== null) {
    for (const { uid, shape } of await revisionObjects(store, baseRevisionId)) state.objects.set(uid, shape);
  }
  let after: number | null = 0;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof editLog>> = await editLog(store, layerId, after);
    for (const edit of page.edits) {
      report.count("edits");
      try {
        applyOperationInPlace(state, edit);
      } catch (error) {
        if (!isFoundryError(error)) throw error;
        report.add(
          damage("edit.replay", `Layer ${layerId}: edit ${edit.seq} does not fit the ones before it.`, {
            layerId,
            seq: edit.seq,
          }),
        );
        return null;
      }
    }
    after = page.nextAfter;
  }
  return state;
}

async function compareWithObjects(
  store: Store,
  layerId: string,
  state: MutableLayerState,
  report: Report,
): Promise<void> {
  const rows = await store.sql.query<{ uid: string; digest: Buffer | null }>(text.selectHeadObjects, [
    layerId,
  ]);
  const known = new Set(rows.map(({ uid }) => uid));
  const wrong = rows.filter(({ uid, digest }) => {
    const shape = state.objects.get(uid);
    if (shape === undefined || digest === null) return (shape === undefined) !== (digest === null);
    return !encodeShape(shape).digest.equals(digest);
  });
  report.count("objects", rows.length);
  const lost = [...state.objects.keys()].filter((uid) => !known.has(uid));
  for (const uid of [...wrong.map((row) => row.uid), ...lost]) {
    report.add(
      damage("object.state", `Layer ${layerId}: object ${uid} is not what its edits made it.`, {
        layerId,
        uid,
      }),
    );
  }
}
