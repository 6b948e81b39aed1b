import { expect, test } from "vitest";
import type { EditOperation } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import {
  emptyHistory,
  extendHistory,
  forget,
  historyDepthMax,
  historyOf,
  redoOperation,
  undoOperation,
} from "./history.ts";

const shape: ObjectShape = { t: 0, z: 0, bbox: [0, 0, 1, 1], bits: Uint8Array.of(128) };
const draw = (operationId: string): EditOperation => ({
  operationId,
  kind: "draw",
  tool: "brush",
  changes: [{ uid: `cell-${operationId}`, before: null, after: shape }],
  msSpent: 5,
});
const ids = (operations: readonly EditOperation[]): string[] => operations.map((one) => one.operationId);

test("undo and redo walk back and forth; the changes are turned round and back", () => {
  let history = historyOf([draw("A"), draw("B")]);
  const undo = undoOperation(history, "U1") as EditOperation;
  expect(undo).toMatchObject({ kind: "undo", undoes: "B" });
  expect(undo.changes).toEqual([{ uid: "cell-B", before: shape, after: null }]);
  history = extendHistory(history, undo);
  expect([ids(history.done), ids(history.undone)]).toEqual([["A"], ["B"]]);
  const redo = redoOperation(history, "R1") as EditOperation;
  expect(redo).toMatchObject({ kind: "redo", undoes: "B" });
  expect(redo.changes).toEqual(draw("B").changes);
  history = extendHistory(history, redo);
  expect([ids(history.done), ids(history.undone)]).toEqual([["A", "B"], []]);
});

test("two undos, then two redos come in the right order", () => {
  let history = historyOf([draw("A"), draw("B")]);
  for (const id of ["U1", "U2"])
    history = extendHistory(history, undoOperation(history, id) as EditOperation);
  expect(undoOperation(history, "U3")).toBeNull();
  expect(redoOperation(history, "R1")?.undoes).toBe("A");
  history = extendHistory(history, redoOperation(history, "R1") as EditOperation);
  expect(redoOperation(history, "R2")?.undoes).toBe("B");
});

test("a new edit after an undo drops what could have been brought back", () => {
  let history = historyOf([draw("A"), draw("B")]);
  history = extendHistory(history, undoOperation(history, "U") as EditOperation);
  history = extendHistory(history, draw("C"));
  expect([ids(history.done), ids(history.undone)]).toEqual([["A", "C"], []]);
});

test("law: the history rebuilt from the log is the history kept while working", () => {
  let history = emptyHistory;
  const log: EditOperation[] = [];
  // A fixed pseudo-random walk over draw, undo, redo.
  let seed = 7;
  for (let i = 0; i < 300; i++) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const choice = seed % 3;
    const operation =
      choice === 0
        ? draw(`D${i}`)
        : choice === 1
          ? undoOperation(history, `U${i}`)
          : redoOperation(history, `R${i}`);
    if (operation === null) continue;
    log.push(operation);
    history = extendHistory(history, operation);
  }
  expect(historyOf(log)).toEqual(history);
  expect(log.length).toBeGreaterThan(100);
});

test("a refused edit is forgotten, the rest stays", () => {
  expect(ids(forget(historyOf([draw("A"), draw("B")]), "B").done)).toEqual(["A"]);
});

test("an undo of something unknown changes nothing; the depth has a limit", () => {
  const history = historyOf([draw("A")]);
  expect(extendHistory(history, { ...draw("U"), kind: "undo", undoes: "X" })).toEqual(history);
  const long = historyOf(Array.from({ length: historyDepthMax + 10 }, (_, i) => draw(`D${i}`)));
  expect(long.done).toHaveLength(historyDepthMax);
  expect(long.done[0]?.operationId).toBe("D10");
});
