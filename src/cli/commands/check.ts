/** `check`: looks at labels, pixels and tracks of a project; mends by rule, or accepts with a reason. */

import { type CheckRuleName, checkRuleNames, checkRules } from "#core/checks/index.ts";
import type { FindingChoice, FindingSummary, Job, MendPreview } from "#store/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, flagOption, textOption, usageError } from "../command.ts";
import { followJob, noteFailures } from "../follow-job.ts";
import { chosenProject, type OpenedStore, withStore } from "../open.ts";
import { counted, table } from "../output.ts";
import { chosenImages } from "./images-query.ts";

export const checkCommand: Command = {
  usage: "check [--where Q] [--model NAME@V] [--list RULE] [--fix RULE [--yes]] [--accept RULE --why TEXT]",
  about:
    "Checks labels, pixels and tracks. Errors keep labels out of dataset versions until they are mended or accepted with a " +
    "reason; warnings and hints only say what to look at first. Ends with code 1 while errors are open. " +
    "Undo of --fix: `cellfoundry check undo ID`.",
  examples: [
    "cellfoundry check",
    "cellfoundry check --model nuclei",
    "cellfoundry check --fix objectHole --yes",
    'cellfoundry check --accept objectHole --why "vacuoles, drawn on purpose"',
  ],
  options: {
    where: { type: "string", value: "Q", help: "Metadata query; default all images" },
    model: { type: "string", value: "NAME@V", help: "Also hold labels against what this model version sees" },
    list: { type: "string", value: "RULE", help: "List the open findings of a rule, worst first" },
    fix: {
      type: "string",
      value: "RULE",
      help: "Mend the open findings of a rule; without --yes only tells",
    },
    yes: { type: "boolean", help: "Do what --fix tells" },
    accept: { type: "string", value: "RULE", help: "Accept the open findings of a rule as they are" },
    why: { type: "string", value: "TEXT", help: "The reason for --accept" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const { text, query } = chosenImages(input);
  const [list, fix, accept] = ["list", "fix", "accept"].map((name) => ruleOption(input, name));
  if ([list, fix, accept].filter((rule) => rule !== undefined).length > 1) {
    throw usageError("Give one of --list, --fix and --accept.", checkCommand);
  }
  return withStore(input, async (opened) => {
    const { imageIdsForQuery } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const ids = text === "" ? undefined : await imageIdsForQuery(opened.store, project.id, query);
    const choice = (rule: CheckRuleName): FindingChoice => ({ projectId: project.id, rule, imageIds: ids });
    // A rule is applied to labels as they are now, also to those that nobody has checked yet.
    if ([list, fix, accept].some((rule) => rule !== undefined)) await look(opened, input, project.id, text);
    if (list !== undefined) return listRule(opened, input, choice(list));
    if (fix !== undefined) return mendRule(opened, input, choice(fix));
    if (accept !== undefined) return acceptRule(opened, input, choice(accept));
    return checkAll(opened, input, project.id, { text, ids });
  });
}

function ruleOption(input: CommandInput, name: string): CheckRuleName | undefined {
  const value = textOption(input, name);
  const rule = checkRuleNames.find((one) => one === value);
  if (value === undefined || rule !== undefined) return rule;
  throw usageError(
    `There is no rule "${value}". Rules: ${checkRuleNames.filter((one) => name !== "fix" || checkRules[one].fix !== null).join(", ")}.`,
    checkCommand,
  );
}

async function checkAll(
  opened: OpenedStore,
  input: CommandInput,
  projectId: string,
  { text, ids }: { readonly text: string; readonly ids: readonly string[] | undefined },
): Promise<number> {
  const { findingSummary } = await import("#store/index.ts");
  const job = await look(opened, input, projectId, text);
  const summary = await findingSummary(opened.store, projectId, ids);
  const errors = openOf(summary, "error");
  input.out.result({ ...job.result, ...summary, openErrors: errors, jobId: job.id }, () =>
    summaryText(summary, Number(job.result?.["images"] ?? 0), Number(job.result?.["objects"] ?? 0)),
  );
  return errors > 0 || job.items.some(({ state }) => state === "failed") ? 1 : 0;
}

/** Brings the findings up to date; labels that have not changed since the last time cost next to nothing. */
async function look(
  opened: OpenedStore,
  input: CommandInput,
  projectId: string,
  query: string,
): Promise<Job> {
  const model = textOption(input, "model");
  const version = model === undefined ? undefined : await chosenModel(opened, model);
  const job = await followJob(opened, input, {
    kind: "check",
    projectId,
    title: "Check labels and images",
    params: { query, ...(version === undefined ? {} : { modelVersionId: version.id }) },
  });
  noteFailures(input.out, job.items);
  return job;
}

function openOf({ rules }: FindingSummary, severity: string): number {
  return rules.reduce((sum, { rule, open }) => sum + (checkRules[rule].severity === severity ? open : 0), 0);
}

function summaryText(summary: FindingSummary, images: number, objects: number): string {
  const rows = summary.rules.filter(({ open, waived }) => open + waived > 0);
  const lines = [`${counted(objects, "cell")} in ${counted(images, "image")} checked.`];
  if (rows.length === 0) return [...lines, "Nothing found."].join("\n");
  lines.push(
    "",
    table(
      ["rule", "", "open", "images", "accepted", "what", "fix"],
      rows.map(({ rule, open, images: count, waived }) => {
        const { severity, title, fix } = checkRules[rule];
        return [rule, severity, open, count, waived, title, fix ?? ""];
      }),
    ),
  );
  const errors = openOf(summary, "error");
  if (errors > 0)
    lines.push("", `Errors that keep labels out of dataset versions: ${errors}. Mend them with --fix RULE.`);
  return lines.join("\n");
}

/** Findings listed for people; --json has the same. */
const listedMax = 50;

async function listRule(opened: OpenedStore, input: CommandInput, choice: FindingChoice): Promise<number> {
  const { listFindings } = await import("#store/index.ts");
  const { items, nextCursor } = await listFindings(opened.store, { ...choice, limit: listedMax });
  input.out.result({ findings: items, more: nextCursor !== null }, () =>
    items.length === 0
      ? "None open."
      : [
          table(
            ["image", "place", "what"],
            items.map(({ imageName, box, detail }) => [
              imageName,
              box === null ? "" : `x ${box[1]}, y ${box[0]}`,
              detail,
            ]),
          ),
          ...(nextCursor === null ? [] : ["… and more"]),
        ].join("\n"),
  );
  return 0;
}

async function mendRule(opened: OpenedStore, input: CommandInput, choice: FindingChoice): Promise<number> {
  const { mendFindings, previewMend } = await import("#store/index.ts");
  if (!flagOption(input, "yes")) {
    const { samples: _, ...preview } = await previewMend(opened.store, choice);
    input.out.result(preview, () => `${previewText(preview)}\nNothing was changed; do it with --yes.`);
    return 0;
  }
  const mend = await mendFindings(opened.store, opened.actor, choice);
  input.out.result(mend, () =>
    [
      `${counted(mend.findingCount, "finding")} mended in ${counted(mend.layerCount, "image")}.`,
      `Undo: cellfoundry check undo ${mend.id}`,
    ].join("\n"),
  );
  return 0;
}

function previewText(preview: Omit<MendPreview, "samples">): string {
  const { rule, findings, mendable, images, addedPixels, removedPixels, bornObjects, removedObjects } =
    preview;
  const parts = [`pixels +${addedPixels} -${removedPixels}`, `cells +${bornObjects} -${removedObjects}`];
  return `${checkRules[rule].title}: ${mendable} of ${counted(findings, "finding")} in ${counted(images, "image")} mend: ${parts.join(", ")}.`;
}

async function acceptRule(opened: OpenedStore, input: CommandInput, choice: FindingChoice): Promise<number> {
  const { waiveFindings } = await import("#store/index.ts");
  const ids = await waiveFindings(opened.store, opened.actor, choice, textOption(input, "why") ?? "");
  input.out.result(
    { rule: choice.rule, waived: ids.length },
    () => `${counted(ids.length, "finding")} accepted.`,
  );
  return 0;
}
