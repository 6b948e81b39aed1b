/**
 * How much work each image took: corrections and seconds, image by image in the order in which they were done.
 *
 * Counted from the log, which knows who changed which cell and how long it took. An edit and its undo cancel each other; the
 * time of both counts, for it was spent. So one sees whether a model that learns leaves less to do.
 */

import { acceptedCells } from "./accepted-cells.ts";
import { agentsById } from "./agents.ts";
import { type LogEntry, readLog } from "./layer-log.ts";
import { selectWorkedLayers } from "./sql/improvements.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface ImageEffort {
  readonly imageId: string;
  readonly layerId: string;
  readonly name: string;
  /** First and last edit of a person, ISO times. */
  readonly from: string;
  readonly to: string;
  /** Cells now. */
  readonly cells: number;
  /** Cells that people drew, changed or removed; each once. */
  readonly corrections: number;
  /** Cells that people accepted as they were proposed, one by one. */
  readonly accepted: number;
  /** Time that people spent on edits, milliseconds. */
  readonly msSpent: number;
  /** Whose proposals were there when the first person began; null: none. */
  readonly proposedBy: string | null;
}

/** After every edit that a log can hold. */
const lastPlace = 2 ** 31 - 1;

/** A curve of more images shows no more; the newest are told. */
export const effortImagesMax = 200;

/** Images that people worked on, the first one first. Cost: O(edits of these images). */
export async function annotationEffort(store: Store, projectId: string): Promise<ImageEffort[]> {
  const layers = await store.sql.query<{
    layerId: string;
    cellCount: number;
    imageId: string;
    name: string;
  }>(selectWorkedLayers, [projectId, effortImagesMax]);
  const efforts: ImageEffort[] = [];
  for (const { layerId, cellCount, imageId, name } of layers) {
    const log = await readLog(store, layerId, 1);
    const agents = await agentsById(
      store,
      log.map(({ agentId }) => agentId),
    );
    const accepted = (await acceptedCells(store, layerId, lastPlace)).size;
    const work = workOf(log, agents);
    if (work !== null) efforts.push({ imageId, layerId, name, cells: cellCount, accepted, ...work });
  }
  return efforts.sort((a, b) => (a.from < b.from ? -1 : 1));
}

type Work = Pick<ImageEffort, "from" | "to" | "corrections" | "msSpent" | "proposedBy">;

/** What the log says of people's work; null where there is none. */
function workOf(log: readonly LogEntry[], agents: ReadonlyMap<string, Agent>): Work | null {
  const isPersons = (entry: LogEntry): boolean =>
    agents.get(entry.agentId)?.kind === "person" && entry.kind !== "import" && entry.kind !== "propose";
  const own = log.filter(isPersons);
  const [first] = own;
  if (first === undefined) return null;
  const inForce = editsInForce(own);
  const corrected = new Set(inForce.flatMap(({ changes }) => changes.map(({ label }) => label)));
  const before = log.findLast(({ seq, kind }) => seq < first.seq && kind === "propose");
  return {
    from: first.at,
    to: (own.at(-1) as LogEntry).at,
    corrections: corrected.size,
    msSpent: own.reduce((sum, { msSpent }) => sum + msSpent, 0),
    proposedBy: before === undefined ? null : (agents.get(before.agentId)?.name ?? null),
  };
}

/** Without edits that were taken back, and without the taking back. */
function editsInForce(own: readonly LogEntry[]): LogEntry[] {
  const undone = new Set<string>();
  for (const { kind, undoes } of own) {
    if (undoes === null) continue;
    if (kind === "undo") undone.add(undoes);
    else if (kind === "redo") undone.delete(undoes);
  }
  return own.filter(
    ({ kind, operationId }) => kind !== "undo" && kind !== "redo" && !undone.has(operationId),
  );
}
