/** `predict`: image files become label TIFFs that carry the model version. */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorToWire, type WireError } from "#core/errors.ts";
import type { ModelVersion } from "#store/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredOption, usageError } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { type OpenedStore, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

interface FileState {
  readonly file: string;
  readonly state: "done" | "failed";
  readonly cells: number | null;
  readonly out: string | null;
  readonly error: WireError | null;
}

export const predictCommand: Command = {
  usage: "predict --model NAME@V PATH... --out FOLDER",
  about:
    "Segments image files (PNG, TIFF; folders are searched) with a model version. Each gives NAME_labels.tif, whose " +
    "description names the model version and its digest. A file that fails does not stop the others; then the exit code is 1.",
  examples: ["cellfoundry predict --model nuclei@1.0.0 plate/*.tif --out labels"],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    out: { type: "string", value: "FOLDER", help: "Where the label TIFFs are written; made when missing" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const reference = requiredOption(input, "model", predictCommand);
  const out = requiredOption(input, "out", predictCommand);
  if (input.positionals.length === 0) throw usageError("PATH is missing.", predictCommand);
  return withStore(input, async (opened) => {
    const version = await chosenModel(opened, reference);
    const files = await listFiles(input.positionals);
    const names = outputNames(files.map((file) => file.shown));
    const states: FileState[] = [];
    for (const [index, file] of files.entries()) {
      if (input.signal.aborted) break;
      input.out.progress(`${index + 1} of ${files.length}  ${file.shown}`);
      states.push(await predictFile(opened, input, version, file, join(out, names[index] ?? "")));
    }
    const failed = states.filter((state) => state.state === "failed").length;
    input.out.result(
      { model: `${version.name}@${version.version}`, digest: version.onnxDigest, files: states },
      () => report(states, failed),
    );
    return failed === 0 && states.length === files.length ? 0 : 1;
  });
}

interface InputFile {
  readonly shown: string;
  readonly read: () => Promise<Uint8Array>;
}

/** Files as given; of a folder, every PNG and TIFF below it. A path that cannot be opened is a file that will fail. */
async function listFiles(paths: readonly string[]): Promise<InputFile[]> {
  const { openFolderSource } = await import("#jobs/index.ts");
  const files: InputFile[] = [];
  for (const path of paths) {
    try {
      const source = await openFolderSource(path);
      const single = source.entries.length === 1 && source.entries[0]?.path === basename(path);
      for (const entry of source.entries) {
        if (!single && !/\.(png|tiff?)$/i.test(entry.path)) continue;
        files.push({ shown: single ? path : join(path, entry.path), read: () => source.read(entry.path) });
      }
    } catch (error) {
      files.push({ shown: path, read: () => Promise.reject(error) });
    }
  }
  return files;
}

/** `<stem>_labels.tif`, with a number where two files have one stem, so that no result overwrites another. */
export function outputNames(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return paths.map((path) => {
    const stem = basename(path).replace(/\.(ome\.tiff?|tiff?|png)$/i, "");
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    return count === 1 ? `${stem}_labels.tif` : `${stem}-${count}_labels.tif`;
  });
}

async function predictFile(
  opened: OpenedStore,
  input: CommandInput,
  version: ModelVersion,
  file: InputFile,
  target: string,
): Promise<FileState> {
  const { readPrediction } = await import("#store/index.ts");
  const { writeLabelTiff } = await import("#formats/index.ts");
  try {
    const name = basename(file.shown);
    const inputDigest = await opened.store.blobs.put(await file.read());
    const job = await followJob(opened, input, {
      kind: "predict",
      projectId: null,
      title: `Predict ${name} with ${version.name}@${version.version}`,
      params: { inputDigest, name, modelVersionId: version.id },
    });
    const { labels, prediction } = await readPrediction(opened.store, job.id);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, writeLabelTiff(labels, { description: descriptionOf(version, name) }));
    return { file: file.shown, state: "done", cells: prediction.cellCount, out: target, error: null };
  } catch (error) {
    return { file: file.shown, state: "failed", cells: null, out: null, error: errorToWire(error) };
  }
}

/** What made the labels, inside the file itself: names for people, digests for machines. */
function descriptionOf(version: ModelVersion, name: string): Record<string, string> {
  return {
    software: `cellfoundry model ${version.name}@${version.version} digest ${version.onnxDigest}`,
    model: `${version.name}@${version.version}`,
    modelDigest: version.onnxDigest,
    weightsDigest: version.weightsDigest,
    ...(version.dataset === null
      ? {}
      : {
          dataset: `${version.dataset.name}@${version.dataset.version}`,
          datasetDigest: version.dataset.digest,
        }),
    image: name,
  };
}

function report(states: readonly FileState[], failed: number): string {
  return [
    table(
      ["file", "state", "cells", "labels or reason"],
      states.map((one) => [
        one.file,
        one.state,
        one.cells,
        one.out ?? [one.error?.message, one.error?.hint].filter((part) => part !== undefined).join(" "),
      ]),
    ),
    "",
    failed === 0 ? counted(states.length, "image") : `${failed} of ${counted(states.length, "file")} failed`,
  ].join("\n");
}
