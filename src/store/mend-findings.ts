/**
 * Mends findings in bulk: shown before, done as ordinary edits, taken back as one.
 *
 * Every finding becomes one edit of its layer by the person who asked for it, so blame, history and undo know it. Labels
 * that counted as accepted do so again afterwards, because the person accepted the change with the preview. Layers are
 * changed one after another, each in a transaction of its own.
 */

import { type CheckRuleName, checkRules, type Fix, mendFinding } from "#core/checks/index.ts";
import type { EditKind, EditOperation, ObjectChange } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, shapeArea } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import { presentObjects } from "./check-layers.ts";
import { commitRevision } from "./commit.ts";
import { appendEdits } from "./edits.ts";
import { appendEvent } from "./events.ts";
import type { FindingChoice, Mend, MendPreview, MendSample, MendUndo } from "./finding-types.ts";
import { lockLayerRow } from "./layers.ts";
import { decodeShape, encodeShape } from "./shape-rows.ts";
import * as text from "./sql/findings.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

interface ToMend {
  readonly id: string;
  readonly imageId: string;
  readonly layerId: string;
  readonly rule: CheckRuleName;
  readonly uids: readonly string[];
  readonly value: number;
  readonly detail: string;
}

/** More than this at once takes minutes; a query narrows it. */
const findingsMax = 20_000;

/** Pictures before and after that a person can look through. */
const samplesMax = 12;

const editKindOf: Readonly<Record<Fix, EditKind>> = {
  fillHoles: "fill",
  deleteFragments: "erase",
  separatePieces: "split",
  takeSharedPixels: "erase",
  dropDuplicate: "delete",
};

/** @throws FoundryError `request.invalid` for a rule without a fix. */
function fixOf(rule: CheckRuleName): Fix {
  const { fix, title } = checkRules[rule];
  if (fix !== null) return fix;
  throw new FoundryError("request.invalid", {
    message: `"${title}" needs a person: there is no way to mend it by rule.`,
    hint: "Open the cells in the editor, or accept the findings with a reason.",
  });
}

async function readChoice(store: Store, choice: FindingChoice): Promise<Map<string, ToMend[]>> {
  const { projectId, rule, findingIds, imageIds } = choice;
  const rows = await store.sql.query<ToMend>(text.selectToMend, [
    projectId,
    rule,
    findingIds ?? null,
    imageIds ?? null,
  ]);
  if (rows.length > findingsMax) {
    throw new FoundryError("limit.objects", {
      message: `${rows.length} findings are more than are mended at once (${findingsMax}).`,
      hint: "Narrow the choice by images or by a query.",
    });
  }
  return Map.groupBy(rows, ({ layerId }) => layerId);
}

interface Mended {
  readonly finding: ToMend;
  readonly changes: readonly ObjectChange[];
}

/** Changes of each finding in turn, each on what the ones before leave. Findings that need no mending are left out. */
async function mendLayer(tx: Store, layerId: string, findings: readonly ToMend[]): Promise<Mended[]> {
  const objects = await presentObjects(tx, layerId);
  const placed = new Map(objects.map(({ uid, shape }) => [uid, shape]));
  return findings.flatMap((finding): Mended[] => {
    const own = finding.uids.flatMap((uid) => placed.get(uid) ?? []);
    const near = new Map([...placed].filter(([, shape]) => own.some((one) => meets(shape, one))));
    const changes = mendFinding(finding, near, { newUid: () => tx.ids.next() });
    for (const { uid, after } of changes) {
      if (after === null) placed.delete(uid);
      else placed.set(uid, after);
    }
    return changes.length === 0 ? [] : [{ finding, changes }];
  });
}

/** Whether the boxes share a pixel: what lies elsewhere is not concerned by a mending. */
function meets(a: ObjectShape, b: ObjectShape): boolean {
  const along = (axis: 0 | 1): boolean =>
    a.bbox[axis] < b.bbox[axis + 2]! && b.bbox[axis] < a.bbox[axis + 2]!;
  return a.t === b.t && a.z === b.z && along(0) && along(1);
}

/** What mending would do, with pictures of the first few. @throws FoundryError `request.invalid`, `limit.objects`. */
export async function previewMend(store: Store, choice: FindingChoice): Promise<MendPreview> {
  const fix = fixOf(choice.rule);
  const layers = await readChoice(store, choice);
  const samples: MendSample[] = [];
  const images = new Set<string>();
  let [findings, mendable, addedPixels, removedPixels, bornObjects, removedObjects] = [0, 0, 0, 0, 0, 0];
  for (const [layerId, own] of layers) {
    findings += own.length;
    for (const { finding, changes } of await mendLayer(store, layerId, own)) {
      mendable++;
      images.add(finding.imageId);
      for (const { before, after } of changes) {
        const gained = (after === null ? 0 : shapeArea(after)) - (before === null ? 0 : shapeArea(before));
        if (gained > 0) addedPixels += gained;
        else removedPixels -= gained;
        if (before === null) bornObjects++;
        if (after === null) removedObjects++;
      }
      if (samples.length < samplesMax)
        samples.push({ findingId: finding.id, imageId: finding.imageId, layerId, changes });
    }
  }
  const counts = {
    findings,
    mendable,
    images: images.size,
    addedPixels,
    removedPixels,
    bornObjects,
    removedObjects,
  };
  return { rule: choice.rule, fix, ...counts, samples };
}

/** Mends. @throws FoundryError as `previewMend`. Cost: about 30 ms per layer. */
export async function mendFindings(store: Store, actor: Agent, choice: FindingChoice): Promise<Mend> {
  const fix = fixOf(choice.rule);
  const layers = await readChoice(store, choice);
  const id = store.ids.next();
  const { projectId, rule } = choice;
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.insertMend, [id, projectId, rule, fix, actor.id, isoTime(tx.clock)]);
    const details = { projectId, rule, fix };
    await appendEvent(tx, actor, { verb: "findings.mended", entity: "mend", entityId: id, details });
  });
  for (const [layerId, findings] of layers) {
    await inTransaction(store, (tx) => mendOneLayer(tx, actor, { id, fix, layerId }, findings));
  }
  return getMend(store, id);
}

async function mendOneLayer(
  tx: Store,
  actor: Agent,
  { id, fix, layerId }: { readonly id: string; readonly fix: Fix; readonly layerId: string },
  findings: readonly ToMend[],
): Promise<void> {
  const { status, seq, headSeq } = await lockLayerRow(tx, layerId);
  const wasAccepted = status === "accepted" && seq === headSeq;
  const operations = (await mendLayer(tx, layerId, findings)).map(
    ({ changes }): EditOperation => ({
      operationId: tx.ids.next(),
      kind: editKindOf[fix],
      tool: `check ${fix}`,
      changes,
      msSpent: 0,
    }),
  );
  const saved = await saveFitting(tx, actor, layerId, operations);
  if (saved.length === 0) return;
  const changes = saved.flatMap(({ operationId, changes: own }) =>
    own.map((change) => ({ operationId, ...change })),
  );
  const digest = (shape: ObjectShape | null): Buffer | null =>
    shape === null ? null : encodeShape(shape).digest;
  await tx.sql.query(text.insertMendChanges, [
    id,
    layerId,
    wasAccepted,
    changes.map(({ operationId }) => operationId),
    changes.map(({ uid }) => uid),
    changes.map(({ before }) => digest(before)),
    changes.map(({ after }) => digest(after)),
  ]);
  await tx.sql.query(text.countMend, [id, saved.length]);
  await commitRevision(tx, actor, layerId, { message: messageOf(fix), accepted: wasAccepted });
}

const messageOf = (fix: Fix): string => `Mended by rule: ${fix}`;

/** Operations that fitted. */
async function saveFitting(
  tx: Store,
  actor: Agent,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<EditOperation[]> {
  if (operations.length === 0) return [];
  const results = await appendEdits(tx, actor, layerId, operations);
  const fitted = new Set(results.flatMap((one) => (one.state === "saved" ? [one.operationId] : [])));
  return operations.filter(({ operationId }) => fitted.has(operationId));
}

/** @throws FoundryError `request.notFound`. */
export async function getMend(store: Store, id: string): Promise<Mend> {
  const [row] = await store.sql.query<Mend>(text.selectMend, [id]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", { message: "There is no such mending." });
}

/** Newest first. */
export function listMends(store: Store, projectId: string, limit = 20): Promise<Mend[]> {
  return store.sql.query<Mend>(text.selectMends, [projectId, limit]);
}

interface MendChangeRow {
  readonly layerId: string;
  readonly operationId: string;
  readonly uid: string;
  readonly wasAccepted: boolean;
  readonly beforeDigest: Buffer | null;
  readonly beforeBytes: Buffer | null;
  readonly afterDigest: Buffer | null;
  readonly afterBytes: Buffer | null;
}

/**
 * Takes a mending back, cell by cell where nobody changed it since.
 *
 * @throws FoundryError `request.notFound`; `request.invalid` when it was taken back before.
 */
export async function undoMend(store: Store, actor: Agent, id: string): Promise<MendUndo> {
  await getMend(store, id);
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query<{ undoneAt: string | null }>(text.lockMend, [id]);
    if (row?.undoneAt !== null)
      throw new FoundryError("request.invalid", { message: "This was taken back before." });
    await tx.sql.query(text.markMendUndone, [id, isoTime(tx.clock), actor.id]);
    await appendEvent(tx, actor, { verb: "findings.unmended", entity: "mend", entityId: id });
  });
  const rows = await store.sql.query<MendChangeRow>(text.selectMendChanges, [id]);
  let [undone, kept] = [0, 0];
  for (const [layerId, own] of Map.groupBy(rows, (row) => row.layerId)) {
    const operations = [...Map.groupBy(own, ({ operationId }) => operationId)].reverse().map(
      ([operationId, changes]): EditOperation => ({
        operationId: store.ids.next(),
        kind: "undo",
        tool: "undo",
        undoes: operationId,
        msSpent: 0,
        changes: changes.map(inverse),
      }),
    );
    await inTransaction(store, async (tx) => {
      const { status, seq, headSeq } = await lockLayerRow(tx, layerId);
      const accepted = status === "accepted" && seq === headSeq && own[0]?.wasAccepted === true;
      const fitted = await saveFitting(tx, actor, layerId, operations);
      undone += fitted.length;
      kept += operations.length - fitted.length;
      if (fitted.length > 0)
        await commitRevision(tx, actor, layerId, { message: "Mending taken back", accepted });
    });
  }
  return { undone, kept };
}

function inverse({ uid, beforeDigest, beforeBytes, afterDigest, afterBytes }: MendChangeRow): ObjectChange {
  const shape = (digest: Buffer | null, bytes: Buffer | null): ObjectShape | null =>
    digest === null || bytes === null ? null : decodeShape(digest, bytes);
  return { uid, before: shape(afterDigest, afterBytes), after: shape(beforeDigest, beforeBytes) };
}
