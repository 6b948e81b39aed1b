/** The threshold over proposals, accepting and leaving out, in a session whose server keeps every edit. */

import { expect, test } from "vitest";
import type { LayerObjects, WireEdit } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { EditorSession } from "../session/editor-session.ts";
import { memoryJournal } from "../sync/journal.ts";

const side = 40;
const confidences = [0.2, 0.4, 0.6, 0.8, null];

/** Four proposals, and a cell that a person drew, in a row. */
async function open(readOnly: string | null = null) {
  const labels = labelImage(side, side);
  for (let k = 0; k < confidences.length; k++)
    for (let y = 2; y < 8; y++) labels.data.fill(k + 1, y * side + k * 8, y * side + k * 8 + 6);
  const shapes = objectShapesFromLabels(labels);
  const objects: LayerObjects["objects"] = confidences.map((confidence, k) => ({
    ...{ uid: `c${k}`, label: k + 1, digest: "0".repeat(64), kind: "propose", confidence },
    shape: shapeToWire(shapes.get(k + 1)!),
    agent:
      confidence === null
        ? { id: "me", kind: "person", name: "Me" }
        : { id: "m", kind: "model", name: "nuclei@1.0.0" },
    ...(confidence === null ? {} : { untouched: true as const }),
  }));
  const sent: WireEdit[] = [];
  let count = 0;
  const session = new EditorSession({
    ...{ layerId: "L", height: side, width: side, author: { id: "me", name: "Me" } },
    journal: memoryJournal(),
    post: async (edits) => {
      sent.push(...edits);
      const results = edits.map(({ operationId }) => ({
        ...{ state: "saved" as const, operationId, seq: ++count, labels: {} },
      }));
      return { results };
    },
    schedule: () => () => undefined,
    readLog: async () => ({ edits: [], nextAfter: null }),
    readObjects: async () => ({ layerId: "L", seq: 0, height: side, width: side, objects }),
    now: () => 1_000_000,
    random: () => 0.5,
    newId: () => `ID${++count}`,
  });
  await session.open(async () => [], new Set(), readOnly);
  return { session, sent };
}

const ghosts = ({ proposals }: EditorSession): string[] =>
  confidences.map((_, k) => `c${k}`).filter((uid) => proposals.isGhost(uid));

test("below the threshold proposals are ghosts; a person's cells never are; nothing is sent", async () => {
  const { session, sent } = await open();
  session.proposals.setThreshold(0.6);
  expect(ghosts(session)).toEqual(["c0", "c1"]);
  expect(session.proposals.counts()).toEqual({ above: 2, below: 2, touched: 1 });
  expect(session.proposals.histogram(5)).toEqual([0, 1, 1, 1, 1]);
  session.proposals.setThreshold(1);
  expect(session.proposals.counts()).toEqual({ above: 0, below: 4, touched: 1 });
  session.proposals.setThreshold(0);
  expect(ghosts(session)).toEqual([]);
  await session.settled();
  expect(sent).toEqual([]);
});

test("accepted above the threshold: one edit without shapes, undone and redone", async () => {
  const { session, sent } = await open();
  session.proposals.setThreshold(0.5);
  session.proposals.acceptAbove();
  expect(session.proposals.counts()).toEqual({ above: 0, below: 2, touched: 3 });
  session.undo();
  expect(session.proposals.counts()).toEqual({ above: 2, below: 2, touched: 1 });
  session.redo();
  expect(session.proposals.counts()).toEqual({ above: 0, below: 2, touched: 3 });
  await session.settled();
  const accepts = (accepted: boolean) => ["c2", "c3"].map((uid) => ({ uid, accepted }));
  expect(sent.map(({ kind, changes, accepts: said }) => [kind, changes.length, said])).toEqual([
    ["accept", 0, accepts(true)],
    ["undo", 0, accepts(false)],
    ["redo", 0, accepts(true)],
  ]);
});

test("one by one: the selected, else the one pointed at; a person's own needs none", async () => {
  const { session, sent } = await open();
  session.select(["c0"]);
  session.proposals.acceptSelected("c3");
  session.select([]);
  session.proposals.acceptSelected("c1");
  session.proposals.acceptSelected("c4");
  expect(session.state.note).toContain("Accepted already");
  await session.settled();
  expect(sent.map(({ accepts }) => accepts?.map(({ uid }) => uid))).toEqual([["c0"], ["c1"]]);
});

test("Space in the doubt queue accepts the cell it was pressed for, and only that", async () => {
  const { session } = await open();
  session.review("accept");
  const [first] = session.state.selection;
  expect(session.proposals.counts().touched).toBe(1);
  session.review("accept");
  expect(session.proposals.counts().touched).toBe(2);
  expect(session.model.cells.get(first as string)?.untouched).toBe(false);
});

test("what lies below is removed by one edit that undo takes back; who may only look changes nothing", async () => {
  const { session } = await open();
  session.proposals.setThreshold(0.5);
  expect(session.proposals.removeBelow()).toBe(2);
  expect([...session.model.cells.keys()].sort()).toEqual(["c2", "c3", "c4"]);
  session.undo();
  expect(session.model.cells.size).toBe(5);
  const looking = (await open("Your role allows looking.")).session;
  looking.proposals.acceptAbove();
  looking.proposals.setThreshold(0.5);
  expect(looking.proposals.removeBelow()).toBe(0);
  expect(looking.proposals.counts()).toEqual({ above: 2, below: 2, touched: 1 });
});
