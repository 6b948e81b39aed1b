/**
 * Entry of the command line: finds the command, runs it, turns what happened into an exit code.
 *
 * 0 = done, 1 = failed, 2 = used wrongly; `doctor` has codes of its own. Ctrl-C asks the running work to stop and
 * waits for it, so that a half-done import or training ends in a clean state; a second Ctrl-C does not wait.
 */

import { isFoundryError } from "#core/errors.ts";
import { type Command, commandHelp, parseCommandLine, usageError } from "./command.ts";
import { commandTable, overview } from "./commands/index.ts";
import { createOutput, type TextSink } from "./output.ts";

export interface Surroundings {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly signal: AbortSignal;
}

/** Runs one command. @returns the exit code; never throws. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<number> {
  const out = createOutput({ json: args.includes("--json"), stdout: around.stdout, stderr: around.stderr });
  try {
    const first = args[0];
    if (first === undefined || first === "--help" || first === "-h" || first === "help") {
      around.stdout.write(`${overview()}\n`);
      return first === undefined ? 2 : 0;
    }
    if (first === "--version") {
      const { codeVersion } = await import("#platform/index.ts");
      around.stdout.write(`cellfoundry ${codeVersion()}\n`);
      return 0;
    }
    const found = findCommand(args);
    if (typeof found === "string") {
      around.stdout.write(`${found}\n`);
      return 0;
    }
    const command = await found.load();
    const rest = args.slice(found.words);
    if (rest.includes("--help") || rest.includes("-h")) {
      around.stdout.write(`${commandHelp(command)}\n`);
      return 0;
    }
    const parsed = parseCommandLine(command, rest);
    const code = await command.run({ ...parsed, out, signal: around.signal });
    out.endProgress();
    return code ?? 0;
  } catch (error) {
    out.failure(error);
    return isFoundryError(error, "cli.usage") ? 2 : 1;
  }
}

/**
 * Commands are one word or two (`dataset freeze`).
 *
 * @returns the entry, or the help text of a group such as `dataset --help`.
 * @throws FoundryError `cli.usage` when there is none.
 */
function findCommand(args: readonly string[]): { load: () => Promise<Command>; words: number } | string {
  const [first = "", second = ""] = args;
  const two = commandTable.find((entry) => entry.name === `${first} ${second}`);
  if (two !== undefined) return { load: two.load, words: 2 };
  const one = commandTable.find((entry) => entry.name === first);
  if (one !== undefined) return { load: one.load, words: 1 };
  const group = commandTable.filter((entry) => entry.name.startsWith(`${first} `));
  if (group.length === 0) throw usageError(`There is no command "${first}".`);
  const list = group.map((entry) => `  cellfoundry ${entry.name.padEnd(24)} ${entry.summary}`).join("\n");
  if (second === "--help" || second === "-h") return list;
  throw usageError(
    second === ""
      ? `"${first}" needs a second word: ${group.map((entry) => entry.name.slice(first.length + 1)).join(", ")}.`
      : `There is no command "${first} ${second}".`,
  );
}

/** One Ctrl-C may arrive twice, from the terminal and from the launcher that passes it on. */
const SAME_SIGNAL_MS = 1_000;

/** Stops gently at the first signal, at once at a later one. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) firstAt = performance.now();
      else if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}

if (import.meta.main) {
  // `| head` closes our output early: that is an end, not a fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  const code = await runCommandLine(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stopSignal(),
  });
  process.exitCode = code;
}
