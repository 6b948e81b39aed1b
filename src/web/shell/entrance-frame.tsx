/** The frame of the two pages outside the shell: signed out, and join. */

import type { ReactNode } from "react";
import { useEffect } from "react";
import { Mark } from "./mark.tsx";

export function EntranceFrame({ title, children }: { title: string; children: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = `${title} · Cell Foundry`;
  }, [title]);
  return (
    <main className="grid h-full place-items-center overflow-y-auto p-6">
      <div className="flex w-104 max-w-full flex-col gap-6 rounded-lg border border-line bg-panel p-8">
        <div className="flex items-center gap-2 text-quiet">
          <Mark className="size-5" />
          Cell Foundry
        </div>
        <h1 className="text-lg font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  );
}
