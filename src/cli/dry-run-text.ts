/** The report of a dry run as text: what would come in, what is known of it, what is asked. */

import type { DryRun, Spread } from "#jobs/index.ts";
import { counted, table } from "./output.ts";

/** Lines of one kind shown to people; everything is in the JSON. */
const LINES_SHOWN = 10;

const shown = <T>(list: readonly T[], line: (one: T) => string, total = list.length): string[] => [
  ...list.slice(0, LINES_SHOWN).map(line),
  ...(total > LINES_SHOWN ? [`  … and ${total - LINES_SHOWN} more`] : []),
];

const span = ({ min, median, max }: Spread): string => `${min} … ${median} … ${max}`;

export function dryRunText(report: DryRun): string {
  const fitting = report.candidates.filter(({ fits }) => fits).map(({ format }) => format);
  const considered = `${fitting.join(", ")} of ${counted(report.candidates.length, "layout")} fit`;
  return [
    `Would import ${counted(report.images, "image")} as ${report.formatTitle} (format ${report.format}), ` +
      `${report.withLabels} with labels, in ${counted(report.groups, "group")}. Nothing was stored.`,
    `Layouts: ${considered}; --format chooses.`,
    `Looked into ${counted(report.examined, "image")}:`,
    "",
    table(
      ["axes", "type", "channels", "smallest", "largest", "images"],
      report.arrays.map((kind) => [
        kind.axes,
        kind.dtype,
        String(kind.channels),
        kind.smallest.join(" x "),
        kind.largest.join(" x "),
        String(kind.images),
      ]),
    ),
    ...(report.labels.length === 0 ? [] : ["", labelTable(report)]),
    "",
    ...shown(
      report.groupList,
      ({ key, level, rule, images }) =>
        `Group "${key}" (${level ?? "named"}; ${rule}): ${counted(images, "image")}`,
      report.groups,
    ),
    `Licence: ${report.licence}`,
    ...report.pixelSizes.map(({ mpp, source, images }) =>
      mpp === null
        ? `Pixel size not known: ${counted(images, "image")}`
        : `Pixel size ${mpp} µm (${source}): ${counted(images, "image")}`,
    ),
    ...report.metadata.map(
      ({ field, values }) =>
        `${field}: ${values
          .slice(0, 5)
          .map(({ value, images }) => `${value} (${images})`)
          .join(", ")}`,
    ),
    ...report.missing.map(({ field, images }) => `Missing ${field}: ${counted(images, "image")}`),
    ...shown(report.duplicates, (names) => `Same image: ${names.slice(0, LINES_SHOWN).join(", ")}`),
    ...shown(
      report.inProject,
      ({ name, as, by }) => `In the project already (same ${by}): ${name}, as ${as}`,
      report.inProjectCount,
    ),
    ...shown(
      report.failures,
      ({ error }) => `Would fail: ${error.message} ${error.hint ?? ""}`,
      report.failureCount,
    ),
    ...shown(
      report.ignored,
      ({ path, reason }) => `Left aside: ${path}, because ${reason}`,
      report.ignoredCount,
    ),
    ...shown(report.warnings, (warning) => `Note: ${warning}`),
    ...shown(
      report.sheetProblems,
      ({ severity, text }) => `Sheet, ${severity}: ${text}.`,
      report.sheetProblemCount,
    ),
    ...report.questions.flatMap(questionText),
  ].join("\n");
}

function labelTable(report: DryRun): string {
  return table(
    ["labels", "images", "objects", "per image (min, median, max)", "pixels (min, median, max)", "empty"],
    report.labels.map((layer) => [
      layer.name === "" ? layer.compartment : `${layer.compartment}, ${layer.name}`,
      String(layer.images),
      String(layer.objects),
      span(layer.perImage),
      span(layer.areaPx),
      String(layer.empty),
    ]),
  );
}

function questionText(question: DryRun["questions"][number]): string[] {
  const choices = question.choices.map(({ value, label }) => `${value} (${label.toLowerCase()})`);
  const ways = [...choices, ...(question.free === null ? [] : [question.free])].join("; ");
  const without = question.required
    ? "The import needs an answer."
    : `Without an answer ${question.fallback}.`;
  return [
    "",
    `Question (${counted(question.count, "image")}): ${question.text}`,
    `  --${question.id} ${ways}. ${without}`,
  ];
}
