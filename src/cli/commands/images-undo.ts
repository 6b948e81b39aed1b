/** `images undo`: takes an edit of many images back; without an id, lists the last ones. */

import type { Command, CommandInput } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

export const imagesUndoCommand: Command = {
  usage: "images undo [ID]",
  about:
    "Takes an edit of many images back, for every image not changed since. Without ID, lists the last edits.",
  examples: ["cellfoundry images undo", "cellfoundry images undo 01JD4J8Q7RZ3V5N6W0X1Y2Z3A4"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const [id] = input.positionals;
  await withStore(input, async (opened) => {
    const { listBulkEdits, undoBulkEdit } = await import("#store/index.ts");
    if (id === undefined) {
      const project = await chosenProject(opened, input);
      const edits = await listBulkEdits(opened.store, project.id);
      input.out.result({ project: project.name, edits }, () =>
        edits.length === 0
          ? "No edits of many images yet."
          : table(
              ["id", "what", "images", "query", "by", "undone"],
              edits.map((edit) => [
                edit.id,
                edit.kind,
                edit.imageCount,
                edit.query,
                edit.agent.name,
                edit.undoneAt === null ? "" : "yes",
              ]),
            ),
      );
      return;
    }
    const done = await undoBulkEdit(opened.store, opened.actor, id);
    input.out.result(done, () =>
      [
        `${counted(done.undone, "image")} as before.`,
        ...(done.keptCount === 0
          ? []
          : [`${counted(done.keptCount, "image")} changed since and left alone:`]),
        ...done.kept.map(({ name }) => `  ${name}`),
      ].join("\n"),
    );
  });
  return undefined;
}
