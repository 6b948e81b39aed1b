/**
 * A learned linker by name, or the one that ships with the program.
 *
 * A linker is a model version like any other: files under digests, a card that says how it was trained, a contract whose
 * kind is "linking". What was trained on is on the card; what its columns mean is in the model file itself, and both are
 * compared with this program before a movie is linked. The shipped one is read from its folder, so that a movie whose
 * masks are given needs no database.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import { packageRoot, sha256 } from "#platform/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import { processEngine } from "../segmentation-models.ts";
import { EXPORT_FILES, parseModelCard } from "../shipped-models/model-files.ts";
import type { MovieScorer } from "./link-windows.ts";

/** Name of the linker that ships. */
export const shippedLinkerName = "cell-linker";

/** As recorded with results. */
export interface LinkerName {
  readonly name: string;
  readonly digest: string;
}

export interface OpenLinker extends MovieScorer, LinkerName {
  release(): Promise<void>;
}

/** @throws FoundryError `model.invalid` for a version that is no linker or of other features; `blob.corrupt`, `blob.missing`. */
export async function openStoredLinker(
  store: { readonly blobs: Pick<Store["blobs"], "get"> },
  version: Pick<ModelVersion, "name" | "version" | "contract" | "onnxDigest">,
): Promise<OpenLinker> {
  const { contract, onnxDigest } = version;
  const name = `${version.name}@${version.version}`;
  assertLinking(name, contract);
  return openLinker({ name, digest: onnxDigest, contract }, await store.blobs.get(onnxDigest));
}

/**
 * The newest version in the folder of models that ships; `null` when none ships.
 *
 * @throws FoundryError `model.invalid` for a damaged folder.
 */
export async function openShippedLinker(
  modelsDir: string = join(packageRoot, "models"),
): Promise<OpenLinker | null> {
  const folder = join(modelsDir, shippedLinkerName);
  const versions = (await readdir(folder).catch(() => []))
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const newest = versions.at(-1);
  if (newest === undefined) return null;
  const where = `${shippedLinkerName}/${newest}`;
  const card = parseModelCard(
    await readFile(join(folder, newest, EXPORT_FILES.card), "utf8"),
    `${where}/${EXPORT_FILES.card}`,
  );
  const bytes = new Uint8Array(await readFile(join(folder, newest, EXPORT_FILES.onnx)));
  if (sha256(bytes) !== card.files.onnx)
    throw new FoundryError("model.invalid", {
      message: `The files of ${where} do not match the digests on the card.`,
      hint: "Get the folder again.",
    });
  const name = `${card.name}@${card.version}`;
  assertLinking(name, card.contract);
  return openLinker({ name, digest: card.files.onnx, contract: card.contract }, bytes);
}

/** @throws FoundryError `model.invalid` for a contract of another kind. */
export function assertLinking(name: string, contract: Readonly<Record<string, unknown>>): void {
  if (contract["kind"] === "linking") return;
  throw new FoundryError("model.invalid", {
    message: `${name} finds cells in images; it does not link them.`,
    hint: "Give a linker, or leave --linker out.",
  });
}

interface NamedContract extends LinkerName {
  readonly contract: Readonly<Record<string, unknown>>;
}

async function openLinker({ name, digest, contract }: NamedContract, bytes: Uint8Array): Promise<OpenLinker> {
  const { describeLinkingModel, openLinkingModel } = await import("#nn/linking/index.ts");
  if (canonicalJson(describeLinkingModel(bytes)) !== canonicalJson(contract))
    throw new FoundryError("model.invalid", {
      message: `The file of ${name} is another linker than its contract says.`,
      hint: "Import the model again.",
    });
  const scorer = await openLinkingModel(await processEngine(), bytes);
  return { ...scorer, name, digest };
}
