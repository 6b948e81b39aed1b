/** `images set`: metadata of all images of a query, with a preview and an undo. */

import { FoundryError } from "#core/errors.ts";
import type { BulkChanges, BulkPreview } from "#store/index.ts";
import { type Command, type CommandInput, flagOption, textOption, usageError } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted } from "../output.ts";
import { chosenImages, queryOptions } from "./images-query.ts";

export const imagesSetCommand: Command = {
  usage: "images set FIELD=VALUE … [--where Q] [--dry-run]",
  about:
    "Sets metadata of all images of a query; an empty value clears the field. Undo: `cellfoundry images undo ID`.",
  examples: [
    'cellfoundry images set organ=lung "disease=lung adenocarcinoma" --where "group~patient-7"',
    'cellfoundry images set note= --where "note~draft" --dry-run',
  ],
  options: {
    ...queryOptions,
    group: { type: "string", value: "KEY", help: "Leakage group for all of them" },
    mpp: { type: "string", value: "UM", help: "Pixel size in µm per pixel" },
    "dry-run": { type: "boolean", help: "Only say what would change" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const chosen = chosenImages(input);
  const changes = readChanges(input);
  await withStore(input, async (opened) => {
    const { previewBulkEdit, startBulkEdit } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const filter = { projectId: project.id, query: chosen.query, search: chosen.search };
    if (flagOption(input, "dry-run")) {
      const preview = await previewBulkEdit(opened.store, filter, changes);
      input.out.result({ project: project.name, ...preview }, () => previewText(preview));
      return;
    }
    const edit = await startBulkEdit(opened.store, opened.actor, { filter, queryText: chosen.text, changes });
    input.out.result(edit, () =>
      [`${counted(edit.imageCount, "image")} changed.`, `Undo: cellfoundry images undo ${edit.id}`].join(
        "\n",
      ),
    );
  });
  return undefined;
}

/** @throws FoundryError `cli.usage` for an argument that sets nothing. */
function readChanges(input: CommandInput): BulkChanges {
  const metadata: Record<string, string | null> = {};
  for (const argument of input.positionals) {
    const at = argument.indexOf("=");
    if (at < 1) throw usageError(`"${argument}" is not FIELD=VALUE.`, imagesSetCommand);
    const value = argument.slice(at + 1).trim();
    metadata[argument.slice(0, at).trim()] = value === "" ? null : value;
  }
  const mpp = textOption(input, "mpp");
  const size = Number(mpp);
  if (mpp !== undefined && !(size >= 1e-3 && size <= 1e3)) {
    throw new FoundryError("cli.usage", {
      message: `--mpp is "${mpp}".`,
      hint: "Give a number from 0.001 to 1000.",
    });
  }
  return {
    metadata,
    group: textOption(input, "group"),
    ...(mpp === undefined ? {} : { mpp: { y: size, x: size } }),
  };
}

function previewText({ images, changing, present }: BulkPreview): string {
  const lines = present.map(({ field, values, moreValues }) => {
    const now = values.map(({ value, images: count }) => `${value === "" ? "(none)" : value} ${count}`);
    return `${field} now: ${now.join(", ")}${moreValues === 0 ? "" : ` and ${moreValues} more values`}`;
  });
  return [...lines, `${counted(changing, "image")} of ${images} would change. Nothing was changed.`].join(
    "\n",
  );
}
