/** All areas of the page, each a list of addresses with the states they can be in. */

import { editor, editorTools, tissueEditor } from "./editor.ts";
import { entry } from "./entry.ts";
import { models } from "./models.ts";
import { movie } from "./movie.ts";
import type { Area } from "./page-state.ts";
import { people } from "./people.ts";
import { project } from "./project.ts";

export type { Area, PageState, Stage } from "./page-state.ts";
export { openGroup, shiftSoFar } from "./page-state.ts";
export { openShowcase } from "./places.ts";

/** The heart of the program first. */
export const areas = {
  editor,
  editorTools,
  tissueEditor,
  movie,
  people,
  entry,
  project,
  models,
} satisfies Record<string, Area>;

export type AreaName = keyof typeof areas;

/** Every state that has a picture, in the order in which they are shown. */
export const titles = Object.values(areas).flatMap(({ groups }: Area) =>
  groups.flatMap(({ states }) => states.filter(({ judgedOnly }) => judgedOnly !== true)),
);
