/** `import`: a folder, a file or a zip becomes images with labels, metadata and groups. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { importFormats } from "#formats/index.ts";
import type { IngestParams } from "#jobs/index.ts";
import type { Job } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { dryRunText } from "../dry-run-text.ts";
import { followJob, noteFailures } from "../follow-job.ts";
import { chosenOrNewProject, chosenProject, withStore } from "../open.ts";
import { counted } from "../output.ts";

/** Name of the project made for a first import without `--project`. */
const FIRST_PROJECT = "My images";

export const importCommand: Command = {
  usage:
    "import PATH [--dry-run] [--format NAME] [--axes AXES] [--mpp N] [--metadata SHEET] [--project NAME]",
  about:
    "Imports images with their labels. PATH is a folder, an image, a zip, or the web address of an OME-Zarr. A sheet (one row per image) gives " +
    "metadata and the column `group`: images of one group stay on one side of every split. What files leave open is " +
    "asked, not guessed: --dry-run lists the questions. Files that cannot be used are reported with the reason, the " +
    "others are imported; then the exit code is 1.",
  examples: [
    "cellfoundry import ./plate-7 --metadata plate-7.csv --project plates",
    "cellfoundry import ./plate-7.zip --dry-run",
    "cellfoundry import https://example.org/plate.ome.zarr --mpp 0.5",
    "cellfoundry import ./movies --axes tyx --mpp 0.65 --copy-metadata cellLine=HeLa",
  ],
  options: {
    format: { type: "string", value: "NAME", help: `${importFormats.join(", ")}; default auto` },
    axes: {
      type: "string",
      value: "AXES",
      help: "What pages of a TIFF are when it does not say: tyx, zyx or cyx",
    },
    mpp: {
      type: "string",
      value: "N",
      help: "Micrometres per pixel for images that do not tell, or unknown",
    },
    channels: {
      type: "string",
      value: "LIST",
      help: "Names or roles of channels: nuclear,membrane or DAPI=nuclear,CD45=membrane",
    },
    compartment: {
      type: "string",
      value: "NAME",
      help: "What labels outline when the layout does not say: nuclear, wholeCell, cytoplasm",
    },
    overlaps: {
      type: "string",
      value: "keep",
      help: "keep: cells that overlap in COCO, GeoJSON or ImageJ regions stay whole, in layers that allow it",
    },
    metadata: {
      type: "string",
      value: "SHEET",
      help: "Sheet to join by file name; default one found in PATH",
    },
    "copy-metadata": {
      type: "string",
      value: "FIELD=VALUE",
      help: "Metadata for every image that does not have it; may be repeated",
      multiple: true,
    },
    licence: {
      type: "string",
      value: "TEXT",
      help: "Licence of the images, such as CC0-1.0; default as the data set states it, else unknown",
    },
    group: { type: "string", value: "NAME", help: "Group of images for which nothing names one" },
    "dry-run": { type: "boolean", help: "Say what would be imported and what is open, store nothing" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const path = requiredPositional(input, 0, "PATH", importCommand);
  if (input.positionals.length > 1) throw usageError("import takes one PATH.", importCommand);
  if (!/^https?:\/\//i.test(path)) return importPath(input, path);
  const folder = await mkdtemp(join(tmpdir(), "cellfoundry-web-"));
  try {
    return await importPath(input, await fetched(input, path, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The hierarchy of a web address, copied into `folder`. Whoever types a command may read any network they are in. */
async function fetched(input: CommandInput, address: string, folder: string): Promise<string> {
  const { fetchOmeZarr } = await import("#jobs/index.ts");
  const path = await fetchOmeZarr(address, folder, {
    allowPrivate: true,
    signal: input.signal,
    onProgress: (done, images, bytes) =>
      input.out.progress(
        `Fetched ${done} of ${counted(images, "image")}, ${Math.round(bytes / 2 ** 20)} MiB`,
      ),
  });
  input.out.endProgress();
  return path;
}

async function importPath(input: CommandInput, path: string): Promise<number> {
  const params = readParams(input, path);
  if (flagOption(input, "dry-run")) return dryRun(input, params);
  return withStore(input, async (opened) => {
    const project = await chosenOrNewProject(opened, input, FIRST_PROJECT);
    const title = `Import ${params.rootPath?.split("/").at(-1) ?? path}`;
    const job = await followJob(opened, input, { kind: "ingest", projectId: project.id, title, params });
    noteFailures(input.out, job.items);
    input.out.result({ project: project.name, ...job.result, items: job.items, jobId: job.id }, () =>
      importText(project.name, job),
    );
    return job.items.some((item) => item.state === "failed") ? 1 : 0;
  });
}

function readParams(input: CommandInput, path: string): IngestParams {
  const sheet = textOption(input, "metadata");
  const named = (...names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const text = textOption(input, name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
  const metadata = copiedMetadata(input);
  return {
    rootPath: resolve(path),
    ...(sheet === undefined ? {} : { sheet: resolve(sheet) }),
    ...named("format", "licence"),
    defaults: { ...named("group"), ...(Object.keys(metadata).length === 0 ? {} : { metadata }) },
    answers: named("axes", "mpp", "channels", "compartment", "overlaps"),
  };
}

function copiedMetadata(input: CommandInput): Record<string, string> {
  const given = input.options.get("copy-metadata");
  const pairs = Array.isArray(given) ? given.map(String) : [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw usageError(`--copy-metadata takes FIELD=VALUE, not "${pair}".`, importCommand);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** Looks into a project for duplicates only when one is named. */
async function dryRun(input: CommandInput, params: IngestParams): Promise<number> {
  const { dryRunImport } = await import("#jobs/index.ts");
  const project = textOption(input, "project");
  const report =
    project === undefined
      ? await dryRunImport(params)
      : await withStore(input, async (opened) => {
          const { id } = await chosenProject(opened, input);
          return dryRunImport(params, { store: opened.store, projectId: id });
        });
  input.out.result(report, () => dryRunText(report));
  return report.failureCount === 0 ? 0 : 1;
}

function importText(project: string, job: Job): string {
  const result = job.result ?? {};
  const count = (field: string): number => Number(result[field] ?? 0);
  const warnings = Array.isArray(result["warnings"]) ? result["warnings"].map(String) : [];
  return [
    `Imported ${counted(count("imported"), "image")} into "${project}" (format ${String(result["format"])}, ` +
      `${count("withLabels")} with labels, ${counted(count("groups"), "group")}).`,
    ...(count("skipped") > 0 ? [`Already there: ${counted(count("skipped"), "image")}.`] : []),
    ...(count("failed") > 0 ? [`Failed: ${counted(count("failed"), "file")}; see above.`] : []),
    ...(count("ignoredCount") > 0 ? [`Left aside: ${counted(count("ignoredCount"), "other file")}.`] : []),
    ...warnings.map((warning) => `Note: ${warning}`),
  ].join("\n");
}
