/** `predict`: image files become label TIFFs that carry the model version. */

import { basename, join, resolve } from "node:path";
import { errorToWire, type WireError } from "#core/errors.ts";
import type { PredictedFile, PredictInput, PredictSettings } from "#jobs/index.ts";
import type { Job } from "#store/index.ts";
import { type Command, type CommandInput, requiredOption, usageError } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { withStore } from "../open.ts";
import { counted, table } from "../output.ts";

interface FileState {
  readonly file: string;
  readonly state: "done" | "failed";
  readonly cells: number | null;
  /** Path of the labels of the first compartment. */
  readonly out: string | null;
  readonly error: WireError | null;
  /** Of a file that is done: size, counts by compartment, scale, warnings, notes. */
  readonly found: PredictedFile | null;
}

export const predictCommand: Command = {
  usage: "predict --model NAME@V PATH... --out FOLDER",
  about:
    "Segments image files (TIFF of any size, PNG, JPEG, WebP, BMP; folders are searched) with a model version. Each gives " +
    "NAME_labels.tif, whose description names the model version and its digest. A file that fails does not stop the " +
    "others; then the exit code is 1. Images whose pixel size nobody states are scaled by the size of their cells, and " +
    "the scale is told; --mpp or --scale decide otherwise.",
  examples: [
    "cellfoundry predict --model nuclei@1.0.0 plate/*.tif --out labels",
    "cellfoundry predict --model nuclei slide.ome.tif --mpp 0.325 --out labels",
  ],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    out: { type: "string", value: "FOLDER", help: "Where the label TIFFs are written; made when missing" },
    mpp: { type: "string", value: "UM", help: "Pixel size in µm, in place of what the files say" },
    scale: {
      type: "string",
      value: "N",
      help: 'Model pixels per image pixel (2: seen twice as large); "auto" (default) or "pixelSize": never estimated',
    },
    channels: {
      type: "string",
      value: "N,N",
      help: 'Channel of the image for each input of the model, from 0; "-" for one it lacks',
    },
    foreground: { type: "string", value: "0..1", help: "Threshold of cells in place of the model's" },
    seed: { type: "string", value: "0..1", help: "Threshold of cell centres in place of the model's" },
    "min-area": { type: "string", value: "PX", help: "Smallest object in pixels at the model's scale" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const reference = requiredOption(input, "model", predictCommand);
  const out = requiredOption(input, "out", predictCommand);
  if (input.positionals.length === 0) throw usageError("PATH is missing.", predictCommand);
  const settings = settingsOf(input);
  return withStore(input, async (opened) => {
    const { getModelVersion } = await import("#store/index.ts");
    const version = await getModelVersion(opened.store, reference);
    const paths = await listFiles(input.positionals);
    if (paths.length === 0) throw usageError("There is no image in what was given.", predictCommand);
    const names = outputNames(paths);
    const files = paths.map((path, i): PredictInput => {
      // In full: a worker started elsewhere goes on with the job when this process is killed.
      const target = resolve(join(out, names[i] ?? ""));
      return { name: basename(path), path: resolve(path), out: target };
    });
    const title =
      files.length === 1
        ? `Predict ${files[0]?.name} with ${version.name}@${version.version}`
        : `Predict ${counted(files.length, "image")} with ${version.name}@${version.version}`;
    let states: FileState[];
    try {
      const params = { files, modelVersionId: version.id, settings };
      const job = await followJob(opened, input, { kind: "predict", projectId: null, title, params });
      states = statesOf(job, paths, out);
    } catch (error) {
      if (files.length > 1 || input.signal.aborted) throw error;
      const failed = { state: "failed", cells: null, out: null, found: null } as const;
      states = [{ file: paths[0] ?? "", ...failed, error: errorToWire(error) }];
    }
    const failed = states.filter((state) => state.state === "failed").length;
    input.out.result(
      { model: `${version.name}@${version.version}`, digest: version.onnxDigest, files: states },
      () => report(states, failed),
    );
    return failed === 0 ? 0 : 1;
  });
}

/** @throws FoundryError `cli.usage` for words where numbers are expected; bounds are checked by the job. */
function settingsOf(input: CommandInput): PredictSettings {
  const number = (name: string): number | undefined => {
    const text = input.options.get(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === "" || Number.isNaN(value)) throw usageError(`--${name} takes a number.`, predictCommand);
    return value;
  };
  const scaleText = input.options.get("scale");
  const scale = scaleText === "auto" || scaleText === "pixelSize" ? scaleText : number("scale");
  const channels = input.options.get("channels");
  const thresholds = {
    foregroundThreshold: number("foreground"),
    seedThreshold: number("seed"),
    areaPxMin: number("min-area"),
  };
  const set = Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
  const mpp = number("mpp");
  return {
    ...(mpp === undefined ? {} : { mpp }),
    ...(scale === undefined ? {} : { scale }),
    ...(channels === undefined ? {} : { channels: channelList(String(channels)) }),
    ...(Object.keys(set).length === 0 ? {} : { thresholds: set }),
  };
}

function channelList(text: string): (number | null)[] {
  return text.split(",").map((part) => {
    const word = part.trim();
    if (word === "-") return null;
    if (!/^\d{1,4}$/.test(word)) throw usageError("--channels takes numbers from 0, or -.", predictCommand);
    return Number(word);
  });
}

const IMAGE_NAME = /\.(tiff?|png|jpe?g|webp|bmp)$/i;

/** Files as given; of a folder, every image below it. A path that cannot be opened is a file that will fail. */
async function listFiles(paths: readonly string[]): Promise<string[]> {
  const { openFolderSource } = await import("#jobs/index.ts");
  const files: string[] = [];
  for (const path of paths) {
    try {
      const source = await openFolderSource(path);
      const single = source.entries.length === 1 && source.entries[0]?.path === basename(path);
      if (single) files.push(path);
      else
        for (const entry of source.entries)
          if (IMAGE_NAME.test(entry.path)) files.push(join(path, entry.path));
    } catch {
      files.push(path);
    }
  }
  return files;
}

interface ResultFile extends Partial<PredictedFile> {
  readonly state: "done" | "failed";
  readonly error?: WireError;
  readonly out?: readonly string[];
}

/** What the job says of each file, beside the path as it was given. */
function statesOf(job: Job, paths: readonly string[], folder: string): FileState[] {
  const { files } = job.result as { readonly files: readonly ResultFile[] };
  return files.map(({ state, error, out, ...found }, i) => ({
    file: paths[i] ?? "",
    state,
    cells: found.cellCount ?? null,
    out: out?.[0] === undefined ? null : join(folder, basename(out[0])),
    error: error ?? null,
    found: state === "done" ? (found as PredictedFile) : null,
  }));
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
    ...remarks(states),
    "",
    failed === 0 ? counted(states.length, "image") : `${failed} of ${counted(states.length, "file")} failed`,
  ].join("\n");
}

/** Scale and warnings, each once with the files it holds for. */
function remarks(states: readonly FileState[]): string[] {
  const files = new Map<string, string[]>();
  for (const { file, found } of states) {
    if (found === null) continue;
    const lines = [scaleLine(found), ...found.warnings.map(({ message }) => message), ...found.notes];
    for (const line of lines) if (line !== null) files.set(line, [...(files.get(line) ?? []), file]);
  }
  return [...files].flatMap(([line, names]) => [
    "",
    names.length === 1 ? `${names[0]}: ${line}` : `${counted(names.length, "file")} (${names[0]} …): ${line}`,
  ]);
}

function scaleLine({ scale }: PredictedFile): string | null {
  const factor = Number(scale.factor.toPrecision(2));
  if (scale.source === "estimated") {
    const size = Math.round(scale.estimate?.cellDiameterPx ?? 0);
    const doubt = scale.estimate?.sure === false ? " The cells leave doubt; look at the result." : "";
    return `Scale ${factor} was estimated from the size of the cells (about ${size} pixels across), since no pixel size is known.${doubt} State it with --mpp, or set --scale.`;
  }
  return null;
}
