/** `images stats`: two facets crossed, and how images are spread over cell counts and pixel sizes. */

import { FoundryError } from "#core/errors.ts";
import type { Bin, FacetField, ImageStatistics } from "#store/index.ts";
import { type Command, type CommandInput, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";
import { chosenImages, queryOptions } from "./images-query.ts";

export const imagesStatsCommand: Command = {
  usage: "images stats [--rows FIELD] [--columns FIELD] [--where Q]",
  about: "Cells by organ and platform (or any two facets), cells per image, pixel sizes.",
  examples: ["cellfoundry images stats --rows organ --columns platform"],
  options: {
    ...queryOptions,
    rows: { type: "string", value: "FIELD", help: "Facet down the side; default organ" },
    columns: { type: "string", value: "FIELD", help: "Facet along the top; default platform" },
  },
  run,
};

/** A terminal has room for so many; the JSON has all. */
const columnsShownMax = 6;

async function run(input: CommandInput): Promise<undefined> {
  const chosen = chosenImages(input);
  await withStore(input, async (opened) => {
    const { facetFields, imageStatistics } = await import("#store/index.ts");
    const field = (name: string, fallback: FacetField): FacetField | "status" => {
      const text = textOption(input, name) ?? fallback;
      const known = [...facetFields, "status" as const].find((candidate) => candidate === text);
      if (known !== undefined) return known;
      throw new FoundryError("cli.usage", {
        message: `--${name} is "${text}".`,
        hint: `Choose one of ${facetFields.join(", ")}, status.`,
      });
    };
    const project = await chosenProject(opened, input);
    const found = await imageStatistics(opened.store, {
      projectId: project.id,
      query: chosen.query,
      search: chosen.search,
      rows: field("rows", "organ"),
      columns: field("columns", "platform"),
    });
    input.out.result({ project: project.name, ...found }, () => statisticsText(found));
  });
  return undefined;
}

function statisticsText({ cross, cellsPerImage, pixelSize, images, cells }: ImageStatistics): string {
  const columns = cross.columns.slice(0, columnsShownMax);
  const byPlace = new Map(cross.cells.map((cell) => [`${cell.row} ${cell.column}`, cell.cells]));
  const rows = cross.rows.map(({ label }, row) => [
    label === "" ? "(none)" : label,
    ...columns.map((_, column) => byPlace.get(`${row} ${column}`) ?? 0),
  ]);
  const hidden = cross.columns.length - columns.length;
  return [
    table(["cells", ...columns.map(({ label }) => (label === "" ? "(none)" : label))], rows),
    ...(hidden === 0 ? [] : [`${hidden} more columns with --json`]),
    "",
    table(["cells per image", "images"], cellsPerImage.map(binRow)),
    "",
    table(["µm per pixel", "images"], pixelSize.map(binRow)),
    "",
    `${counted(images, "image")}, ${counted(cells, "cell")}`,
  ].join("\n");
}

const binRow = ({ low, high, images }: Bin): (string | number)[] => [
  low === null ? "not known" : high === null ? `from ${low}` : `${low} to below ${high}`,
  images,
];
