/** `check labels`: checks one label image; needs no data folder. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type CheckFinding, checkObjects, checkRules } from "#core/checks/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { counted, table } from "../output.ts";

export const checkLabelsCommand: Command = {
  usage: "check labels FILE.tif",
  about:
    "Checks the cells of a label image: holes, pieces, specks, sizes, numbers left out. Ends with code 1 when there are errors.",
  examples: ["cellfoundry check labels labels.tif", "cellfoundry check labels labels.png --json"],
  options: {},
  run,
};

/** Findings printed for people; --json has all. */
const shownMax = 40;

async function run(input: CommandInput): Promise<number> {
  const path = requiredPositional(input, 0, "FILE.tif", checkLabelsCommand);
  const { readLabels } = await import("#formats/index.ts");
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FoundryError("import.empty", {
      message: `"${path}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
  const labels = await readLabels(new Uint8Array(bytes), { name: basename(path) });
  const shapes = objectShapesFromLabels(labels);
  const objects = [...shapes].map(([label, shape]) => ({ uid: String(label), shape }));
  const findings = [...checkObjects(objects, labels), ...labelGaps(shapes)].map((finding) => ({
    ...finding,
    severity: checkRules[finding.rule].severity,
    box: shapes.get(Number(finding.uids[0]))?.bbox ?? null,
  }));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  input.out.result({ objects: objects.length, errors, findings }, () => textOf(objects.length, findings));
  return errors > 0 ? 1 : 0;
}

/** Numbers between the smallest and the largest label that no object has. */
function labelGaps(shapes: ReadonlyMap<number, ObjectShape>): CheckFinding[] {
  if (shapes.size === 0) return [];
  let [low, high] = [Infinity, 0];
  for (const label of shapes.keys()) {
    low = Math.min(low, label);
    high = Math.max(high, label);
  }
  const missing = high - low + 1 - shapes.size;
  const detail = `${counted(missing, "number")} from ${low} to ${high} not used`;
  return missing === 0 ? [] : [{ rule: "labelGap", uids: [], value: missing, detail }];
}

interface Shown extends CheckFinding {
  readonly severity: string;
  readonly box: readonly number[] | null;
}

const severities = ["error", "warning", "info"];

function textOf(count: number, findings: readonly Shown[]): string {
  const ordered = findings.toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
  const lines = ordered
    .slice(0, shownMax)
    .map(({ rule, severity, uids, box, detail }) => [
      severity,
      checkRules[rule].title,
      uids.join(", "),
      box === null ? "" : `x ${box[1]}, y ${box[0]}`,
      detail,
    ]);
  return [
    `${counted(count, "cell")}, ${counted(findings.length, "finding")}.`,
    ...(lines.length === 0 ? [] : ["", table(["", "what", "label", "place", "particulars"], lines)]),
    ...(ordered.length > shownMax ? [`… and ${ordered.length - shownMax} more`] : []),
  ].join("\n");
}
