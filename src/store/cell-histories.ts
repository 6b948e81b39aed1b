/** The log of a layer turned about: for each cell, the changes it went through. */

import { type LogEntry, readLog } from "./layer-log.ts";
import * as text from "./sql/log.ts";
import type { Store } from "./store.ts";
import { readTree } from "./tree-nodes.ts";
import type { Agent } from "./types.ts";
import type { Attention, CellBlame, CellOrigin } from "./version-types.ts";

/** One change of one cell. */
interface CellChange {
  readonly edit: LogEntry;
  /** Digest before or its first bytes, in hex; null: not there. */
  readonly before: string | null;
  /** Cells that were in the edit besides, by label: those that were there before, and those that went. */
  readonly others: EditSides;
}

interface EditSides {
  readonly before: readonly number[];
  readonly gone: readonly number[];
}

export interface CellHistory {
  readonly changes: readonly CellChange[];
  readonly lastSeq: number;
  /** Whether the newest change took in a branch's work. */
  readonly tookIn: boolean;
}

export interface Histories {
  /** Null: no edit of this layer touched it. */
  of(label: number): CellHistory | null;
  uidOf(label: number): string;
  agentIds(): Iterable<string>;
  readonly tookIn: boolean;
}

/** Histories of all cells up to a place of the log. */
export async function readHistories(store: Store, layerId: string, seq: number): Promise<Histories> {
  const rows = await store.sql.query<{ uid: string; label: number; digest: Buffer | null }>(
    text.selectEveryObject,
    [layerId],
  );
  const everything = await readLog(store, layerId, 1);
  const goneIn = removals(
    everything,
    new Set(rows.filter(({ digest }) => digest === null).map((row) => row.label)),
  );
  const labels = new Map(rows.map(({ uid, label }) => [uid, label]));
  const uids = new Map(rows.map(({ uid, label }) => [label, uid]));
  const changes = new Map<number, CellChange[]>();
  const push = (label: number, change: CellChange): void => {
    const list = changes.get(label);
    if (list === undefined) changes.set(label, [change]);
    else list.push(change);
  };
  const nobody = { before: [], gone: [] };
  const told = everything.filter((entry) => entry.seq <= seq);
  for (const edit of told) {
    const before = edit.changes.filter((change) => change.before !== null).map(({ label }) => label);
    const sides = { before, gone: goneIn.get(edit.seq) ?? [] };
    for (const change of edit.changes) {
      push(change.label, { edit, before: change.before?.toString("hex") ?? null, others: sides });
    }
    if (edit.bornRoot === null) continue;
    for (const uid of (await readTree(store, edit.bornRoot)).keys()) {
      push(labels.get(uid) ?? 0, { edit, before: null, others: nobody });
    }
  }
  return {
    of(label) {
      const list = changes.get(label);
      const last = list?.at(-1);
      if (list === undefined || last === undefined) return null;
      return { changes: list, lastSeq: last.edit.seq, tookIn: last.edit.kind === "takeIn" };
    },
    uidOf: (label) => uids.get(label) ?? "",
    agentIds: () => new Set(told.map(({ agentId }) => agentId)),
    tookIn: told.some(({ kind }) => kind === "takeIn"),
  };
}

/** Labels that each edit removed: those whose next change finds nothing, or that are gone now. */
function removals(entries: readonly LogEntry[], gone: ReadonlySet<number>): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const absentAfter = new Map<number, boolean>();
  for (const { seq, changes } of entries.toReversed()) {
    for (const { label, before } of changes) {
      if (absentAfter.get(label) ?? gone.has(label)) {
        const list = found.get(seq);
        if (list === undefined) found.set(seq, [label]);
        else list.push(label);
      }
      absentAfter.set(label, before === null);
    }
  }
  return found;
}

interface BlameContext {
  agentOf(id: string): Agent;
  uidOf(label: number): string;
  /** Blame at the base, when the cell was there before the branch began. */
  readonly inherited: CellBlame | undefined;
}

/** Blame that the log of the layer alone gives. */
export function assignBlame(
  uid: string,
  history: CellHistory,
  { agentOf, uidOf, inherited }: BlameContext,
): Omit<CellBlame, "label" | "types" | "typesBy"> {
  const { changes } = history;
  const { edit } = makerOf(changes);
  const ownMs = changes.reduce(
    (sum, one) => sum + one.edit.msSpent / Math.max(1, one.edit.changes.length),
    0,
  );
  const person = (one: CellChange): boolean =>
    agentOf(one.edit.agentId).kind === "person" && one.edit.kind !== "import" && one.edit.kind !== "propose";
  return {
    uid,
    agent: agentOf(edit.agentId),
    kind: edit.kind,
    tool: edit.tool,
    at: edit.at,
    origin: inherited?.origin ?? originOf(changes, agentOf, uidOf),
    changeCount: (inherited?.changeCount ?? 0) + changes.length,
    msSpent: Math.round((inherited?.msSpent ?? 0) + ownMs),
    attention: ownAttention(changes, person, inherited),
    branch: null,
  };
}

/**
 * The change that made the present shape: an undo brings back what an earlier change had made.
 *
 * What a change made is what the next one found before.
 */
function makerOf(changes: readonly CellChange[]): CellChange {
  let at = changes.length - 1;
  for (let steps = 0; steps < changes.length; steps++) {
    const change = changes[at] as CellChange;
    if (change.edit.kind !== "undo" && change.edit.kind !== "redo") return change;
    // An undo's result is the `before` of what it took back.
    const undone = changes.findLastIndex((one, i) => i < at && one.edit.operationId === change.edit.undoes);
    if (undone < 1) return changes[Math.max(0, undone)] as CellChange;
    at = change.edit.kind === "undo" ? undone - 1 : undone;
  }
  return changes.at(-1) as CellChange;
}

function originOf(
  changes: readonly CellChange[],
  agentOf: BlameContext["agentOf"],
  uidOf: BlameContext["uidOf"],
): CellOrigin {
  const first = changes[0] as CellChange;
  const agent = agentOf(first.edit.agentId);
  const joined = changes.findLast(({ edit, others }) => edit.kind === "merge" && others.gone.length > 0);
  if (joined !== undefined) return { how: "merged", parents: joined.others.gone.map(uidOf), agent };
  if (first.before === null && first.edit.kind === "split") {
    return { how: "split", parents: first.others.before.map(uidOf), agent };
  }
  const how =
    first.edit.kind === "import"
      ? "imported"
      : first.edit.kind === "propose"
        ? "proposed"
        : ("drawn" as const);
  return { how, parents: [], agent };
}

function ownAttention(
  changes: readonly CellChange[],
  person: (change: CellChange) => boolean,
  inherited: CellBlame | undefined,
): Attention {
  const first = changes[0] as CellChange;
  if (inherited === undefined && first.before === null && person(first)) return "drawn";
  if (changes.some(person)) return inherited?.attention === "drawn" ? "drawn" : "corrected";
  if (inherited !== undefined) return inherited.attention;
  return first.edit.kind === "import" ? "imported" : "unseen";
}
