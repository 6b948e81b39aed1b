/** Images chosen by what their cells are: queries against their meaning in core, facets by hand, after every kind of change. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { CellTypes } from "#core/cell-types/index.ts";
import { matchesQuery, parseQuery, type QueryRecord, termScope } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { getDatasetVersion, listDatasetItems } from "./datasets.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { catalogueFacets } from "./facets.ts";
import { freezeDataset } from "./freeze.ts";
import { imageIdsForQuery } from "./image-list.ts";
import { insertImage, trashImage } from "./images.ts";
import { ensureLayer } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box, sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

const lymphocyte = "CL:0000542";
const T = "CL:0000084";
const B = "CL:0000236";
const neuron = "CL:0000540";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let counter = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, person, "typed cells")).id;
});
afterAll(() => temporary.end());

interface TypedImage {
  readonly imageId: string;
  readonly layerId: string;
}

const marks = (terms: readonly string[]): CellTypes =>
  terms.toSorted().map((term) => ({ term, by: "person" }));
const shape = (index: number) => box(4 * index, 4, 4 * index + 3, 7);

async function edit(layerId: string, change: object): Promise<void> {
  const operationId = `${"0".repeat(20)}${String(++counter).padStart(6, "0")}`;
  const operation = {
    operationId,
    kind: "assignType",
    tool: "test",
    changes: [],
    msSpent: 0,
    ...change,
  } as const;
  expect(await appendEdits(store, person, layerId, [operation])).toMatchObject([{ state: "saved" }]);
}

/** An image with one cell per list; an empty list is a cell that nobody named. */
async function add(
  cells: readonly (readonly string[])[],
  metadata: Record<string, string> = {},
): Promise<TypedImage> {
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: `image ${++counter}`,
    image: sampleImage(32, 32, counter),
    metadata,
    source: { title: "made here", licence: "CC0-1.0" },
  });
  const { id: layerId } = await ensureLayer(store, person, imageId, "nuclear");
  await edit(layerId, {
    kind: "draw",
    changes: cells.map((_, i) => ({ uid: `c${i}`, before: null, after: shape(i) })),
    types: cells.flatMap((terms, i) =>
      terms.length === 0 ? [] : [{ uid: `c${i}`, before: null, after: marks(terms) }],
    ),
  });
  return { imageId, layerId };
}

const found = (text: string) => imageIdsForQuery(store, projectId, parseQuery(text));
const facet = async (text = "") => {
  const { facets } = await catalogueFacets(store, { projectId, query: parseQuery(text) });
  return facets
    .find(({ field }) => field === "cells.type")
    ?.terms.map(({ curie, images, cells, ownImages }) => ({ curie, images, cells, ownImages }));
};

test("a query means in the database what it means in core", async () => {
  const vocabulary = await loadVocabulary(store);
  const given = [
    [[T], [B]],
    [[T, neuron]],
    [[neuron], []],
    [[]],
    [[lymphocyte]],
    [["unknown"]],
    [[B], [B], [B]],
  ];
  const records: { id: string; record: QueryRecord }[] = [];
  for (const [i, cells] of given.entries()) {
    const { imageId } = await add(cells, i % 2 === 0 ? { organ: "lung", cellType: "neuron" } : {});
    const terms = [...new Set(cells.flat())].filter((term) => term !== "unknown");
    records.push({
      id: imageId,
      record: {
        cells: cells.length,
        organ: i % 2 === 0 ? "lung" : "",
        "cells.type": terms.map((term) => vocabulary.term(term)?.label ?? term),
        "cells.type.term": terms,
      },
    });
  }
  const scope = termScope(vocabulary);
  const queries = [
    'cells.type under "T cell"',
    "cells.type under lymphocyte",
    `cells.type under (${B}, neuron)`,
    "not cells.type under lymphocyte",
    'cells.type="t CELL"',
    'cells.type!="T cell"',
    'cells.type in ("B cell", neuron)',
    'cells.type~"cell"',
    'cells.type!~"cell"',
    'cells.type=""',
    'cells.type!=""',
    "cells.type=12",
    "cells.type<c",
    `cells.type.term=${T}`,
    'cells.type under "hepatocyte"',
    "cells.type under lymphocyte and organ=lung and cells>1",
    "cells.type under lymphocyte or organ=lung",
    "cells>1 or organ=lung",
    "not (cells.type under lymphocyte and not organ=lung)",
  ];
  for (const text of queries) {
    const query = parseQuery(text);
    const expected = records.filter(({ record }) => matchesQuery(query, record, scope)).map(({ id }) => id);
    expect(await found(text), text).toEqual(expected.toSorted());
    expect((await catalogueFacets(store, { projectId, query })).images, text).toBe(expected.length);
  }
  await expect(found('cells.type under "no such cell"')).rejects.toMatchObject({ code: "query.term" });
});

test("facets count an image and a cell once for a term above several of theirs", async () => {
  // By hand: lymphocytes are in images 0 (T, B), 1 (T), 4 (itself) and 6 (B, B, B).
  expect(await facet()).toEqual(
    expect.arrayContaining([
      { curie: lymphocyte, images: 4, cells: 2 + 1 + 1 + 3, ownImages: 1 },
      { curie: T, images: 2, cells: 2, ownImages: 2 },
      { curie: B, images: 2, cells: 4, ownImages: 2 },
      { curie: neuron, images: 2, cells: 2, ownImages: 2 },
    ]),
  );
  // The facet's own choice leaves its other values to choose; another field's does not.
  expect(await facet(`cells.type under ${B}`)).toEqual(await facet());
  expect(await facet("cells=3")).toEqual([{ curie: B, images: 1, cells: 3, ownImages: 1 }]);
});

test("what is chosen follows every change of cells and types, and the trash", async () => {
  const before = await found("cells.type under neuron");
  const { imageId, layerId } = await add([[], []]);
  const has = async () => (await found("cells.type under neuron")).includes(imageId);
  expect(await has()).toBe(false);
  await edit(layerId, { types: [{ uid: "c0", before: null, after: marks([neuron]) }] });
  expect(await has()).toBe(true);
  await edit(layerId, { kind: "delete", changes: [{ uid: "c0", before: shape(0), after: null }] });
  expect(await has()).toBe(false);
  await edit(layerId, { kind: "undo", undoes: "X", changes: [{ uid: "c0", before: null, after: shape(0) }] });
  expect(await has()).toBe(true);
  await edit(layerId, { types: [{ uid: "c0", before: marks([neuron]), after: null }] });
  expect(await has()).toBe(false);
  await edit(layerId, { types: [{ uid: "c1", before: null, after: marks([neuron]) }] });
  await trashImage(store, person, imageId);
  expect(await found("cells.type under neuron")).toEqual(before);
});

test("a question while an edit is on its way does not lose the edit", async () => {
  const { imageId, layerId } = await add([[B]]);
  const questions: Promise<string[]>[] = [];
  for (let round = 0; round < 6; round++) {
    const [now, next] = round % 2 === 0 ? [B, neuron] : [neuron, B];
    const saved = edit(layerId, { types: [{ uid: "c0", before: marks([now]), after: marks([next]) }] });
    questions.push(found("cells.type under neuron"), found(`cells.type under ${B}`));
    await saved;
    expect((await found(`cells.type under ${next}`)).includes(imageId)).toBe(true);
    expect((await found(`cells.type under ${now}`)).includes(imageId)).toBe(false);
  }
  await Promise.all(questions);
});

test("a version is selected by types and pins those of its revisions", async () => {
  const { imageId, layerId } = await add([[T], [B]], { organ: "spleen" });
  await commitRevision(store, person, layerId, { accepted: true });
  // Named since the accepted revision: the query sees it, the version pins what was accepted.
  await edit(layerId, { types: [{ uid: "c0", before: marks([T]), after: marks([neuron]) }] });
  const query = `cells.type under neuron and organ=spleen`;
  const version = await freezeDataset(store, person, { projectId, name: "by type", query });
  const { items } = await listDatasetItems(store, version.id, {});
  expect(items.map(({ imageId: id, terms }) => [id, terms["cells.type"]])).toEqual([[imageId, [T, B]]]);
  await edit(layerId, { types: [{ uid: "c0", before: marks([neuron]), after: null }] });
  expect(await found(query)).toEqual([]);
  expect((await getDatasetVersion(store, version.id)).itemCount).toBe(1);
});

test("doctor agrees, and sees a wrong count", async () => {
  await found("cells.type under neuron");
  const report = async () => (await doctor(store)).findings.filter(({ rule }) => rule === "catalogue.types");
  expect(await report()).toEqual([]);
  await store.sql.query(`UPDATE typed_cells SET cells = cells + 1`);
  expect((await report()).length).toBeGreaterThan(0);
});
