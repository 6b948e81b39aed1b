/** `queries save` and `queries list`: queries a project keeps under a name. */

import { type Command, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";
import { queryOptions } from "./images-query.ts";

export const queriesSaveCommand: Command = {
  usage: "queries save NAME --where Q",
  about: "Keeps a query under a name, for everyone in the project; the same name again replaces it.",
  examples: ['cellfoundry queries save "Human lung" --where "organ under lung and species under human"'],
  options: queryOptions,
  async run(input) {
    const name = requiredPositional(input, 0, "NAME", queriesSaveCommand);
    await withStore(input, async (opened) => {
      const { saveQuery } = await import("#store/index.ts");
      const project = await chosenProject(opened, input);
      const saved = await saveQuery(opened.store, opened.actor, {
        projectId: project.id,
        name,
        query: textOption(input, "where") ?? "",
        search: textOption(input, "search") ?? "",
      });
      input.out.result(saved, () => `Saved "${saved.name}".`);
    });
    return undefined;
  },
};

export const queriesListCommand: Command = {
  usage: "queries list",
  about: "Lists the saved queries of a project.",
  examples: ["cellfoundry queries list"],
  options: {},
  async run(input) {
    await withStore(input, async (opened) => {
      const { listSavedQueries } = await import("#store/index.ts");
      const project = await chosenProject(opened, input);
      const queries = await listSavedQueries(opened.store, project.id);
      input.out.result({ project: project.name, queries }, () =>
        queries.length === 0
          ? "No saved queries."
          : table(
              ["name", "query", "text", "by"],
              queries.map(({ name, query, search, owner }) => [name, query, search, owner.name]),
            ),
      );
    });
    return undefined;
  },
};
