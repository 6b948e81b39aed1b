/** The routes of evaluations and pinned images, each called, on labels whose fate is known by hand. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import {
  defaultTallySettings,
  evaluateLabels,
  imageFacets,
  makeEvaluationReport,
} from "#core/metrics/index.ts";
import { rng } from "#core/rng.ts";
import { readImage } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { evaluationRoutes } from "./routes/evaluations.ts";
import { pinnedRoutes } from "./routes/pinned.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let actor: store.Agent;
let dataset: store.DatasetVersionDetail;
const imageIds: string[] = [];
const versions: store.ModelVersion[] = [];
const evaluations: string[] = [];
const called = new Set<string>();

const [height, width] = [40, 60];

/** Three squares of ten; each prediction below does something else to them. */
function boxes(
  ...list: readonly (readonly [y: number, x: number, height: number, width: number])[]
): LabelImage {
  const labels = labelImage(height, width);
  list.forEach(([y, x, tall, wide], k) => {
    for (let row = y; row < y + tall; row++) labels.data.fill(k + 1, row * width + x, row * width + x + wide);
  });
  return labels;
}
const truth = boxes([5, 5, 10, 10], [5, 15, 10, 10], [25, 40, 10, 10]);
/** Merges the first two, finds the third. */
const first = boxes([5, 5, 10, 20], [25, 40, 10, 10]);
/** Finds the first two, misses the third, sees one that is not there. */
const second = boxes([5, 5, 10, 10], [5, 15, 10, 10], [30, 5, 6, 6]);

async function addEvaluation(version: store.ModelVersion, predicted: LabelImage): Promise<string> {
  const images: store.NewEvaluationImage[] = [];
  for (const item of (await store.listDatasetItems(server.store, dataset.id, { role: "test" })).items) {
    const objects = await store.revisionObjects(server.store, item.layerRevisionId);
    const { tally, outcomes } = evaluateLabels(truth, predicted);
    const seen = objectShapesFromLabels(predicted);
    const stored = outcomes.map((one) => {
      const own = objects.find(({ label }) => one.side === "reference" && label === one.label);
      const shape = own?.shape ?? seen.get(one.label);
      if (shape === undefined) throw new Error("an object without a shape");
      return { ...one, uid: own?.uid ?? null, shape };
    });
    images.push({
      imageId: item.imageId,
      name: item.name,
      arrayDigest: item.arrayDigest,
      layerRevisionId: item.layerRevisionId,
      group: item.group,
      facets: { organ: item.name, ...imageFacets(truth, null) },
      tally,
      human: null,
      outcomes: await store.keepOutcomes(server.store, stored),
    });
  }
  const report = makeEvaluationReport(images, defaultTallySettings);
  const { correct, missed, gained, split, merge, catastrophe } = report.scores.errors;
  const evaluation = await store.addEvaluation(
    server.store,
    actor,
    { modelVersionId: version.id, datasetVersionId: dataset.id, split: "test", compartment: "nuclear" },
    {
      metricVersion: "test",
      imageCount: images.length,
      scores: [...report.scores.byThreshold],
      errors: { correct, missed, gained, split, merge, catastrophe },
      groups: [],
      report,
      images,
    },
  );
  return evaluation.id;
}

beforeAll(async () => {
  server = await startServerUnderTest();
  actor = store.agentOf(server.owner.member);
  for (let k = 0; k < 3; k++) {
    // Noise, so that no two images look alike.
    const random = rng("evaluations", k);
    const data = Uint8Array.from(truth.data, () => random.int(256));
    const { imageId } = await store.insertImage(server.store, actor, {
      projectId: server.project.id,
      name: `image ${k}`,
      group: `g${k}`,
      image: imageArray("uint8", "yx", [height, width], data),
      labels: truth,
      source: { title: "made here", licence: "CC0-1.0" },
    });
    imageIds.push(imageId);
  }
  dataset = await store.freezeDataset(server.store, actor, {
    projectId: server.project.id,
    name: "squares",
    query: "",
    roleChanges: ["g0", "g1"].map((group) => ({ group, role: "test" as const, reason: "scored" })),
  });
  for (const version of ["1.0.0", "1.1.0"]) {
    versions.push(
      await store.importModelVersion(server.store, actor, {
        name: "squares",
        version,
        weights: Uint8Array.of(1, version.length, Number(version[2])),
        onnx: Uint8Array.of(2, Number(version[2])),
        architecture: "none",
        contract: {},
        card: {},
        licence: "CC0-1.0",
        stage: version === "1.0.0" ? "released" : "candidate",
        projectId: server.project.id,
      }),
    );
  }
  evaluations.push(await addEvaluation(versions[0] as store.ModelVersion, first));
  evaluations.push(await addEvaluation(versions[1] as store.ModelVersion, second));
}, 60_000);
afterAll(() => server?.close());

async function call(method: "GET" | "POST", pattern: string, id: string, rest = "", payload?: object) {
  const url = `/api${pattern.replace(/:[A-Za-z]+/, id)}${rest}`;
  const answer = await server.ask(server.annotator, {
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
  });
  expect(answer.statusCode, answer.statusCode < 300 ? url : answer.body).toBeLessThan(300);
  called.add(`${method} ${pattern}`);
  return answer;
}

const one = () => evaluations[0] as string;
const two = () => evaluations[1] as string;

test("the report, its images, and the cells of a class by facet and page", async () => {
  const report = (await call("GET", "/evaluations/:evaluationId", one())).json();
  expect(report).toMatchObject({
    model: "squares@1.0.0",
    errors: { correct: 2, merge: 2, missed: 0 },
    // Two images of two cells merged and one found, each: 1 of 2 + 3 - 1 at 0.5 for the merge at IoU 0.5 as well.
    report: { intervals: { unit: "image", unitCount: 2 }, referenceCount: 6, agreement: null },
  });
  const { images } = (await call("GET", "/evaluations/:evaluationId/images", one())).json();
  expect(images).toMatchObject([{ references: 3, errors: { merge: 1 } }, { references: 3 }]);
  const merges = (await call("GET", "/evaluations/:evaluationId/cells", one(), "?class=merge")).json();
  expect(merges).toMatchObject({ total: 2, nextCursor: null });
  expect(merges.items[0]).toMatchObject({
    side: "predicted",
    box: [5, 5, 15, 25],
    areaPx: 200,
    partners: 2,
    uid: null,
  });
  const page = (await call("GET", "/evaluations/:evaluationId/cells", one(), "?class=merge&limit=1")).json();
  const rest = await call(
    "GET",
    "/evaluations/:evaluationId/cells",
    one(),
    `?class=merge&cursor=${page.nextCursor}`,
  );
  expect([page.items.length, rest.json().items.length]).toEqual([1, 1]);
  const narrowed = `?class=merge&field=organ&value=${encodeURIComponent(images[0].facets.organ)}`;
  const some = (await call("GET", "/evaluations/:evaluationId/cells", one(), narrowed)).json();
  expect(some.total).toBe(1);
});

test("every cell of an image has its class, under its own id", async () => {
  const image = imageIds[0] as string;
  const answer = (
    await call("GET", "/evaluations/:evaluationId/judged-image", two(), `?imageId=${image}`)
  ).json();
  const [layer] = await store.layersOfImage(server.store, image);
  expect(answer).toMatchObject({
    model: "squares@1.1.0",
    dataset: "squares@1.0.0",
    layerId: layer?.id,
    gained: 1,
  });
  const { objects } = await store.layerObjects(server.store, layer?.id ?? "");
  const labelOf = new Map(objects.map(({ uid, label }) => [uid, label]));
  const byLabel = answer.cells.map((cell: { uid: string; class: string }) => [
    labelOf.get(cell.uid),
    cell.class,
  ]);
  expect(byLabel.sort()).toEqual([
    [1, "correct"],
    [2, "correct"],
    [3, "missed"],
  ]);
  const strange = await server.ask(server.viewer, {
    method: "GET",
    url: `/api/evaluations/${two()}/judged-image?imageId=${imageIds[2]}`,
  });
  expect(strange.statusCode).toBe(404);
});

test("a picture has the true outline in blue and the predicted one in orange", async () => {
  const place = "?position=0&side=predicted&label=1&size=256";
  const colours = async (show: string): Promise<Set<string>> => {
    const answer = await call(
      "GET",
      "/evaluations/:evaluationId/picture.png",
      one(),
      `${place}&show=${show}`,
    );
    const picture = await readImage(new Uint8Array(answer.rawPayload), { name: "cell.png" });
    const [rows = 0, columns = 0] = picture.image.shape.slice(-2);
    const plane = rows * columns;
    const found = new Set<string>();
    for (let i = 0; i < plane; i++)
      found.add([0, 1, 2].map((c) => picture.image.data[c * plane + i]).join(" "));
    return found;
  };
  const [blue, orange] = ["86 180 233", "255 160 20"];
  const both = await colours("both");
  expect([both.has(blue), both.has(orange)]).toEqual([true, true]);
  expect((await colours("reference")).has(orange)).toBe(false);
  expect((await colours("predicted")).has(blue)).toBe(false);
  const missing = await server.ask(server.viewer, {
    method: "GET",
    url: `/api/evaluations/${one()}/picture.png?position=0&side=reference&label=99`,
  });
  expect(missing.statusCode).toBe(404);
});

test("two versions: cells won and lost; other images cannot be compared", async () => {
  const answer = (await call("GET", "/evaluations/:evaluationId/comparison", two(), `?with=${one()}`)).json();
  // Of three cells each: the second version wins the two that were merged and loses the third.
  expect(answer).toMatchObject({
    a: { model: "squares@1.0.0" },
    b: { model: "squares@1.1.0" },
    imageCount: 2,
    cells: { both: 0, won: 4, lost: 2, neither: 0 },
    comparison: { unit: "image", unitCount: 2, permutations: 4, smallestP: 0.5 },
  });
  const won = await call(
    "GET",
    "/evaluations/:evaluationId/compared-cells",
    two(),
    `?with=${one()}&change=won`,
  );
  expect(won.json().items).toHaveLength(4);
  expect(won.json().items[0]).toMatchObject({ class: "correct", otherClass: "merge", otherPosition: 0 });
  const lost = await call(
    "GET",
    "/evaluations/:evaluationId/compared-cells",
    two(),
    `?with=${one()}&change=lost`,
  );
  expect(lost.json().items.map(({ label }: { label: number }) => label)).toEqual([3, 3]);
  const none = await server.ask(server.viewer, {
    method: "GET",
    url: `/api/evaluations/${two()}/comparison?with=01ARZ3NDEKTSV4RRFFQ69G5FAV`,
  });
  expect(none.statusCode).toBe(404);
});

test("images are pinned, compared and unpinned; the job is entered", async () => {
  const project = server.project.id;
  const [released, candidate] = versions as [store.ModelVersion, store.ModelVersion];
  const pin = { imageIds: [imageIds[0] as string] };
  const pinned = (await call("POST", "/projects/:projectId/pinned-images", project, "", pin)).json();
  expect(pinned).toMatchObject({ images: [{ imageId: imageIds[0], height, width }], max: 50 });
  const open = (
    await call("GET", "/model-versions/:modelVersionId/pinned", candidate.id, `?projectId=${project}`)
  ).json();
  expect(open).toMatchObject({ against: { name: "squares@1.0.0" }, differences: [], missing: [{}] });
  const body = { projectId: project };
  const job = (await call("POST", "/model-versions/:modelVersionId/pinned", candidate.id, "", body)).json();
  expect(job).toMatchObject({ kind: "evaluate", state: "waiting" });

  const { arrayDigest } = (await store.listPinnedImages(server.store, project))[0] as store.PinnedImage;
  for (const [version, labels] of [
    [released, first],
    [candidate, second],
  ] as const) {
    const shapes = [...objectShapesFromLabels(labels)];
    const outcomes = shapes.map(([label, shape]) => ({
      side: "predicted" as const,
      label,
      class: "gained" as const,
      iou: 0,
      partners: [],
      hausdorffPx: null,
      uid: null,
      shape,
    }));
    await store.keepPinnedResult(server.store, {
      modelVersionId: version.id,
      arrayDigest,
      compartment: "nuclear",
      objectCount: outcomes.length,
      outcomes: await store.keepOutcomes(server.store, outcomes),
    });
  }
  const done = (
    await call("GET", "/model-versions/:modelVersionId/pinned", candidate.id, `?projectId=${project}`)
  ).json();
  // By hand: one cell becomes two, one is gone, one is new.
  expect(done).toMatchObject({
    missing: [],
    differences: [
      { before: 2, after: 3, identical: 0, counts: { split: 1, removed: 1, added: 1, merged: 0 } },
    ],
  });
  const query = `?projectId=${project}&imageId=${imageIds[0]}&compartment=nuclear`;
  const image = (
    await call("GET", "/model-versions/:modelVersionId/pinned/image", candidate.id, query)
  ).json();
  expect(image.changes.map(({ verb }: { verb: string }) => verb).sort()).toEqual([
    "added",
    "removed",
    "split",
  ]);
  await call("POST", "/projects/:projectId/pinned-images/remove", project, "", pin);
  expect((await call("GET", "/projects/:projectId/pinned-images", project)).json().images).toEqual([]);
});

test("every route of evaluations and pinned images was called", () => {
  const all = [...evaluationRoutes, ...pinnedRoutes].map(({ method, url }) => `${method} ${url}`);
  expect([...called].sort()).toEqual(all.sort());
});
