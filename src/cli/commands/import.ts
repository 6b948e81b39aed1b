/** `import`: a folder, a file or a zip becomes images with labels, metadata and groups. */

import { resolve } from "node:path";
import type { DryRun } from "#jobs/index.ts";
import type { Job } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { followJob, noteFailures } from "../follow-job.ts";
import { chosenOrNewProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

/** Name of the project made for a first import without `--project`. */
const FIRST_PROJECT = "My images";

/** Lines of one kind shown to people; everything is in the JSON. */
const LINES_SHOWN = 10;

export const importCommand: Command = {
  usage:
    "import PATH [--format NAME] [--metadata SHEET.csv] [--licence TEXT] [--group NAME] [--dry-run] [--project NAME]",
  about:
    "Imports images with their labels. PATH is a folder, an image or a zip. A sheet (CSV or TSV, one row per image) gives " +
    "metadata and the column `group`: images of one group stay on one side of every split. Files that cannot be used are " +
    "reported with the reason, the others are imported; then the exit code is 1.",
  examples: [
    "cellfoundry import ./plate-7 --metadata plate-7.csv --project plates",
    "cellfoundry import ./plate-7.zip --dry-run",
  ],
  options: {
    format: { type: "string", value: "NAME", help: "auto, dsb2018, pairs or images; default auto" },
    metadata: {
      type: "string",
      value: "SHEET.csv",
      help: "Sheet to join by file name; default one found in PATH",
    },
    licence: {
      type: "string",
      value: "TEXT",
      help: "Licence of the images, such as CC0-1.0; default unknown",
    },
    group: { type: "string", value: "NAME", help: "Group of images for which the sheet names none" },
    "dry-run": { type: "boolean", help: "Say what would be imported, store nothing" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const path = requiredPositional(input, 0, "PATH", importCommand);
  if (input.positionals.length > 1) throw usageError("import takes one PATH.", importCommand);
  const sheet = textOption(input, "metadata");
  const format = textOption(input, "format");
  const licence = textOption(input, "licence");
  const group = textOption(input, "group");
  const params = {
    rootPath: resolve(path),
    ...(sheet === undefined ? {} : { sheet: resolve(sheet) }),
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined ? {} : { licence }),
    ...(group === undefined ? {} : { defaults: { group } }),
  };
  if (flagOption(input, "dry-run")) {
    const { dryRunImport, openSource, planOptions } = await import("#jobs/index.ts");
    const report = await dryRunImport(await openSource(params), await planOptions(params));
    input.out.result(report, () => dryRunText(report));
    return report.failures.length === 0 ? 0 : 1;
  }
  return withStore(input, async (opened) => {
    const project = await chosenOrNewProject(opened, input, FIRST_PROJECT);
    const title = `Import ${params.rootPath.split("/").at(-1) ?? path}`;
    const job = await followJob(opened, input, { kind: "ingest", projectId: project.id, title, params });
    noteFailures(input.out, job.items);
    input.out.result({ project: project.name, ...job.result, items: job.items, jobId: job.id }, () =>
      importText(project.name, job),
    );
    return job.items.some((item) => item.state === "failed") ? 1 : 0;
  });
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

function dryRunText(report: DryRun): string {
  const shown = <T>(list: readonly T[], line: (one: T) => string): string[] => [
    ...list.slice(0, LINES_SHOWN).map(line),
    ...(list.length > LINES_SHOWN ? [`  … and ${list.length - LINES_SHOWN} more`] : []),
  ];
  return [
    `Would import ${counted(report.images, "image")} (format ${report.format}), ${report.withLabels} with labels, ` +
      `in ${counted(report.groups, "group")}. Nothing was stored.`,
    "",
    table(
      ["sample", "axes", "shape", "dtype"],
      report.samples.map((sample) => [sample.name, sample.axes, sample.shape.join(" x "), sample.dtype]),
    ),
    ...report.missing.map(({ field, images }) => `Missing ${field}: ${counted(images, "image")}`),
    ...shown(report.duplicates, (names) => `Same file: ${names.join(", ")}`),
    ...shown(report.failures, ({ error }) => `Would fail: ${error.message} ${error.hint ?? ""}`),
    ...shown(report.ignored, ({ path, reason }) => `Left aside: ${path}, because ${reason}`),
    ...report.warnings.map((warning) => `Note: ${warning}`),
  ].join("\n");
}
