/** `images`: the images of a project, chosen by a metadata query. */

import { parseQuery } from "#core/select/index.ts";
import type { ImageSummary } from "#store/index.ts";
import { type Command, type CommandInput, numberOption, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";

/** Images asked of the store at once. */
const PAGE = 500;

export const imagesCommand: Command = {
  usage: "images [--where Q] [--limit N]",
  about: "Lists the images of a project that a metadata query selects.",
  examples: ['cellfoundry images --where "kind~fluorescence and status!=accepted"'],
  options: {
    where: { type: "string", value: "Q", help: "Metadata query; default everything" },
    limit: { type: "string", value: "N", help: "At most this many; default all" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const query = parseQuery(textOption(input, "where") ?? "");
  const limit =
    numberOption(input, "limit", { low: 1, high: 1_000_000, integer: true }) ?? Number.POSITIVE_INFINITY;
  await withStore(input, async (opened) => {
    const { listImages } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const items: ImageSummary[] = [];
    let cursor: string | undefined;
    let total = 0;
    do {
      const page = await listImages(opened.store, {
        projectId: project.id,
        query,
        cursor,
        limit: Math.min(PAGE, limit - items.length),
      });
      items.push(...page.items);
      total = page.total;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    input.out.result({ project: project.name, total, images: items }, () =>
      [
        table(
          ["name", "size", "status", "cells", "group", "split", "kind"],
          items.map((image) => [
            image.name,
            `${image.width} x ${image.height}`,
            image.status,
            image.cellCount,
            image.group,
            image.split ?? "-",
            image.metadata["kind"] ?? "-",
          ]),
        ),
        "",
        items.length === total ? counted(total, "image") : `${items.length} of ${counted(total, "image")}`,
      ].join("\n"),
    );
  });
  return undefined;
}
