/**
 * What can be taken back and brought back.
 *
 * Taking back is itself an edit (kind `undo`), so the log only ever grows and nothing is rewritten. The two stacks are
 * derived from the log alone; a page that is opened again derives the same ones and undo goes on where it stopped.
 * Only the person's own edits are on them: nobody takes back another's work by Ctrl+Z.
 */

import {
  besideOf,
  type EditOperation,
  invertedAccepts,
  invertedBeside,
  invertedTracks,
  tracksOfEdit,
} from "#core/edits/index.ts";

export interface History {
  /** Operations in force, oldest first; the last is the next to take back. */
  readonly done: readonly EditOperation[];
  /** Operations taken back; the last is the next to bring back. */
  readonly undone: readonly EditOperation[];
}

export const emptyHistory: History = { done: [], undone: [] };

/** Deeper than anyone goes back by hand; keeps the shapes of old edits from filling the memory. */
export const historyDepthMax = 500;

/** The history after one more operation by the same person. */
export function extendHistory(history: History, operation: EditOperation): History {
  const { kind, undoes } = operation;
  if (kind === "undo") return move(history, undoes, "done", "undone");
  if (kind === "redo") return move(history, undoes, "undone", "done");
  return { done: [...history.done, operation].slice(-historyDepthMax), undone: [] };
}

function move(
  history: History,
  operationId: string | undefined,
  from: "done" | "undone",
  to: "done" | "undone",
): History {
  const operation = history[from].find((one) => one.operationId === operationId);
  if (operation === undefined) return history;
  const moved = {
    [from]: history[from].filter((one) => one !== operation),
    [to]: [...history[to], operation],
  };
  return moved as unknown as History;
}

/** Takes an operation out of both stacks, as when the server refused it. */
export function forget(history: History, operationId: string): History {
  const keep = (operation: EditOperation): boolean => operation.operationId !== operationId;
  return { done: history.done.filter(keep), undone: history.undone.filter(keep) };
}

/** Builds the history from a log in order. */
export function historyOf(operations: Iterable<EditOperation>): History {
  let history = emptyHistory;
  for (const operation of operations) history = extendHistory(history, operation);
  return history;
}

/** The operation that takes back the newest one in force, or null. */
export function undoOperation(history: History, operationId: string): EditOperation | null {
  const target = history.done.at(-1);
  if (target === undefined) return null;
  return {
    operationId,
    kind: "undo",
    tool: "undo",
    changes: target.changes.map(({ uid, before, after }) => ({ uid, before: after, after: before })),
    msSpent: 0,
    undoes: target.operationId,
    ...invertedTracks(target),
    ...invertedAccepts(target),
    ...invertedBeside(target),
  };
}

/** The operation that brings back the one taken back last, or null. */
export function redoOperation(history: History, operationId: string): EditOperation | null {
  const target = history.undone.at(-1);
  if (target === undefined) return null;
  return {
    operationId,
    kind: "redo",
    tool: "redo",
    changes: target.changes,
    msSpent: 0,
    undoes: target.operationId,
    ...tracksOfEdit(target),
    ...(target.accepts === undefined ? {} : { accepts: target.accepts }),
    ...besideOf(target),
  };
}
