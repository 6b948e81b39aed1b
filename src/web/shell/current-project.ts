/** Which project the rail's links lead to: the one in the address, else the one used last, else the newest. */

import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useProjects } from "../client/index.ts";

const STORAGE_KEY = "cellfoundry.project";

export interface CurrentProject {
  readonly id: string;
  /** Undefined until the projects are read. */
  readonly name: string | undefined;
}

/** @returns undefined where there is none, also when the address names one that is not there. */
export function useCurrentProject(): CurrentProject | undefined {
  const { projectId } = useParams({ strict: false });
  const projects = useProjects().data?.projects;
  useEffect(() => {
    if (projectId !== undefined) remember(projectId);
  }, [projectId]);
  const wanted = projectId ?? recall();
  // Known before its name: the rail's links need not wait and push what stands below them.
  if (projects === undefined) return wanted === undefined ? undefined : { id: wanted, name: undefined };
  const found = projects.find((project) => project.id === wanted);
  return found ?? (projectId === undefined ? projects[0] : undefined);
}

/** Storage can be switched off in a browser; then the newest project has to do. */
function remember(projectId: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, projectId);
  } catch {
    // Nothing depends on it.
  }
}

function recall(): string | undefined {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
