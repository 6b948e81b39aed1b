/** Model versions that a command names; those that ship with the program are there without a server, too. */

import { join } from "node:path";
import { isFoundryError } from "#core/errors.ts";
import type { ModelVersion } from "#store/index.ts";
import type { OpenedStore } from "./open.ts";

/** The version of `NAME@V`, the released one of `NAME`, or that of an id. @throws FoundryError `model.notFound`. */
export async function chosenModel(opened: OpenedStore, reference: string): Promise<ModelVersion> {
  const { getModelVersion } = await import("#store/index.ts");
  try {
    return await getModelVersion(opened.store, reference);
  } catch (error) {
    if (!isFoundryError(error, "model.notFound")) throw error;
    await ensureShippedModels(opened);
    return getModelVersion(opened.store, reference);
  }
}

/** Registers the models that ship with the program; those that are there stay as they are. */
export async function ensureShippedModels({ store, actor }: OpenedStore): Promise<void> {
  const { createLog, packageRoot } = await import("#platform/index.ts");
  const { registerShippedModels } = await import("#jobs/index.ts");
  await registerShippedModels(
    store,
    actor,
    join(packageRoot, "models"),
    createLog((line) => process.stderr.write(`${line}\n`)),
  );
}
