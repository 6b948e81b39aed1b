/** `model export`: a model version as files that other programs and other data folders can use. */

import { FoundryError } from "#core/errors.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  requiredOption,
  requiredPositional,
  textOption,
} from "../command.ts";
import { withStore } from "../open.ts";

const formats = ["files", "bioimageio", "onnx"] as const;

export const modelExportCommand: Command = {
  usage: "model export NAME@V --out PATH [--format files|bioimageio|onnx]",
  about:
    "Writes model.onnx, weights.bin and card.json into PATH/NAME/VERSION; with --format bioimageio a package of the " +
    "BioImage.IO model format 0.5 (PATH ending in .zip, or a folder), with --format onnx the network alone.",
  examples: [
    "cellfoundry model export nuclei@1.0.0 --out models",
    "cellfoundry model export nuclei@1.0.0 --format bioimageio --out nuclei.zip",
  ],
  options: {
    out: { type: "string", value: "PATH", help: "Folder, or the file of a package or network" },
    format: { type: "string", value: "FORMAT", help: `One of ${formats.join(", ")}; default files` },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelExportCommand);
  const out = requiredOption(input, "out", modelExportCommand);
  const format = textOption(input, "format") ?? "files";
  if (!(formats as readonly string[]).includes(format)) {
    throw new FoundryError("cli.usage", {
      message: `There is no format "${format}".`,
      hint: `Choose one of ${formats.join(", ")}.`,
    });
  }
  await withStore(input, async ({ store }) => {
    const { getModelVersion } = await import("#store/index.ts");
    const version = await getModelVersion(store, reference);
    const path = await write(store, version, format, out);
    input.out.result(
      { model: `${version.name}@${version.version}`, format, path, folder: path },
      () => `Written to ${path}`,
    );
  });
  return undefined;
}

async function write(store: Store, version: ModelVersion, format: string, out: string): Promise<string> {
  const { exportModelVersion, modelPackage } = await import("#jobs/index.ts");
  if (format === "files") return exportModelVersion(store, version, out);
  const { mkdir, writeFile } = await import("node:fs/promises");
  const { dirname, join } = await import("node:path");
  const ending = format === "onnx" ? ".onnx" : ".zip";
  const path = out.endsWith(ending)
    ? out
    : join(out, `${version.name}-${version.version}${format === "onnx" ? "" : ".bioimageio"}${ending}`);
  await mkdir(dirname(path), { recursive: true });
  const bytes =
    format === "onnx" ? await store.blobs.get(version.onnxDigest) : await modelPackage(store, version);
  await writeFile(path, bytes);
  return path;
}
