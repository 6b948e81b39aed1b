/** Shipped models offered to projects of different images: for each the one that was made for such images. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import {
  type Agent,
  agentOf,
  type ChannelRole,
  createProject,
  ensureOwner,
  insertImage,
  openStore,
  readImageKinds,
  type Store,
} from "#store/index.ts";
import { removeHome } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { bestFitting } from "../sample-project.ts";
import { registerShippedModels, type ShippedModel } from "../shipped-models/register-models.ts";
import { modelsForProject, releasedModels, versionFit } from "./fit-models.ts";

const home = mkdtempSync(join(tmpdir(), "cf-fit-"));
let store: Store;
let person: Agent;
let shipped: ShippedModel[];

beforeAll(async () => {
  store = await openStore({ home });
  person = agentOf(await ensureOwner(store));
  const log = { write: () => undefined } as unknown as Parameters<typeof registerShippedModels>[3];
  shipped = await registerShippedModels(store, person, join(import.meta.dirname, "../../../models"), log);
});
afterAll(async () => {
  await store.close();
  await removeHome(home);
});

const { image: cells } = makeSyntheticCells({ height: 32, width: 32, seed: 3 });

async function projectOf(name: string, roles: readonly ChannelRole[], modality?: string): Promise<string> {
  const projectId = (await createProject(store, person, name)).id;
  const pixels = new Uint16Array(roles.length * 32 * 32);
  roles.forEach((_, c) => {
    pixels.set(cells.data, c * 32 * 32);
  });
  await insertImage(store, person, {
    projectId,
    name,
    image: imageArray("uint16", "cyx", [roles.length, 32, 32], pixels),
    channels: roles.map((role, index) => ({ index, name: "", role })),
    metadata: modality === undefined ? {} : { modality },
    mpp: null,
    source: { title: "made here", licence: "CC0-1.0" },
  });
  return projectId;
}

const offered = async (projectId: string): Promise<string> =>
  bestFitting(shipped, await readImageKinds(store, projectId))?.version.name ?? "";

test("grey images of which nothing is known get the model of nuclei", async () => {
  expect(await offered(await projectOf("grey", ["other"]))).toBe("nuclei-fluorescence");
  expect(await offered(await projectOf("nuclear", ["nuclear"]))).toBe("nuclei-fluorescence");
});

test("outside a project the general model of nuclei comes first", async () => {
  const all = (await releasedModels(store)).flatMap(({ versions }) => versions);
  const best = Math.max(...all.map(({ fit }) => fit ?? -1));
  const newest = all
    .filter(({ fit }) => fit === best)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
  expect(newest?.name).toBe("nuclei-fluorescence");
  expect(all.every(({ stage }) => stage === "released")).toBe(true);
});

test("phase contrast and panels of markers get their own model", async () => {
  expect(await offered(await projectOf("told by role", ["phase"]))).toBe("cells-phase-contrast");
  expect(await offered(await projectOf("told by modality", ["other"], "phase contrast microscopy"))).toBe(
    "cells-phase-contrast",
  );
  expect(await offered(await projectOf("panel", ["nuclear", "membrane"]))).toBe("tissue-cells");
});

test("a damaged contract has no fit, and hides no other model", () => {
  const kinds = [{ channels: [{ index: 0, name: "", role: "nuclear" as const }], modality: null, count: 1 }];
  expect(versionFit({ contract: { version: 2, channels: "all" } }, kinds)).toBeNull();
  expect(versionFit({ contract: { kind: "linking" } }, kinds)).toBeNull();
  expect(versionFit({ contract: { kind: "prompt" } }, kinds)).toBeNull();
  expect(versionFit(shipped.at(-1)!.version, kinds)).not.toBeNull();
});

test("every shipped version of a segmentation model has a fit where there are images, and none where there are none", async () => {
  const fits = async (projectId: string): Promise<(number | null)[]> =>
    (await modelsForProject(store, projectId))
      .flatMap(({ versions }) => versions)
      .filter(({ contract }) => contract["kind"] === undefined)
      .map(({ fit }) => fit);
  const empty = (await createProject(store, person, "empty")).id;
  expect(new Set(await fits(empty))).toEqual(new Set([null]));
  for (const fit of await fits(await projectOf("one", ["nuclear"]))) {
    expect(fit).toBeGreaterThanOrEqual(-1);
    expect(fit).toBeLessThanOrEqual(1);
  }
});
