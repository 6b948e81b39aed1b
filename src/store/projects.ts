/**
 * Projects: what a lab works on.
 */

import type { Store } from "./store.ts";
import type { Agent, Project } from "./types.ts";

export async function createProject(_store: Store, _actor: Agent, _name: string): Promise<Project> {
  return notYet();
}

export async function listProjects(_store: Store): Promise<Project[]> {
  return notYet();
}

export async function getProject(_store: Store, _projectId: string): Promise<Project> {
  return notYet();
}

/** The project of that name, made when it is new. */
export async function ensureProject(_store: Store, _actor: Agent, _name: string): Promise<Project> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
