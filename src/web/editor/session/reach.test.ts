/** What an edit reaches: exactly the cells whose colour by track differs afterwards, and what it names. */

import { expect, test } from "vitest";
import { editToWire } from "#api/edits.ts";
import type { EditOperation, ObjectOrigin } from "#core/edits/index.ts";
import { colouringOf } from "../layers/colour-by.ts";
import type { SessionView } from "./session-parts.ts";
import { openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const eve = { id: "EVE", name: "Eve" };
const silent = (): void => undefined;
const quietView: SessionView = {
  ...{ canvasReplaced: silent, canvasChanged: silent, cellsChanged: silent, previewStroke: silent },
  ...{ previewDraft: silent, previewLine: silent, previewEnded: silent, flyTo: silent },
};
const facts = { kinds: new Map(), classes: new Map() };
const link = (uid: string): ObjectOrigin => ({ uid, kind: "link" });

/** A track of six frames, and another cell in the first three. */
async function movie() {
  const server = new PlainServer();
  const first = await openPlainSession(server, { t: 6, z: 1 });
  const second = await openPlainSession(server, { t: 6, z: 1 }, eve);
  const [ada, other] = [first.session, second.session];
  const uids: string[][] = [[], []];
  for (let t = 0; t < 6; t++) {
    ada.planes.goTo({ t, z: 0 });
    for (const [k, y] of [10, 40].entries()) {
      if (k === 1 && t > 2) continue;
      const before = new Set(ada.model.cells.keys());
      paint(ada, [y, 10], [y, 20]);
      uids[k]?.push([...ada.model.cells.keys()].find((uid) => !before.has(uid)) as string);
    }
  }
  await ada.settled();
  await other.saving.catchUp();
  return { server, ada, other, track: uids[0] as string[], neighbour: uids[1] as string[] };
}

let counter = 0;
const operation = (edit: Partial<EditOperation>): EditOperation => ({
  operationId: `${"0".repeat(20)}${String(++counter).padStart(6, "0")}`,
  ...{ kind: "relink" as const, tool: "test", changes: [], msSpent: 0 },
  ...edit,
});

test("an edit of someone else redraws the track it cuts, in all frames, and nothing else", async () => {
  const { server, ada, other, track, neighbour } = await movie();
  const send = async (edit: Partial<EditOperation>): Promise<void> => {
    const [result] = (await server.post([editToWire(operation(edit))], eve)).results;
    expect(result?.state).toBe("saved");
  };
  const all = [...track, ...neighbour];
  const colours = (): Map<string, string> => {
    const colourOf = colouringOf("tracks", ada.model, facts);
    return new Map(all.map((uid) => [uid, `${colourOf?.(uid)} ${ada.model.colourOf(uid)}`]));
  };
  let told: string[] = [];
  ada.attachView({
    ...quietView,
    cellsChanged(uids) {
      told.push(...uids);
    },
  });
  const step = async (edit: Partial<EditOperation>): Promise<{ changed: string[]; told: Set<string> }> => {
    const before = colours();
    told = [];
    await send(edit);
    await ada.saving.catchUp();
    const after = colours();
    return { changed: all.filter((uid) => before.get(uid) !== after.get(uid)), told: new Set(told) };
  };
  const joined = await step({
    origins: track.slice(1).map((uid, i) => ({ uid, before: null, after: link(track[i] as string) })),
  });
  expect(joined.changed.length).toBeGreaterThan(0);
  expect([...joined.told].sort()).toEqual([...track].sort());
  // Cut before the fourth: the first three and the last three are two tracks now.
  const at = track[3] as string;
  const cut = await step({ origins: [{ uid: at, before: link(track[2] as string), after: null }] });
  expect(cut.changed).toEqual(expect.arrayContaining(track.slice(3)));
  expect([...cut.told].sort()).toEqual([...track].sort());
  // A cell taken out of the middle of a track leaves two; its neighbours in space are not redrawn.
  const shape = ada.model.shapeOf(track[4] as string);
  const gone = await step({
    kind: "delete",
    changes: [{ uid: track[4] as string, before: shape ?? null, after: null }],
  });
  expect(gone.changed.every((uid) => gone.told.has(uid))).toBe(true);
  expect([...gone.told].sort()).toEqual(track.slice(3).sort());
  // A brush stroke reaches the cell alone.
  const own = neighbour[0] as string;
  const types = await step({
    kind: "assignType",
    types: [{ uid: own, before: null, after: [{ term: "CL:0000084", by: "person" }] }],
  });
  expect([types.changed, [...types.told]]).toEqual([[], [own]]);
  other.close();
  ada.close();
});
