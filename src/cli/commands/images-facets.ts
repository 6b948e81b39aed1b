/** `images facets`: how many images and cells each term, status and role has. */

import type { CatalogueFacet } from "#store/index.ts";
import { type Command, type CommandInput, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted, table } from "../output.ts";
import { chosenImages, queryOptions } from "./images-query.ts";

export const imagesFacetsCommand: Command = {
  usage: "images facets [--where Q] [--field FIELD]",
  about: "Counts images and cells per term (descendants included), word, status, role and group.",
  examples: ['cellfoundry images facets --where "species under human" --field organ'],
  options: {
    ...queryOptions,
    field: { type: "string", value: "FIELD", help: "Only this field, such as organ" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const chosen = chosenImages(input);
  const field = textOption(input, "field");
  await withStore(input, async (opened) => {
    const { catalogueFacets, otherFacets } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const filter = { projectId: project.id, query: chosen.query, search: chosen.search };
    const [known, others] = [
      await catalogueFacets(opened.store, filter),
      await otherFacets(opened.store, filter),
    ];
    const all = [...known.facets, ...(others ?? [])];
    const facets = field === undefined ? all : all.filter((facet) => facet.field === field);
    const { images, cells } = known;
    input.out.result({ project: project.name, images, cells, facets }, () =>
      [
        ...facets.flatMap((facet) => [...facetText(facet), ""]),
        `${counted(images, "image")}, ${counted(cells, "cell")}`,
      ].join("\n"),
    );
  });
  return undefined;
}

function facetText({ field, terms, words, moreWords }: CatalogueFacet): string[] {
  const depth = new Map<string, number>();
  const rows = terms.map(({ curie, label, parent, images, cells }) => {
    const level = parent === null ? 0 : (depth.get(parent) ?? 0) + 1;
    depth.set(curie, level);
    return [`${"  ".repeat(level)}${label}`, images, cells, curie];
  });
  const plain = words.map(({ word, images, cells, state }) => [
    word,
    images,
    cells,
    state === "plain" ? "" : "needs a term",
  ]);
  const more = moreWords === 0 ? [] : [`and ${moreWords} more`];
  return [table([field, "images", "cells", ""], [...rows, ...plain]), ...more];
}
