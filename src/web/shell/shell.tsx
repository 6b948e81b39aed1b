/** Rail at the left, breadcrumb on top, the page, and one quiet line of running jobs at the bottom. */

import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useJobEvents } from "../client/index.ts";
import { Breadcrumb } from "./breadcrumb.tsx";
import { JobLine } from "./job-line.tsx";
import { Rail } from "./rail.tsx";
import { tellJobEnd } from "./tell-job-end.ts";

export function Shell(): ReactNode {
  const connected = useJobEvents(tellJobEnd);
  return (
    <div className="grid h-full grid-cols-[5.5rem_minmax(0,1fr)] grid-rows-[2.5rem_minmax(0,1fr)_1.75rem]">
      <a
        href="#page"
        className="absolute top-1 left-1 z-80 -translate-y-16 rounded-md bg-accent px-3 py-1 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <Rail />
      <Breadcrumb />
      <main id="page" tabIndex={-1} className="col-start-2 min-h-0 overflow-hidden outline-hidden">
        <Outlet />
      </main>
      <JobLine connected={connected} />
    </div>
  );
}
