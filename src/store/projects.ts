/** Projects: what a lab works on; images, datasets and models belong to one. */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/projects.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Project } from "./types.ts";

/** @throws FoundryError `request.invalid` when the name is taken. */
export async function createProject(store: Store, actor: Agent, name: string): Promise<Project> {
  const id = await insertProject(store, actor, name);
  if (id === null) {
    throw new FoundryError("request.invalid", {
      message: `There is already a project named "${name}".`,
      hint: "Choose another name.",
    });
  }
  return getProject(store, id);
}

/** Oldest first. */
export async function listProjects(store: Store): Promise<Project[]> {
  return store.sql.query<Project>(text.selectProjects, [null]);
}

/** @throws FoundryError `request.notFound`. */
export async function getProject(store: Store, projectId: string): Promise<Project> {
  const [project] = await store.sql.query<Project>(text.selectProjects, [projectId]);
  if (project === undefined) {
    throw new FoundryError("request.notFound", {
      message: "There is no such project.",
      details: { projectId },
    });
  }
  return project;
}

/** The project of that name, made when it is new. */
export async function ensureProject(store: Store, actor: Agent, name: string): Promise<Project> {
  const [found] = await store.sql.query<{ id: string }>(text.selectProjectId, [name]);
  if (found !== undefined) return getProject(store, found.id);
  await insertProject(store, actor, name);
  return ensureProject(store, actor, name);
}

/** `null` when the name is taken. */
async function insertProject(store: Store, actor: Agent, name: string): Promise<string | null> {
  return inTransaction(store, async (tx) => {
    const values = [tx.ids.next(), name, actor.id, isoTime(tx.clock)];
    const [row] = await tx.sql.query<{ id: string }>(text.insertProject, values);
    if (row === undefined) return null;
    await appendEvent(tx, actor, { verb: "project.created", entity: "project", entityId: row.id });
    return row.id;
  });
}
