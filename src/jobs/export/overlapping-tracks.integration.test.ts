/** Exports of tracks of cells that lie on each other: every format is read again, without what its label images cannot show. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { EditOperation, OriginChange } from "#core/edits/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  createProject,
  ensureLab,
  ensureLayer,
  ensureOwner,
  exportImages,
  imageIdsForQuery,
  insertImage,
  layerLinks,
  layerObjects,
  type Store,
} from "#store/index.ts";
import { box, edit } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";

const work = mkdtempSync(join(tmpdir(), "overlap-tracks-"));

let opened: TemporaryStore;
let store: Store;
let actor: Agent;
let projectId: string;

type Box = readonly [number, number, number, number];

/** Wholly under the large cell in frames 1 and 2; the third lies half under it in frame 1. */
const tracks: Readonly<Record<string, readonly Box[]>> = {
  small: [
    [10, 10, 16, 18],
    [10, 11, 16, 19],
    [10, 12, 16, 20],
    [10, 13, 16, 21],
  ],
  half: [
    [22, 4, 30, 14],
    [22, 5, 30, 15],
    [24, 5, 32, 15],
    [26, 5, 34, 15],
  ],
  large: [
    [2, 24, 20, 39],
    [6, 8, 24, 30],
    [4, 6, 20, 26],
    [2, 24, 20, 39],
  ],
};
const names = Object.keys(tracks);
const boxOf = (name: string, t: number): Box => (tracks[name] as Box[])[t] as Box;
const frameCount = 4;

beforeAll(async () => {
  opened = await openTemporaryStore();
  store = opened.store;
  await ensureLab(store);
  actor = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, actor, "movies")).id;
  const { imageId } = await insertImage(store, actor, {
    ...{ projectId, name: "movie", image: imageArray("uint8", "tyx", [frameCount, 40, 40]) },
    source: { title: "test", licence: "CC0-1.0" },
  });
  const layer = await ensureLayer(store, actor, imageId, "nuclear", { overlapAllowed: true });
  const draw = Array.from({ length: frameCount }, (_, t): EditOperation => {
    const changes = names.map((name) => ({
      uid: `${name}-${t}`,
      before: null,
      after: { ...box(...boxOf(name, t)), t },
    }));
    return edit(`draw-${t}`, changes);
  });
  const origins = names.flatMap((name) =>
    Array.from({ length: frameCount - 1 }, (_, t): OriginChange => {
      return { uid: `${name}-${t + 1}`, before: null, after: { uid: `${name}-${t}`, kind: "link" } };
    }),
  );
  for (const saved of await appendEdits(store, actor, layer.id, [...draw, edit("link", [], { origins })]))
    expect(saved).toMatchObject({ state: "saved" });
  await commitRevision(store, actor, layer.id, { accepted: true });
}, 600_000);
afterAll(async () => {
  await opened.end();
  rmSync(work, { recursive: true, force: true });
});

async function exportAs(format: string): Promise<string> {
  const outPath = join(work, format);
  const params = { format, selection: { query: "" }, outPath };
  const job = await runJobHere(store, actor, { kind: "export", projectId, title: format, params });
  expect(job.error).toBeNull();
  expect(job.result?.["notes"]).toEqual([
    expect.stringMatching(/ pixels of 3 cells are hidden\./),
    'Not to be seen at all: cell 4 of "movie" (nuclear); cell 7 of "movie" (nuclear).',
  ]);
  return outPath;
}

/** Cells and links of the layer that an import gave the tracks, by frame and box. */
async function importedFrom(root: string, format: string) {
  const project = await createProject(store, actor, format);
  const job = await runJobHere(store, actor, {
    kind: "ingest",
    projectId: project.id,
    title: format,
    params: {
      ...{ rootPath: root, format },
      answers: { mpp: "unknown", ...(format === "ome-zarr" ? {} : { compartment: "nuclear" }) },
    },
  });
  expect(job.error).toBeNull();
  const ids = await imageIdsForQuery(store, project.id, { type: "all" });
  const [image] = await exportImages(store, ids);
  // The challenge keeps tracks apart from outlines.
  const wantedName = format === "ctc" ? "tracking markers" : "";
  const layer = image?.layers.find(({ name }) => name === wantedName);
  const { objects } = await layerObjects(store, layer?.layerId ?? "");
  const place = new Map(objects.map(({ uid, shape }) => [uid, `${shape.t}@${shape.bbox.join(",")}`]));
  const links = await layerLinks(store, layer?.layerId ?? "");
  return {
    cells: [...place.values()].sort(),
    links: links.map(({ from, to, kind }) => `${place.get(from)} ${kind} ${place.get(to)}`).sort(),
  };
}

const at = (name: string, t: number): string => `${t}@${boxOf(name, t).join(",")}`;
/** In frame 1 two rows of the half covered cell lie under the large one, over part of their length. */
const seen = names.flatMap((name) =>
  Array.from({ length: frameCount }, (_, t) => ({ name, t })).filter(
    ({ name: one, t }) => one !== "small" || t === 0 || t === 3,
  ),
);
const wanted = {
  cells: seen.map(({ name, t }) => at(name, t)).sort(),
  links: [
    ...["half", "large"].flatMap((name) => [0, 1, 2].map((t) => `${at(name, t)} link ${at(name, t + 1)}`)),
    `${at("small", 0)} link ${at("small", 3)}`,
  ].sort(),
};

test.each(["trackmate", "track-csv", "trk", "geff", "ctc"])("%s", async (format) => {
  const folder = await exportAs(format);
  expect(await importedFrom(join(folder, "nuclear"), format)).toEqual(wanted);
  const [line] = readFileSync(join(folder, "images.jsonl"), "utf8").trim().split("\n");
  // What is left out still counts among the cells of the layer.
  expect(JSON.parse(line as string).layers[0]).toMatchObject({ cells: 12, hidden: { covered: [4, 7] } });
});

test("ome-zarr", async () => {
  expect(await importedFrom(await exportAs("ome-zarr"), "ome-zarr")).toEqual(wanted);
});
