/** Which project the rail's links lead to: the one in the address, else the one used last, else the newest. */

import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Project } from "#api/index.ts";
import { useProjects } from "../client/index.ts";

const STORAGE_KEY = "cellfoundry.project";

export function useCurrentProject(): Project | undefined {
  const { projectId } = useParams({ strict: false });
  const projects = useProjects().data?.projects;
  useEffect(() => {
    if (projectId !== undefined) remember(projectId);
  }, [projectId]);
  const wanted = projectId ?? recall();
  return projects?.find((project) => project.id === wanted) ?? projects?.[0];
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
