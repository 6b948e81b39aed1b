/** The left rail: every place of the program by its word. */

import { Link, type LinkProps, useRouterState } from "@tanstack/react-router";
import {
  Boxes,
  Database,
  Images,
  ListChecks,
  type LucideIcon,
  ScanSearch,
  Settings,
  ShieldCheck,
} from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../ui/index.ts";
import { useCurrentProject } from "./current-project.ts";
import { Mark } from "./mark.tsx";

export function Rail(): ReactNode {
  const project = useCurrentProject();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const projectPath = `/p/${project?.id ?? ""}`;
  return (
    <nav
      aria-label="Places"
      className="row-span-3 flex flex-col items-stretch gap-1 border-r border-line bg-panel px-2 pb-2"
    >
      <Link
        to="/"
        aria-label="All projects"
        title="All projects"
        className="flex h-10 items-center justify-center rounded-md hover:text-accent"
      >
        <Mark className="size-6" />
      </Link>
      {project !== undefined && (
        <>
          <Place
            icon={Images}
            word="Images"
            here={path === projectPath || path.startsWith(`${projectPath}/i/`)}
            to="/p/$projectId"
            params={{ projectId: project.id }}
          />
          <Place
            icon={ShieldCheck}
            word="Checks"
            here={path === `${projectPath}/checks`}
            to="/p/$projectId/checks"
            params={{ projectId: project.id }}
          />
          <Place
            icon={Database}
            word="Datasets"
            here={path === `${projectPath}/datasets`}
            to="/p/$projectId/datasets"
            params={{ projectId: project.id }}
          />
          <Place
            icon={Boxes}
            word="Models"
            here={path === `${projectPath}/models` || path.startsWith(`${projectPath}/evaluations/`)}
            to="/p/$projectId/models"
            params={{ projectId: project.id }}
          />
          <hr className="mx-3 my-2 border-line" />
        </>
      )}
      <Place icon={ScanSearch} word="Predict" here={path === "/predict"} to="/predict" />
      <Place icon={ListChecks} word="Jobs" here={path === "/jobs"} to="/jobs" />
      <div className="flex-1" />
      <Place
        icon={Settings}
        word="Settings"
        here={path === "/settings" || path.startsWith("/settings/")}
        to="/settings"
      />
    </nav>
  );
}

function Place({
  icon: Icon,
  word,
  here,
  ...link
}: LinkProps & { icon: LucideIcon; word: string; here: boolean }): ReactNode {
  return (
    <Link
      {...link}
      activeOptions={{ exact: true, includeSearch: false }}
      aria-current={here ? "page" : undefined}
      className={classNames(
        "flex h-13 shrink-0 flex-col items-center justify-center gap-1 rounded-md text-xs",
        here ? "bg-accent-wash text-ink" : "text-quiet hover:bg-hover hover:text-ink",
      )}
    >
      <Icon aria-hidden="true" strokeWidth={1.75} className={classNames("size-5", here && "text-accent")} />
      {word}
    </Link>
  );
}
