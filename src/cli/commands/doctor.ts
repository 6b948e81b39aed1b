/** `doctor`: verifies what the data folder promises. It changes nothing. */

import { isFoundryError } from "#core/errors.ts";
import { type Command, type CommandInput, usageError } from "../command.ts";
import { withStore } from "../open.ts";
import { counted } from "../output.ts";

/** Exit codes that scripts and nightly checks rely on. */
const exitCodes = { clean: 0, damage: 1, cannotRun: 2, locked: 3 } as const;

export const doctorCommand: Command = {
  usage: "doctor [quick|full] [--home FOLDER]",
  about:
    "Verifies the data folder and changes nothing. quick (default) checks references, full also reads every byte and " +
    "compares digests. Exit codes: 0 clean, 1 damage found, 2 cannot run, 3 locked.",
  examples: ["cellfoundry doctor full"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<number> {
  const mode = input.positionals[0] ?? "quick";
  if (mode !== "quick" && mode !== "full")
    throw usageError(`doctor is quick or full, not "${mode}".`, doctorCommand);
  try {
    return await withStore(input, async ({ store }) => {
      const { doctor } = await import("#store/index.ts");
      const report = await doctor(store, {
        full: mode === "full",
        onProgress: (text) => input.out.progress(text),
      });
      const damage = report.findings.filter((finding) => finding.severity === "damage");
      input.out.result({ mode, clean: damage.length === 0, ...report }, () =>
        [
          ...Object.entries(report.checked).map(
            ([what, count]) => `checked ${count.toLocaleString("en")} ${what}`,
          ),
          ...report.findings.map((finding) => `${finding.severity} ${finding.rule}: ${finding.message}`),
          damage.length === 0 ? "Clean." : `${counted(damage.length, "fault")} found.`,
        ].join("\n"),
      );
      return damage.length === 0 ? exitCodes.clean : exitCodes.damage;
    });
  } catch (error) {
    if (isFoundryError(error, "cli.usage")) throw error;
    input.out.failure(error);
    return isFoundryError(error, "home.locked") ? exitCodes.locked : exitCodes.cannotRun;
  }
}
