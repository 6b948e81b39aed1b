/** `check undo`: takes a mending back; without an id, lists the last ones. */

import type { Command, CommandInput } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

export const checkUndoCommand: Command = {
  usage: "check undo [ID]",
  about:
    "Takes a mending of `check --fix` back, for every cell not changed since. Without ID, lists the last ones.",
  examples: ["cellfoundry check undo", "cellfoundry check undo 01JD4J8Q7RZ3V5N6W0X1Y2Z3A4"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const [id] = input.positionals;
  await withStore(input, async (opened) => {
    const { listMends, undoMend } = await import("#store/index.ts");
    if (id !== undefined) {
      const done = await undoMend(opened.store, opened.actor, id);
      input.out.result(
        done,
        () =>
          `${counted(done.undone, "finding")} as before${done.kept === 0 ? "" : `, ${done.kept} changed since and left alone`}.`,
      );
      return;
    }
    const project = await chosenProject(opened, input);
    const mends = await listMends(opened.store, project.id);
    input.out.result({ project: project.name, mends }, () =>
      mends.length === 0
        ? "Nothing was mended yet."
        : table(
            ["id", "rule", "findings", "by", "at", "undone"],
            mends.map((mend) => [
              mend.id,
              mend.rule,
              mend.findingCount,
              mend.agent.name,
              mend.createdAt.slice(0, 16),
              mend.undoneAt === null ? "" : "yes",
            ]),
          ),
    );
  });
  return undefined;
}
