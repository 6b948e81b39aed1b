/** Terms of images on their way into a training: frozen with a version, decisive for augmentation, not changed afterwards. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { defaultSegmentationConfig, withAugmentPlans } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  chooseTerm,
  createProject,
  type DatasetVersionDetail,
  doctor,
  ensureOwner,
  freezeDataset,
  insertImage,
  listDatasetItems,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { imageAugmentSamples } from "../augment-preview.ts";
import { openSources } from "./training-inputs.ts";

let temporary: TemporaryStore;
let actor: Agent;
let projectId = "";
const ids: string[] = [];

/** Words that say nothing to who does not know the terms. */
const described: readonly Readonly<Record<string, string>>[] = [
  { platform: "Orion" },
  { platform: "Hyperion", modality: "multiplexed IF" },
  { modality: "PhC" },
  { modality: "brightfield", stain: "H&E" },
  { modality: "brightfield", channel1Fluor: "Nissl" },
  { modality: "LSCM", species: "mouse" },
  { modality: "something new" },
];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, actor, "terms")).id;
  for (const [seed, metadata] of described.entries()) {
    const { image: plane, labels } = makeSyntheticCells({ height: 48, width: 48, seed });
    const { imageId } = await insertImage(temporary.store, actor, {
      projectId,
      name: `image ${seed}`,
      image: imageArray(plane.dtype, "yx", [plane.height, plane.width], plane.data),
      labels,
      metadata,
      source: { title: "made", licence: "CC0-1.0" },
      group: `group ${seed}`,
    });
    ids.push(imageId);
  }
});
afterAll(() => temporary.end());

const freeze = (): Promise<DatasetVersionDetail> =>
  freezeDataset(temporary.store, actor, {
    projectId,
    name: "terms",
    query: "",
    split: { validation: 0, test: 0 },
  });

async function familiesOf(dataset: DatasetVersionDetail): Promise<Map<string, string>> {
  const config = defaultSegmentationConfig();
  const { train } = await openSources(temporary.store, dataset, config);
  const found = new Map<string, string>();
  for (const facts of train.facts) {
    const plans = withAugmentPlans(config, null, [facts]).augment.plans;
    found.set(facts.id, Object.keys(plans).join());
  }
  return found;
}

const inOrder = (families: ReadonlyMap<string, string>): (string | undefined)[] =>
  ids.map((id) => families.get(id));

test("items hold the terms of their words, and these decide how images are varied", async () => {
  const { store } = temporary;
  const dataset = await freeze();
  const { items } = await listDatasetItems(store, dataset.id, { after: -1, limit: 10 });
  const terms = new Map(items.map((item) => [item.imageId, item.terms]));
  expect(ids.map((id) => terms.get(id))).toEqual([
    { platform: ["local:orion"] },
    { platform: ["OBI:0003096"], modality: ["OBI:0003091"] },
    { modality: ["FBbi:00000247"] },
    { modality: ["FBbi:00000243"], stain: ["local:hematoxylineosin"] },
    { modality: ["FBbi:00000243"], stain: ["FBbi:00000035"] },
    { modality: ["FBbi:00000251"], species: ["NCBITaxon:10090"] },
    {},
  ]);
  expect(inOrder(await familiesOf(dataset))).toEqual([
    "multiplexed",
    "ions",
    "phase",
    "histology",
    "histology",
    "fluorescence",
    "unknown",
  ]);
});

test("a preview of one image tells by the same terms", async () => {
  const { plan } = await imageAugmentSamples(temporary.store, ids[3] as string, {
    seed: 1,
    columns: 1,
  });
  expect(plan.title).toBe("Stained slides");
  expect(plan.reason).toContain('"bright-field microscopy" (FBbi:00000243)');
  expect(plan.reason).toContain('the stain "hematoxylin and eosin"');
});

test("what a word comes to mean later changes the next version, not the frozen one", async () => {
  const { store } = temporary;
  const before = await freeze();
  await chooseTerm(store, actor, { projectId, field: "modality", word: "PhC", curie: "FBbi:00000251" });
  expect(inOrder(await familiesOf(before))[2]).toBe("phase");
  const after = await freeze();
  expect(after.digest).not.toBe(before.digest);
  expect(after.changes?.imagesRedescribed).toBe(1);
  expect(inOrder(await familiesOf(after))[2]).toBe("fluorescence");
  const { findings } = await doctor(store);
  expect(findings).toEqual([]);
});
