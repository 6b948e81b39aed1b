/**
 * Opens the data folder for one command: store, acting person, project.
 *
 * The command line acts as the owner of the data folder, because whoever can read the folder could do anything to it
 * anyway. It joins the database of a running server or starts its own, so it works either way.
 */

import { FoundryError } from "#core/errors.ts";
import type { Agent, Project, Store } from "#store/index.ts";
import { type CommandInput, textOption } from "./command.ts";

export interface OpenedStore {
  readonly store: Store;
  readonly actor: Agent;
}

/** Opens the store, runs `work`, closes the store whatever happens. */
export async function withStore<T>(
  input: CommandInput,
  work: (opened: OpenedStore) => Promise<T>,
): Promise<T> {
  const { agentOf, ensureLab, ensureOwner, openStore } = await import("#store/index.ts");
  const home = textOption(input, "home");
  const store = await openStore(home === undefined ? {} : { home });
  try {
    await ensureLab(store);
    return await work({ store, actor: agentOf(await ensureOwner(store)) });
  } finally {
    await store.close();
  }
}

/** The project of `--project` (name or id), or the only one. @throws FoundryError `cli.usage`, `request.notFound`. */
export async function chosenProject({ store }: OpenedStore, input: CommandInput): Promise<Project> {
  const { listProjects } = await import("#store/index.ts");
  const projects = await listProjects(store);
  const wanted = textOption(input, "project");
  const names = projects.map((project) => `"${project.name}"`).join(", ");
  if (wanted !== undefined) {
    const found = projects.find((project) => project.id === wanted || project.name === wanted);
    if (found !== undefined) return found;
    throw new FoundryError("request.notFound", {
      message: `There is no project "${wanted}".`,
      hint: projects.length === 0 ? "Import images first." : `The projects are ${names}.`,
    });
  }
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only;
  throw new FoundryError("cli.usage", {
    message: projects.length === 0 ? "There is no project yet." : `There are ${projects.length} projects.`,
    hint:
      projects.length === 0 ? "Run `cellfoundry import PATH` first." : `Choose one with --project: ${names}.`,
  });
}

/** As {@link chosenProject}, but makes the project of `--project`, or a first one called as `fallback`. */
export async function chosenOrNewProject(
  opened: OpenedStore,
  input: CommandInput,
  fallback: string,
): Promise<Project> {
  const { ensureProject, listProjects } = await import("#store/index.ts");
  const wanted = textOption(input, "project");
  const projects = await listProjects(opened.store);
  const known = projects.find((project) => project.id === wanted || project.name === wanted);
  if (known !== undefined) return known;
  if (wanted === undefined && projects.length > 0) return chosenProject(opened, input);
  return ensureProject(opened.store, opened.actor, wanted ?? fallback);
}
