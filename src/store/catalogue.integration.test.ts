import { afterAll, beforeAll, expect, test } from "vitest";
import { matchesQuery, parseQuery, type QueryRecord, termScope } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import { doctor } from "./doctor/index.ts";
import { catalogueFacets, otherFacets } from "./facets.ts";
import { imageIdsForQuery, listImages } from "./image-list.ts";
import { getImage, insertImage, restoreImage, trashImage, updateImage } from "./images.ts";
import { addLocalTerm, installTerms } from "./install-terms.ts";
import { ensureLab, ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { imageStatistics } from "./statistics.ts";
import type { Store } from "./store.ts";
import { chooseTerm, settleWords, wordsWithoutTerm } from "./term-words.ts";
import { sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  await ensureLab(store);
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const newProject = async (name: string): Promise<string> => (await createProject(store, person, name)).id;

interface Made {
  readonly metadata?: Record<string, string>;
  readonly name?: string;
  readonly group?: string;
  readonly mpp?: number;
  /** Gives four cells. */
  readonly labelled?: boolean;
}

async function add(projectId: string, made: Made = {}): Promise<string> {
  seed++;
  const { name = `image ${seed}`, metadata, group, mpp, labelled = false } = made;
  const { imageId } = await insertImage(store, person, {
    projectId,
    name,
    image: sampleImage(32, 32, seed),
    metadata,
    group,
    mpp: mpp === undefined ? null : { y: mpp, x: mpp },
    source: { title: "made here", licence: "CC0-1.0" },
    ...(labelled ? { labels: squares(32, 32) } : {}),
  });
  return imageId;
}

/** The counts by the slow and sure way. */
async function countedFromImages(projectId: string): Promise<unknown> {
  return store.sql.query(
    `SELECT c.status, c.fields, c.terms, n.images, n.cells FROM (
       SELECT i.status, i.words, count(*) AS images, sum(i.cell_count)::bigint AS cells FROM image i
       WHERE i.project_id = $1 AND i.trashed_at IS NULL GROUP BY 1, 2) n
     JOIN facet_combination c ON c.project_id = $1 AND c.status = n.status AND c.words = n.words ORDER BY c.id`,
    [projectId],
  );
}

async function countedFromCatalogue(projectId: string): Promise<unknown> {
  return store.sql.query(
    `SELECT c.status, c.fields, c.terms, sum(n.images)::bigint AS images, sum(n.cells)::bigint AS cells
     FROM facet_combination c JOIN facet_count n ON n.combination_id = c.id WHERE c.project_id = $1
     GROUP BY c.id HAVING sum(n.images) <> 0 OR sum(n.cells) <> 0 ORDER BY c.id`,
    [projectId],
  );
}

test("an image has terms from the start; its words stay as they were written", async () => {
  const projectId = await newProject("terms");
  const id = await add(projectId, { metadata: { organ: "Lungs", species: "human", kind: "fluorescence" } });
  const [row] = await store.sql.query("SELECT metadata, terms FROM image WHERE id = $1", [id]);
  expect(row).toEqual({
    metadata: { organ: "Lungs", species: "human", kind: "fluorescence" },
    terms: { organ: "UBERON:0002048", species: "NCBITaxon:9606" },
  });
  await updateImage(store, person, id, { metadata: { organ: "liver", species: "mars" } });
  expect(await store.sql.query("SELECT metadata, terms FROM image WHERE id = $1", [id])).toEqual([
    { metadata: { organ: "liver", species: "mars" }, terms: { organ: "UBERON:0002107" } },
  ]);
  expect(await wordsWithoutTerm(store, projectId)).toMatchObject([
    { field: "species", word: "mars", images: 1, state: "unknown" },
  ]);
});

test("words written by someone who did not look them up are looked up by the next reader", async () => {
  const projectId = await newProject("late");
  const id = await add(projectId);
  await store.sql.query(`UPDATE image SET metadata = '{"organ": "spleen"}' WHERE id = $1`, [id]);
  expect(await store.sql.query("SELECT terms FROM image WHERE id = $1", [id])).toEqual([{ terms: {} }]);
  await settleWords(store, projectId);
  expect(await store.sql.query("SELECT terms FROM image WHERE id = $1", [id])).toEqual([
    { terms: { organ: "UBERON:0002106" } },
  ]);
  expect(await imageIdsForQuery(store, projectId, parseQuery("organ under spleen"))).toEqual([id]);
});

test("an ambiguous word waits for a person, whose choice holds for every image and every later release", async () => {
  const projectId = await newProject("ambiguous");
  const ids = [
    await add(projectId, { metadata: { cellLine: "H9" } }),
    await add(projectId, { metadata: { cellLine: "H9" } }),
  ];
  const [word] = await wordsWithoutTerm(store, projectId);
  expect(word).toMatchObject({ field: "cellLine", word: "H9", images: 2, state: "ambiguous" });
  expect(word?.candidates.map(({ curie }) => curie).sort()).toEqual(["CVCL_1240", "CVCL_9773"]);
  await expect(
    chooseTerm(store, person, { projectId, field: "cellLine", word: "H9", curie: "UBERON:0002048" }),
  ).rejects.toMatchObject({ code: "metadata.invalid" });
  await chooseTerm(store, person, { projectId, field: "cellLine", word: "H9", curie: "CVCL_9773" });
  await installTerms(store, person, [
    {
      curie: "UBERON:9999999",
      label: "test organ",
      source: "UBERON",
      release: "x",
      synonyms: [],
      parents: [],
    },
  ]);
  const third = await add(projectId, { metadata: { cellLine: "H9" } });
  const terms = await store.sql.query("SELECT terms FROM image WHERE project_id = $1", [projectId]);
  expect(terms).toEqual(Array.from({ length: 3 }, () => ({ terms: { cellLine: "CVCL_9773" } })));
  expect(await imageIdsForQuery(store, projectId, parseQuery("cellLine.term=CVCL_9773"))).toEqual([
    ...ids,
    third,
  ]);
  await chooseTerm(store, person, { projectId, field: "cellLine", word: "H9", curie: null });
  expect(
    await imageIdsForQuery(store, projectId, parseQuery('cellLine!="" and cellLine.term=""')),
  ).toHaveLength(3);
});

test("a local term gives its word a meaning, and its parent finds it", async () => {
  const projectId = await newProject("local");
  const id = await add(projectId, { metadata: { organ: "lung slice, day 3" } });
  expect(await imageIdsForQuery(store, projectId, parseQuery("organ under lung"))).toEqual([]);
  await addLocalTerm(store, person, {
    curie: "local:lung-slice-3",
    label: "lung slice, day 3",
    parents: [{ curie: "UBERON:0002048", relation: "partOf" }],
  });
  expect(await imageIdsForQuery(store, projectId, parseQuery("organ under lung"))).toEqual([id]);
  expect((await loadVocabulary(store)).ancestors("local:lung-slice-3")).toContain("UBERON:0002048");
  await expect(
    addLocalTerm(store, person, { curie: "local:a", label: "a thing of no kind", parents: [] }),
  ).rejects.toMatchObject({ code: "metadata.invalid" });
});

test("counts stay true through imports, edits, labels, trash and restore", async () => {
  const projectId = await newProject("counts");
  const organs = ["lung", "liver", "spleen", "nowhere"];
  const ids: string[] = [];
  for (let i = 0; i < 24; i++) {
    ids.push(
      await add(projectId, {
        metadata: { organ: organs[i % 4] as string, i: String(i) },
        labelled: i % 3 === 0,
      }),
    );
  }
  for (const [i, id] of ids.entries()) {
    if (i % 5 === 0)
      await updateImage(store, person, id, { metadata: { organ: organs[(i + 1) % 4] as string } });
    if (i % 7 === 0) await trashImage(store, person, id);
    if (i % 14 === 0) await restoreImage(store, person, id);
  }
  await store.sql.query(
    "UPDATE image SET cell_count = cell_count + 1, status = 'corrected' WHERE id = ANY($1)",
    [ids.slice(8, 12)],
  );
  expect(await countedFromCatalogue(projectId)).toEqual(await countedFromImages(projectId));
  // The same combination often enough that its counts are folded.
  for (let i = 0; i < 40; i++) {
    await store.sql.query("UPDATE image SET cell_count = cell_count + $2 WHERE id = $1", [ids[1], i % 3]);
  }
  expect(await countedFromCatalogue(projectId)).toEqual(await countedFromImages(projectId));
  const [rows] = await store.sql.query<{ most: number }>(
    "SELECT max(n) AS most FROM (SELECT count(*) AS n FROM facet_count GROUP BY combination_id) c",
  );
  expect(rows?.most).toBeLessThan(20);
});

test("counts stay true when many write at once", async () => {
  const projectId = await newProject("at once");
  const ids = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      add(projectId, { metadata: { organ: "lung" }, labelled: i % 2 === 0 }),
    ),
  );
  await Promise.all(
    ids.flatMap((id, i) => [
      store.sql.query("UPDATE image SET cell_count = cell_count + 1 WHERE id = $1", [id]),
      updateImage(store, person, id, { metadata: { organ: i % 3 === 0 ? "liver" : "lung" } }),
      chooseTerm(store, person, { projectId, field: "organ", word: "lung", curie: "UBERON:0002048" }),
    ]),
  );
  expect(await countedFromCatalogue(projectId)).toEqual(await countedFromImages(projectId));
  const wrong = await store.sql.query(
    `SELECT i.id FROM image i JOIN catalogue k ON k.image_id = i.id JOIN facet_combination c ON c.id = k.combination_id
     WHERE i.terms <> c.terms OR c.words <> i.words`,
  );
  expect(wrong).toEqual([]);
});

test("facets roll terms up, and count a chosen field as if it were open", async () => {
  const projectId = await newProject("facets");
  const made: [string, boolean, number][] = [
    ["jejunum", true, 3],
    ["ileum", false, 2],
    ["lung", true, 1],
    ["a place", false, 1],
  ];
  for (const [organ, labelled, times] of made) {
    for (let i = 0; i < times; i++) await add(projectId, { metadata: { organ, well: `A${i}` }, labelled });
  }
  const vocabulary = await loadVocabulary(store);
  const ancestors = (curie: string) => new Set(vocabulary.ancestors(curie));
  const shared = [...ancestors("UBERON:0002115")].filter((curie) => ancestors("UBERON:0002116").has(curie));
  const found = await catalogueFacets(store, {
    projectId,
    query: parseQuery("organ under jejunum and status=accepted"),
  });
  expect({ images: found.images, cells: found.cells }).toEqual({ images: 3, cells: 12 });
  const organ = found.facets.find(({ field }) => field === "organ");
  // Status still narrows the organs, the organ does not narrow itself.
  expect(
    organ?.terms
      .filter(({ ownImages }) => ownImages > 0)
      .map(({ label, images, cells }) => ({ label, images, cells })),
  ).toEqual([
    { label: "jejunum", images: 3, cells: 12 },
    { label: "lung", images: 1, cells: 4 },
  ]);
  expect(
    found.facets.find(({ field }) => field === "status")?.words.map(({ word, images }) => [word, images]),
  ).toEqual([["accepted", 3]]);
  const open = await catalogueFacets(store, { projectId });
  const tree = open.facets.find(({ field }) => field === "organ");
  const gut = tree?.terms.find(({ curie, images }) => shared.includes(curie) && images === 5);
  expect(gut).toMatchObject({ images: 5, cells: 12, ownImages: 0 });
  expect(
    tree?.terms
      .filter(({ parent }) => parent === gut?.curie)
      .map(({ label }) => label)
      .sort(),
  ).toEqual(["ileum", "jejunum"]);
  expect(tree?.words).toMatchObject([{ word: "a place", images: 1, state: "unknown" }]);
  const others = await otherFacets(store, { projectId, query: parseQuery("organ under lung") });
  expect(others).toMatchObject([{ field: "well", words: [{ word: "A0", images: 1 }] }]);
});

test("the database answers every query as core defines it, terms, ranges and dates included", async () => {
  const projectId = await newProject("queries 2");
  const records: { id: string; record: QueryRecord }[] = [];
  const organs = ["jejunum", "Lung", "lungs", "nowhere", "", "12"];
  for (let i = 0; i < 18; i++) {
    const organ = organs[i % organs.length] as string;
    const metadata: Record<string, string> = { note: `Note ${i}`, ...(organ === "" ? {} : { organ }) };
    const mpp = i % 4 === 0 ? undefined : 0.1 * (i % 5) + 0.05;
    const id = await add(projectId, {
      name: `plate ${i}`,
      metadata,
      labelled: i % 2 === 0,
      ...(mpp === undefined ? {} : { mpp }),
    });
    const detail = await getImage(store, id);
    const [row] = await store.sql.query<{ terms: Record<string, string>; day: string }>(
      "SELECT terms, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM image WHERE id = $1",
      [id],
    );
    records.push({
      id,
      record: {
        ...detail.metadata,
        "organ.term": row?.terms["organ"],
        name: detail.name,
        status: detail.status,
        cells: detail.cellCount,
        width: 32,
        height: 32,
        mpp: detail.mpp?.y,
        imported: row?.day,
      },
    });
  }
  const scope = termScope(await loadVocabulary(store));
  const today = String(records[0]?.record["imported"]);
  const queries = [
    "organ under lung",
    "organ under (UBERON:0002048, jejunum)",
    "not organ under lung",
    "organ under lung or organ=nowhere",
    "organ under lung and cells>0 and note~note",
    'organ.term=""',
    "organ.term=UBERON:0002048",
    "organ=12",
    "mpp>0.2",
    "mpp<=0.25 and cells>=4",
    "not mpp>0.2",
    "mpp!=0.15",
    'mpp=""',
    'mpp!=""',
    "mpp>abc",
    "mpp~0.2",
    "cells>3.5",
    "cells<4.5 and cells>=3.9",
    "cells=4.5",
    "cells>9999999999",
    "cells<9999999999",
    "cells>-9999999999",
    `imported>=${today}`,
    `imported<${today}`,
    "imported>2000-01-01",
    "imported<2000-13-99",
    "imported>2000",
    'imported!=""',
    'note="note 3"',
    "note~OTE",
    'name~"plate 1"',
    'not name~"plate 1"',
    "status=accepted and organ under lung",
    "(status=accepted or organ under lung) and width=32",
  ];
  for (const text of queries) {
    const query = parseQuery(text);
    const expected = records.filter(({ record }) => matchesQuery(query, record, scope)).map(({ id }) => id);
    expect(await imageIdsForQuery(store, projectId, query), text).toEqual(expected);
    const list = await listImages(store, { projectId, query });
    expect(list.total, text).toBe(expected.length);
    expect((await catalogueFacets(store, { projectId, query })).images, text).toBe(expected.length);
    expect(
      (await imageStatistics(store, { projectId, query, rows: "organ", columns: "status" })).images,
      text,
    ).toBe(expected.length);
  }
  await expect(imageIdsForQuery(store, projectId, parseQuery("organ under lnug"))).rejects.toMatchObject({
    code: "query.term",
    hint: expect.stringContaining("lung"),
  });
  await expect(imageIdsForQuery(store, projectId, parseQuery("note under lung"))).rejects.toMatchObject({
    code: "query.term",
  });
});

test("pages in every order hold each image once", async () => {
  const projectId = await newProject("orders");
  for (let i = 0; i < 13; i++) {
    await add(projectId, {
      name: ["b", "A", "a", "C"][i % 4] as string,
      labelled: i % 3 === 0,
      ...(i % 2 === 0 ? { mpp: 0.1 + (i % 3) } : {}),
    });
  }
  const all = await imageIdsForQuery(store, projectId, parseQuery(""));
  for (const order of ["imported", "name", "cells", "mpp"] as const) {
    for (const descending of [false, true]) {
      const seen: { id: string; name: string; cellCount: number }[] = [];
      let cursor: string | undefined;
      do {
        const page = await listImages(store, { projectId, order, descending, limit: 4, cursor });
        seen.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen.map(({ id }) => id).sort(), `${order} ${descending}`).toEqual(all);
      const keys = seen.map((image) => (order === "name" ? image.name.toLowerCase() : image.cellCount));
      if (order === "name" || order === "cells") {
        const sorted = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect(keys).toEqual(descending ? sorted.reverse() : sorted);
      }
    }
  }
  await expect(listImages(store, { projectId, order: "cells", cursor: all[0] })).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("statistics count what is there, in bins that name their edges", async () => {
  const projectId = await newProject("statistics");
  await add(projectId, { metadata: { organ: "lung", platform: "CODEX" }, labelled: true, mpp: 0.5 });
  await add(projectId, { metadata: { organ: "lungs", platform: "CODEX" }, labelled: true, mpp: 0.55 });
  await add(projectId, { metadata: { organ: "spleen" } });
  const found = await imageStatistics(store, { projectId, rows: "organ", columns: "platform" });
  expect(found).toMatchObject({ images: 3, cells: 8 });
  expect(found.cross.rows.map(({ label }) => label)).toEqual(["lung", "spleen"]);
  expect(found.cross.cells.map(({ row, column, images, cells }) => [row, column, images, cells])).toEqual(
    expect.arrayContaining([
      [0, 0, 2, 8],
      [1, 1, 1, 0],
    ]),
  );
  expect(found.cellsPerImage).toEqual([
    { low: 0, high: 1, images: 1, cells: 0 },
    { low: 1, high: 2, images: 0, cells: 0 },
    { low: 2, high: 5, images: 2, cells: 8 },
  ]);
  expect(found.pixelSize).toEqual([
    { low: 0.5, high: 0.6, images: 2, cells: 8 },
    { low: null, high: null, images: 1, cells: 0 },
  ]);
  // Squares of ten pixels: 5 µm and 5.5 µm.
  expect(found.cellLength).toEqual([
    { compartment: "nuclear", bins: [{ low: 5, high: 6, images: 2, cells: 8 }] },
  ]);
  expect(found.imported.map(({ images }) => images)).toEqual([3]);
});

test("doctor finds nothing after all that, and every kind of wrong entry when there is one", async () => {
  const projectId = await newProject("doctor");
  const ids = [
    await add(projectId, { metadata: { organ: "lung" }, group: "g1" }),
    await add(projectId, { metadata: { organ: "liver" }, group: "g2" }),
    await add(projectId, { metadata: { organ: "liver" }, group: "g3" }),
  ];
  const rules = async () =>
    (await doctor(store)).findings.map(({ rule }) => rule).filter((rule) => rule.startsWith("catalogue."));
  expect(await rules()).toEqual([]);
  await store.sql.query(`UPDATE image SET terms = '{"organ": "UBERON:0002106"}' WHERE id = $1`, [ids[0]]);
  await store.sql.query("UPDATE catalogue SET cells = cells + 1 WHERE image_id = $1", [ids[1]]);
  await store.sql.query("DELETE FROM catalogue WHERE image_id = $1", [ids[2]]);
  await store.sql.query("UPDATE image_group SET role = 'test' WHERE project_id = $1 AND key = 'g1'", [
    projectId,
  ]);
  expect((await rules()).sort()).toEqual([
    "catalogue.count",
    "catalogue.role",
    "catalogue.row",
    "catalogue.row",
    "catalogue.row",
  ]);
});

test("a role given to a group is counted, and taken back with it", async () => {
  const projectId = await newProject("roles");
  await add(projectId, { group: "g1" });
  await add(projectId, { group: "g2" });
  const split = async () =>
    (await catalogueFacets(store, { projectId })).facets.find(({ field }) => field === "split")?.words;
  expect(await split()).toBeUndefined();
  await store.sql.query(
    "INSERT INTO group_split (project_id, group_key, role, set_by, set_at) VALUES ($1, 'g1', 'test', $2, now())",
    [projectId, person.id],
  );
  expect(await split()).toMatchObject([{ word: "test", images: 1 }]);
  await store.sql.query("UPDATE group_split SET role = 'train' WHERE project_id = $1", [projectId]);
  expect(await imageIdsForQuery(store, projectId, parseQuery("split=train"))).toHaveLength(1);
  await add(projectId, { group: "g1" });
  expect(await imageIdsForQuery(store, projectId, parseQuery("split=train"))).toHaveLength(2);
  await store.sql.query("DELETE FROM group_split WHERE project_id = $1", [projectId]);
  expect(await imageIdsForQuery(store, projectId, parseQuery("split=train"))).toEqual([]);
});
