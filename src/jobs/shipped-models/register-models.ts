/** Registers the models that ship with the program, at every start: a newer program brings newer models. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { type Log, sha256 } from "#platform/index.ts";
import {
  type Agent,
  importModelVersion,
  insertModelPrints,
  type ModelVersion,
  type Store,
} from "#store/index.ts";
import { EXPORT_FILES, parseModelCard, parsePrints } from "./model-files.ts";

export interface ShippedModel {
  readonly folder: string;
  readonly version: ModelVersion;
}

/**
 * Registers every `<modelsDir>/<name>/<version>/` with a card; known ones are left as they are.
 *
 * A damaged folder is logged and skipped, because it must not keep the program from starting.
 * @returns those registered or known, by folder name.
 */
export async function registerShippedModels(
  store: Store,
  actor: Agent,
  modelsDir: string,
  log: Log,
): Promise<ShippedModel[]> {
  const found: ShippedModel[] = [];
  for (const name of await foldersIn(modelsDir)) {
    for (const version of await foldersIn(join(modelsDir, name))) {
      const folder = `${name}/${version}`;
      try {
        const registered = await registerModel(store, actor, join(modelsDir, name, version), folder);
        if (registered !== null) found.push({ folder, version: registered });
      } catch (error) {
        log.write("warn", "a shipped model was left out", {
          folder,
          reason: error instanceof FoundryError ? error.message : String(error),
        });
      }
    }
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function registerModel(
  store: Store,
  actor: Agent,
  path: string,
  folder: string,
): Promise<ModelVersion | null> {
  const text = await readFile(join(path, EXPORT_FILES.card), "utf8").catch(() => null);
  if (text === null) return null;
  const card = parseModelCard(text, `${folder}/${EXPORT_FILES.card}`);
  const onnx = new Uint8Array(await readFile(join(path, EXPORT_FILES.onnx)));
  const weights = new Uint8Array(await readFile(join(path, EXPORT_FILES.weights)));
  if (sha256(onnx) !== card.files.onnx || sha256(weights) !== card.files.weights) {
    throw new FoundryError("model.invalid", {
      message: `The files of ${folder} do not match the digests on the card.`,
      hint: "Get the folder again.",
    });
  }
  const { name, version, licence, architecture, contract } = card;
  const prints = await readFile(join(path, EXPORT_FILES.prints), "utf8").catch(() => "");
  const known = parsePrints(prints, `${folder}/${EXPORT_FILES.prints}`);
  const registered = await importModelVersion(store, actor, {
    name,
    version,
    licence,
    architecture,
    contract,
    weights,
    onnx,
    card: card.card,
    stage: "released",
    projectId: null,
  });
  if (known.length > 0) await insertModelPrints(store, registered.id, known);
  return registered;
}
