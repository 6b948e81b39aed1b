/** Where one is: lab, project (a menu of all projects), page, image. */

import { Menu } from "@base-ui/react/menu";
import { Link, useParams, useRouterState } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useImage, useProjects, useSession } from "../client/index.ts";
import { StatusMark } from "../ui/index.ts";
import { useCurrentProject } from "./current-project.ts";

const words: Record<string, string> = {
  checks: "Checks",
  datasets: "Datasets",
  models: "Models",
  predict: "Predict",
  jobs: "Jobs",
  settings: "Settings",
  vocabulary: "Vocabulary",
};

export function Breadcrumb(): ReactNode {
  const { projectId, imageId } = useParams({ strict: false });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const lab = useSession().data?.lab.name ?? "Cell Foundry";
  const current = useCurrentProject();
  const inEvaluation = path.split("/").at(-2) === "evaluations";
  const word = inEvaluation ? "Evaluation" : words[path.split("/").at(-1) ?? ""];
  return (
    <header className="col-start-2 flex min-w-0 items-center border-b border-line bg-panel px-6">
      <nav aria-label="Breadcrumb" className="min-w-0">
        <ol className="flex min-w-0 items-center gap-1 text-quiet">
          <li className="shrink-0">
            <Link to="/" className="rounded-md hover:text-ink">
              {lab}
            </Link>
          </li>
          {projectId !== undefined && (
            <Crumb>
              <ProjectMenu />
            </Crumb>
          )}
          {projectId !== undefined && word === undefined && current !== undefined && (
            <Crumb>
              <Link to="/p/$projectId" params={{ projectId }} className="rounded-md hover:text-ink">
                Images
              </Link>
            </Crumb>
          )}
          {projectId !== undefined && inEvaluation && (
            <Crumb>
              <Link to="/p/$projectId/models" params={{ projectId }} className="rounded-md hover:text-ink">
                Models
              </Link>
            </Crumb>
          )}
          {word !== undefined && <Crumb>{word}</Crumb>}
          {imageId !== undefined && <ImageCrumb imageId={imageId} />}
        </ol>
      </nav>
    </header>
  );
}

function Crumb({ children }: { children: ReactNode }): ReactNode {
  return (
    <li className="flex min-w-0 items-center gap-1">
      <ChevronRight aria-hidden="true" className="size-3.5 shrink-0" />
      {children}
    </li>
  );
}

function ImageCrumb({ imageId }: { imageId: string }): ReactNode {
  const image = useImage(imageId).data;
  if (image === undefined) return null;
  return (
    <Crumb>
      <span className="truncate text-ink">{image.name}</span>
      <span className="ml-3 text-sm">
        <StatusMark status={image.status} />
      </span>
    </Crumb>
  );
}

function ProjectMenu(): ReactNode {
  const current = useCurrentProject();
  const projects = useProjects().data?.projects ?? [];
  return (
    <Menu.Root>
      <Menu.Trigger className="inline-flex min-w-0 items-center gap-1 rounded-md px-1 hover:bg-hover hover:text-ink">
        <span className="truncate">{current?.name ?? "Project"}</span>
        <ChevronDown aria-hidden="true" className="size-3.5 shrink-0" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-60 outline-hidden" sideOffset={4} align="start">
          <Menu.Popup className="max-h-(--available-height) min-w-48 overflow-y-auto rounded-lg border border-line bg-raised py-1 shadow-pop">
            {projects.map((project) => (
              <Menu.Item
                key={project.id}
                render={<Link to="/p/$projectId" params={{ projectId: project.id }} />}
                className="block px-3 py-1.5 data-highlighted:bg-hover"
              >
                {project.name}
              </Menu.Item>
            ))}
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item
              render={<Link to="/" />}
              className="block px-3 py-1.5 text-quiet data-highlighted:bg-hover"
            >
              All projects
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
