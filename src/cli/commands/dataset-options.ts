/** Options that `dataset propose` and `dataset freeze` share: query, split, acceptances, moves. */

import { type LeakRule, type LeakWaiver, leakRules } from "#core/leaks/index.ts";
import { type SplitRole, splitRoles } from "#core/select/index.ts";
import type { PreviewRequest, RoleChange } from "#store/index.ts";
import { type Command, type CommandInput, numberOption, textOption, usageError } from "../command.ts";

export const datasetOptions = {
  where: {
    type: "string",
    value: "Q",
    help: "Metadata query; default that of the newest version, or everything",
  },
  seed: { type: "string", value: "S", help: "Seed of the split of new groups; default 0" },
  validation: { type: "string", value: "SHARE", help: "Share of cells for validation; default 0.15" },
  test: { type: "string", value: "SHARE", help: "Share of cells for the test; default 0.15" },
  stratify: {
    type: "string",
    value: "FIELDS",
    help: "Fields whose values get these shares too; default organ,platform,cellLine,compartment",
  },
  corrected: {
    type: "boolean",
    help: "Also images that are corrected but not accepted: they only train, on their corrected cells",
  },
  accept: {
    type: "string",
    value: "RULE[:KEY]=REASON",
    multiple: true,
    help: "Accept findings of a rule, or one of them, with a reason that is kept with the version",
  },
  move: {
    type: "string",
    value: "GROUP=ROLE:REASON",
    multiple: true,
    help: "Give a group another role, with a reason; makes a major version",
  },
} as const satisfies Command["options"];

/** @throws FoundryError `cli.usage`. */
export function readDatasetOptions(
  input: CommandInput,
  command: Command,
): Omit<PreviewRequest, "name" | "query"> {
  const seed = numberOption(input, "seed", { low: 0, high: 0xffffffff, integer: true });
  const validation = numberOption(input, "validation", { low: 0, high: 0.9 });
  const test = numberOption(input, "test", { low: 0, high: 0.9 });
  const stratify = textOption(input, "stratify");
  return {
    ...(seed === undefined ? {} : { seed }),
    split: {
      ...(validation === undefined ? {} : { validation }),
      ...(test === undefined ? {} : { test }),
      ...(input.options.get("corrected") === true ? { corrected: true } : {}),
      ...(stratify === undefined ? {} : { stratify: stratify.split(",").filter((field) => field !== "") }),
    },
    waivers: readWaivers(input, command),
    roleChanges: listOption(input, "move").map((text) => readMove(text, command)),
  };
}

/** Findings accepted with `--accept`. @throws FoundryError `cli.usage`. */
export function readWaivers(input: CommandInput, command: Command): LeakWaiver[] {
  return listOption(input, "accept").map((text) => readWaiver(text, command));
}

function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options.get(name);
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function readWaiver(text: string, command: Command): LeakWaiver {
  const found = /^([A-Za-z]+)(?::(.+?))?=(.+)$/s.exec(text);
  const rule = found?.[1] ?? "";
  if (found === null || !Object.hasOwn(leakRules, rule)) {
    throw usageError(
      `--accept "${text}" is not RULE=REASON; the rules are ${Object.keys(leakRules).join(", ")}.`,
      command,
    );
  }
  return { rule: rule as LeakRule, key: found[2] ?? null, reason: found[3] ?? "" };
}

function readMove(text: string, command: Command): RoleChange {
  const found = /^(.+)=(train|validation|test):(.+)$/s.exec(text);
  if (found === null) {
    throw usageError(
      `--move "${text}" is not GROUP=ROLE:REASON; the roles are ${splitRoles.join(", ")}.`,
      command,
    );
  }
  return { group: found[1] as string, role: found[2] as SplitRole, reason: found[3] as string };
}
