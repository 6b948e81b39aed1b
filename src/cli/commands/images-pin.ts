/** `images pin`: the small set of images that is looked at before a model version is released. */

import type { Command, CommandInput } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

export const imagesPinCommand: Command = {
  usage: "images pin [QUERY] [--remove] [--project NAME]",
  about:
    "Pins the images that a metadata query selects (at most 50 in all), so that every release first shows what would " +
    "happen to their cells. Without a query it lists the pinned images.",
  examples: ["cellfoundry images pin 'organ = lung AND status = accepted' --project Retina"],
  options: {
    remove: { type: "boolean", help: "Unpin instead" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const query = input.positionals[0];
  await withStore(input, async (opened) => {
    const { imageIdsForQuery, listPinnedImages, pinImages, unpinImages } = await import("#store/index.ts");
    const { parseQuery } = await import("#core/select/index.ts");
    const { id } = await chosenProject(opened, input);
    const { store, actor } = opened;
    const chosen = query === undefined ? [] : await imageIdsForQuery(store, id, parseQuery(query));
    const change = input.options.get("remove") === true ? unpinImages : pinImages;
    const images =
      query === undefined ? await listPinnedImages(store, id) : await change(store, actor, id, chosen);
    input.out.result({ images }, () =>
      images.length === 0
        ? "No image is pinned."
        : [
            counted(images.length, "pinned image"),
            table(
              ["image", "id"],
              images.map(({ name, imageId }) => [name, imageId]),
            ),
          ].join("\n"),
    );
  });
  return undefined;
}
