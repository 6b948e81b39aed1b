/**
 * The leak audit on planted leaks, one of each class, and on a clean set; against a real database.
 *
 * Images are synthetic cells with exact labels. Roles are fixed first, by groups whose role is known, so that each leak is
 * planted across the split on purpose.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channelPlane, type ImageArray, imageArray, labelImage } from "#core/array/index.ts";
import { resamplePlane } from "#core/image/index.ts";
import type { LeakRule } from "#core/leaks/index.ts";
import type { SplitRole } from "#core/select/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { agentOf } from "./agents.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { insertImage } from "./images.ts";
import { ensureOwner } from "./members.ts";
import { importModelVersion } from "./models.ts";
import { insertModelPrints, planePrints } from "./plane-prints.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import { assertTrainable, auditDatasetVersion } from "./training-audit.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const side = 160;
const cells = (seed: string): ImageArray => {
  const { image } = makeSyntheticCells({ height: side, width: side, seed });
  return imageArray("uint8", "yx", [side, side], Uint8Array.from(image.data));
};

/** Image of another size whose pixel (y, x) is what `at` says. */
function derived(height: number, width: number, at: (y: number, x: number) => number): ImageArray {
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[y * width + x] = at(y, x);
  return imageArray("uint8", "yx", [height, width], data);
}

const valueAt = (image: ImageArray, y: number, x: number): number =>
  channelPlane(image).data[y * (image.shape[1] ?? 0) + x] as number;

interface Add {
  readonly image: ImageArray;
  readonly group?: string;
  readonly name?: string;
  readonly metadata?: Record<string, string>;
}

async function add(projectId: string, { image, group, name, metadata }: Add): Promise<string> {
  const [height = 1, width = 1] = image.shape;
  const labels = labelImage(height, width);
  labels.data.fill(1, 0, 5);
  const source = { title: "made", licence: "CC0-1.0" };
  const inserted = await insertImage(store, person, {
    projectId,
    name: name ?? `${group} image`,
    image,
    labels,
    group,
    metadata,
    source,
  });
  return inserted.imageId;
}

/** A project of nine groups with two images each and a frozen clean version; group names by role. */
async function cleanProject(name: string) {
  const { id: projectId } = await createProject(store, person, name);
  for (let g = 0; g < 9; g++)
    for (const k of [0, 1])
      await add(projectId, { image: cells(`${name} ${g} ${k}`), group: `g${g}`, name: `field ${g}-${k}` });
  const version = await freezeDataset(store, person, { projectId, name: "clean", query: "" });
  const rows = await store.sql.query<{ role: SplitRole; group: string }>(
    'SELECT role, group_key AS "group" FROM group_split WHERE project_id = $1 ORDER BY group_key',
    [projectId],
  );
  const groupOf = (role: SplitRole): string => rows.find((row) => row.role === role)?.group ?? "";
  return {
    projectId,
    version,
    train: groupOf("train"),
    validation: groupOf("validation"),
    test: groupOf("test"),
  };
}

const audit = async (projectId: string) =>
  (await previewDataset(store, projectId, { name: "clean", query: "" })).audit;

/** Plants images, looks, and expects findings of the one rule only, on the images planted. */
async function expectFound(
  name: string,
  rule: LeakRule,
  plant: (project: Awaited<ReturnType<typeof cleanProject>>) => Promise<readonly string[]>,
) {
  const project = await cleanProject(name);
  const planted = await plant(project);
  const { findings, blocking } = await audit(project.projectId);
  expect(findings.map((finding) => finding.rule)).toEqual([rule]);
  expect(blocking).toBe(1);
  expect(new Set(findings[0]?.items.map(({ imageId }) => imageId))).toEqual(new Set(planted));
  const freeze = (waivers: Parameters<typeof freezeDataset>[2]["waivers"]) =>
    freezeDataset(store, person, { projectId: project.projectId, name: "clean", query: "", waivers });
  await expect(freeze([])).rejects.toMatchObject({ code: "dataset.leak" });
  const waiver = { rule, key: findings[0]?.key ?? "", reason: "Planted by a test" };
  const version = await freeze([waiver]);
  expect(version.audit).toMatchObject({ blocking: 0, findings: [{ rule, waiver: waiver.reason }] });
  // Accepted once, it stays accepted: nothing stands in the way of the next version.
  expect((await audit(project.projectId)).blocking).toBe(0);
  return { project, version, finding: findings[0] };
}

test("a clean set has no findings, and may be trained on", async () => {
  const { version } = await cleanProject("clean");
  expect(version.audit).toMatchObject({ findings: [], counts: {}, blocking: 0, notes: [] });
  expect((await assertTrainable(store, version)).findings).toEqual([]);
});

describe("planted leaks are found, block, and can only be accepted with a reason", () => {
  test("the same pixels, turned by a quarter and mirrored", () =>
    expectFound("turned", "samePixels", async ({ projectId, train, test }) => {
      const one = cells("turned original");
      const turned = derived(side, side, (y, x) => valueAt(one, x, y));
      return [
        await add(projectId, { image: one, group: train }),
        await add(projectId, { image: turned, group: test }),
      ];
    }).then(() => undefined));

  test("the same pixels as one channel of another image, in a wider type", () =>
    expectFound("channel", "samePixels", async ({ projectId, train, validation }) => {
      const [one, other] = [cells("channel a"), cells("channel b")];
      const both = Uint16Array.from([...one.data, ...other.data]);
      const stack = imageArray("uint16", "cyx", [2, side, side], both);
      const first = await add(projectId, { image: one, group: train });
      const { imageId } = await insertImage(store, person, {
        projectId,
        name: "two channels",
        image: stack,
        labels: (() => {
          const labels = labelImage(side, side);
          labels.data[0] = 1;
          return labels;
        })(),
        group: validation,
        source: { title: "made", licence: "CC0-1.0" },
      });
      return [first, imageId];
    }).then(() => undefined));

  test("a look-alike: brighter, noisier, mirrored, of another size", async () => {
    const { finding } = await expectFound(
      "look-alike",
      "nearDuplicate",
      async ({ projectId, train, test }) => {
        const one = cells("look-alike original");
        const larger = resamplePlane(channelPlane(one), side + 20, side + 20);
        let state = 1;
        const again = derived(side + 20, side + 20, (y, x) => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          const value = larger.data[y * (side + 20) + side + 19 - x] as number;
          return Math.min(255, 10 + Math.round(value * 0.9) + (state >>> 29));
        });
        return [
          await add(projectId, { image: one, group: train }),
          await add(projectId, { image: again, group: test }),
        ];
      },
    );
    expect(finding?.evidence["correlation"]).toBeGreaterThan(0.98);
  });

  test("overlapping tiles of one field, and a crop inside another image", async () => {
    for (const [height, width, y0, x0] of [
      [side, side, 50, 70],
      [96, 96, 40, 30],
    ] as const) {
      const { finding } = await expectFound(
        `region ${height}`,
        "sharedRegion",
        async ({ projectId, train, test }) => {
          const { image } = makeSyntheticCells({ height: 240, width: 240, seed: `field ${height}` });
          const field = imageArray("uint8", "yx", [240, 240], Uint8Array.from(image.data));
          const tile = (h: number, w: number, y: number, x: number) =>
            derived(h, w, (v, u) => valueAt(field, y + v, x + u));
          return [
            await add(projectId, { image: tile(side, side, 0, 0), group: train }),
            await add(projectId, { image: tile(height, width, y0, x0), group: test }),
          ];
        },
      );
      expect(finding?.evidence).toMatchObject({
        height: Math.min(side - y0, height),
        width: Math.min(side - x0, width),
        equal: 1,
        [height === side ? "offsetY" : "height"]: height === side ? expect.any(Number) : 96,
      });
    }
  });

  test("consecutive frames of one movie, by name and by metadata", async () => {
    await expectFound("frames by name", "sameMovie", async ({ projectId, train, test }) => [
      await add(projectId, { image: cells("frame 1"), group: train, name: "embryo_t007.tif" }),
      await add(projectId, { image: cells("frame 2"), group: test, name: "embryo_t008.tif" }),
    ]);
    const { finding } = await expectFound(
      "frames by metadata",
      "sameMovie",
      async ({ projectId, train, test }) => [
        await add(projectId, {
          image: cells("frame 3"),
          group: train,
          name: "a",
          metadata: { movie: "m", frame: "3" },
        }),
        await add(projectId, {
          image: cells("frame 4"),
          group: test,
          name: "b",
          metadata: { movie: "m", frame: "5" },
        }),
      ],
    );
    expect(finding?.evidence).toMatchObject({ apart: 2 });
  });

  test("an unknown group in test; in training it is only a warning", async () => {
    const { projectId } = await createProject(store, person, "unknown").then(({ id }) => ({ projectId: id }));
    for (let i = 0; i < 6; i++) await add(projectId, { image: cells(`unknown ${i}`), name: `dish ${i}` });
    const { findings, blocking } = await audit(projectId);
    expect(findings.map(({ rule, key, severity }) => [rule, key, severity]).sort()).toEqual([
      ["unknownGroup", "test 1", "error"],
      ["unknownGroup", "train 4", "warning"],
      ["unknownGroup", "validation 1", "warning"],
    ]);
    expect(blocking).toBe(1);
  });

  test("beside known groups, unknown ones train, and nothing stands in the way", async () => {
    const { id: projectId } = await createProject(store, person, "some unknown");
    for (let i = 0; i < 6; i++)
      await add(projectId, { image: cells(`nobody knows ${i}`), name: `dish ${i}` });
    for (let i = 0; i < 3; i++) await add(projectId, { image: cells(`known ${i}`), group: `slide ${i}` });
    const { findings, blocking } = await audit(projectId);
    expect(findings.map(({ rule, key, severity }) => [rule, key, severity])).toEqual([
      ["unknownGroup", "train 6", "warning"],
    ]);
    expect(blocking).toBe(0);
  });

  test("test images that the model to start from was trained on", async () => {
    const { version, test: group, projectId } = await cleanProject("base");
    const model = await importModelVersion(store, person, {
      name: "public-model",
      version: "1.0.0",
      weights: Uint8Array.of(1),
      onnx: Uint8Array.of(2),
      architecture: "none",
      contract: {},
      card: {},
      licence: "CC0-1.0",
      stage: "released",
      projectId: null,
    });
    expect((await auditDatasetVersion(store, version, { baseModelVersionId: model.id })).blocking).toBe(0);
    const [index] = [...group.matchAll(/\d+/g)].map(([digits]) => digits);
    // A turned copy is what the model saw.
    const seen = cells(`base ${index} 0`);
    const turned = derived(side, side, (y, x) => valueAt(seen, side - 1 - y, x));
    const prints = planePrints(turned).map(({ dihedral }) => dihedral?.toString("hex") ?? "");
    await insertModelPrints(store, model.id, prints);
    const found = await auditDatasetVersion(store, version, { baseModelVersionId: model.id });
    expect(found).toMatchObject({
      blocking: 1,
      findings: [{ rule: "baseModelOverlap", count: 1, items: [{ name: `field ${index}-0`, role: "test" }] }],
    });
    await expect(assertTrainable(store, version, { baseModelVersionId: model.id })).rejects.toMatchObject({
      code: "dataset.leak",
    });
    const waivers = [{ rule: "baseModelOverlap" as const, key: null, reason: "Only to see the upper bound" }];
    await assertTrainable(store, version, { baseModelVersionId: model.id, waivers });
    expect(projectId).not.toBe("");
  });
});

test("copies within one role are no leak", async () => {
  const { projectId, train } = await cleanProject("same role");
  const one = cells("same role");
  await add(projectId, { image: one, group: train });
  await add(projectId, { image: derived(side, side, (y, x) => valueAt(one, x, y)), group: train });
  expect((await audit(projectId)).findings).toEqual([]);
});
