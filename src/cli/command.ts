/**
 * What a command of the command line is: its words, its options and what it runs.
 *
 * A command module only describes itself and calls functions of the other layers; reading the arguments, the help text
 * and the exit code are the same for all of them and live here and in `main.ts`. Command modules are loaded one at a
 * time, so that `--help` never loads a database driver.
 */

import { parseArgs } from "node:util";
import { FoundryError } from "#core/errors.ts";
import type { Output } from "./output.ts";

interface OptionSpec {
  readonly type: "string" | "boolean";
  /** Placeholder in the help text, such as `NAME@V`; only for strings. */
  readonly value?: string;
  readonly help: string;
  readonly multiple?: boolean;
}

type OptionValue = string | boolean | readonly string[];

/** Arguments after parsing, and where the answer goes. */
export interface CommandInput {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, OptionValue>;
  readonly out: Output;
  /** Fires on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  /** The line after `cellfoundry`, such as `import PATH [--dry-run]`. */
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Returns the exit code; nothing means 0. */
  readonly run: (input: CommandInput) => Promise<number | undefined>;
}

/** Options that every command takes. */
const sharedOptions = {
  home: { type: "string", value: "FOLDER", help: "Data folder; default $CELLFOUNDRY_HOME or ./data" },
  project: { type: "string", value: "NAME", help: "Project to work in; needed when there are several" },
  json: { type: "boolean", help: "One JSON document on standard output; progress goes to standard error" },
  help: { type: "boolean", help: "Show this text" },
} as const satisfies Record<string, OptionSpec>;

/** @throws FoundryError `cli.usage` with the usage line as hint. */
export function usageError(message: string, command?: Command): FoundryError {
  return new FoundryError("cli.usage", {
    message,
    hint:
      command === undefined
        ? "Run `cellfoundry --help` for the list of commands."
        : `Usage: cellfoundry ${command.usage}`,
  });
}

/** Reads the arguments after the command's own words. @throws FoundryError `cli.usage`. */
export function parseCommandLine(
  command: Command,
  args: readonly string[],
): Pick<CommandInput, "positionals" | "options"> {
  const specs = { ...sharedOptions, ...command.options };
  const options: Record<string, { type: "string" | "boolean"; multiple: boolean; short?: string }> = {};
  for (const [name, spec] of Object.entries<OptionSpec>(specs)) {
    options[name] = {
      type: spec.type,
      multiple: spec.multiple === true,
      ...(name === "help" ? { short: "h" } : {}),
    };
  }
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const values = new Map<string, OptionValue>();
    for (const [name, value] of Object.entries(parsed.values)) {
      if (value !== undefined) values.set(name, value as OptionValue);
    }
    return { positionals: parsed.positionals, options: values };
  } catch (error) {
    throw usageError(error instanceof Error ? firstSentence(error.message) : String(error), command);
  }
}

/** Node's message goes on to explain `--`; its first sentence names the fault. */
function firstSentence(text: string): string {
  return text.split(". ")[0] ?? text;
}

export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options.get(name);
  return typeof value === "string" ? value : undefined;
}

export function requiredOption(input: CommandInput, name: string, command: Command): string {
  const value = textOption(input, name);
  if (value === undefined || value === "") throw usageError(`--${name} is missing.`, command);
  return value;
}

export function flagOption(input: CommandInput, name: string): boolean {
  return input.options.get(name) === true;
}

/** @throws FoundryError `cli.usage` when the option is not a finite number within [low, high]. */
export function numberOption(
  input: CommandInput,
  name: string,
  range: { readonly low: number; readonly high: number; readonly integer?: boolean },
): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const whole = range.integer === true;
  if (
    !Number.isFinite(value) ||
    value < range.low ||
    value > range.high ||
    (whole && !Number.isInteger(value))
  ) {
    throw new FoundryError("cli.usage", {
      message: `--${name} is "${text}".`,
      hint: `Give ${whole ? "a whole number" : "a number"} from ${range.low} to ${range.high}.`,
    });
  }
  return value;
}

/** The one positional argument at `index`. @throws FoundryError `cli.usage` when it is missing. */
export function requiredPositional(
  input: CommandInput,
  index: number,
  word: string,
  command: Command,
): string {
  const value = input.positionals[index];
  if (value === undefined || value === "") throw usageError(`${word} is missing.`, command);
  return value;
}

export function commandHelp(command: Command): string {
  const specs = Object.entries<OptionSpec>({ ...command.options, ...sharedOptions });
  const names = specs.map(([name, spec]) => `--${name}${spec.value === undefined ? "" : ` ${spec.value}`}`);
  const width = Math.max(...names.map((name) => name.length));
  const lines = specs.map(([, spec], index) => `  ${names[index]?.padEnd(width)}  ${spec.help}`);
  return [
    `Usage: cellfoundry ${command.usage}`,
    "",
    command.about,
    "",
    "Options:",
    ...lines,
    "",
    command.examples.length === 1 ? "Example:" : "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}
