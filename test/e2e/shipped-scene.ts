/** Made-up cells in a project that has the shipped models, for tests in which a model works on the page. */

import { join } from "node:path";
import { registerShippedModels } from "#jobs/shipped-models/register-models.ts";
import { type Agent, createProject, type Store } from "#store/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { root } from "../../scripts/find-node.mjs";

export const [sceneHeight, sceneWidth] = [160, 200];
export const scene = makeSyntheticCells({
  height: sceneHeight,
  width: sceneWidth,
  seed: "learning on the page",
});

/** A model answers late on a machine that does other things. */
export const late = { timeout: 180_000 };

/** @returns the id of the project. */
export async function projectWithModels(store: Store, owner: Agent, name: string): Promise<string> {
  await registerShippedModels(store, owner, join(root, "models"), { write: () => undefined });
  return (await createProject(store, owner, name)).id;
}
