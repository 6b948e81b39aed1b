/** `sheet check`, `sheet template`: metadata sheets before they are imported. */

import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { metadataPreset, metadataPresets } from "#core/ontology/index.ts";
import { type Command, type CommandInput, requiredPositional, textOption, usageError } from "../command.ts";
import { counted, table } from "../output.ts";
import { chosenVocabulary } from "../vocabulary.ts";

/** As the import: a larger sheet is a database. */
const sheetBytesMax = 64 * 1024 * 1024;

const presetNames = metadataPresets.map((preset) => preset.name).join(" or ");

/** Problems that a terminal shows; `--json` has them all. */
const shownProblems = 200;

export const sheetCheckCommand: Command = {
  usage: "sheet check FILE [--preset NAME]",
  about:
    "Checks a metadata sheet (CSV, TSV or YAML): each problem with row, column, value and the nearest valid term. " +
    "Ends with 1 when there are errors; warnings alone end with 0.",
  examples: ["cellfoundry sheet check metadata.csv --preset live-cell"],
  options: { preset: { type: "string", value: "NAME", help: `Fields that must be there: ${presetNames}` } },
  run: checkSheet,
};

async function checkSheet(input: CommandInput): Promise<number> {
  const path = requiredPositional(input, 0, "FILE", sheetCheckCommand);
  const preset = textOption(input, "preset");
  if (preset !== undefined && metadataPreset(preset) === undefined) {
    throw usageError(`There is no preset "${preset}"; there are ${presetNames}.`, sheetCheckCommand);
  }
  const text = await readSheetFile(path);
  const { parseSheet, validateSheet } = await import("#formats/index.ts");
  const sheet = parseSheet(text, { name: basename(path) });
  const { vocabulary, fromDataFolder } = await chosenVocabulary(input);
  const { problems, errors, warnings } = validateSheet(
    sheet,
    vocabulary,
    preset === undefined ? {} : { preset },
  );
  if (!fromDataFolder) input.out.note("Checked with the shipped terms; there is no data folder.");
  for (const note of sheet.notes) input.out.note(note);
  const counts = `${counted(sheet.rows.length, "image")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}.`;
  input.out.result(
    { images: sheet.rows.length, errors, warnings, problems: problems.map(shortProblem) },
    () =>
      problems.length === 0
        ? counts
        : [
            table(
              ["row", "column", "severity", "problem"],
              problems
                .slice(0, shownProblems)
                .map(({ row, column, severity, message, more }) => [
                  row,
                  column,
                  severity,
                  message + (more === 0 ? "" : ` (and ${counted(more, "more row")})`),
                ]),
            ),
            ...(problems.length > shownProblems ? [`and ${problems.length - shownProblems} more`] : []),
            "",
            counts,
          ].join("\n"),
  );
  return errors > 0 ? 1 : 0;
}

/** Terms to choose from as CURIEs with labels; whole terms would drown the list. */
function shortProblem<P extends { readonly candidates?: readonly { curie: string; label: string }[] }>(
  problem: P,
) {
  const { candidates, ...rest } = problem;
  return candidates === undefined
    ? rest
    : { ...rest, candidates: candidates.map(({ curie, label }) => ({ curie, label })) };
}

async function readSheetFile(path: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile() || facts.size > sheetBytesMax) {
    throw new FoundryError("format.sheet", {
      message: `There is no metadata sheet at "${path}".`,
      hint: `Give a CSV, TSV or YAML file of at most ${sheetBytesMax / 1024 / 1024} MiB.`,
    });
  }
  return readFile(path, "utf8");
}

export const sheetTemplateCommand: Command = {
  usage: "sheet template --preset NAME [--format yaml]",
  about: "Prints an empty metadata sheet of a preset, to be filled in and checked.",
  examples: ["cellfoundry sheet template --preset live-cell > sheet.yaml"],
  options: {
    preset: { type: "string", value: "NAME", help: presetNames },
    format: { type: "string", value: "yaml", help: "yaml (with help for each field) or csv; default yaml" },
  },
  async run(input) {
    const name = textOption(input, "preset");
    const preset = metadataPreset(name ?? "");
    if (preset === undefined) {
      const said = name === undefined ? "--preset is missing" : `There is no preset "${name}"`;
      throw usageError(`${said}; there are ${presetNames}.`, sheetTemplateCommand);
    }
    const format = textOption(input, "format") ?? "yaml";
    if (format !== "yaml" && format !== "csv")
      throw usageError(`--format is "${format}".`, sheetTemplateCommand);
    const { sheetTemplate } = await import("#formats/index.ts");
    const text = sheetTemplate(preset, format);
    input.out.result({ preset: preset.name, format, text }, () => text.trimEnd());
    return undefined;
  },
};
