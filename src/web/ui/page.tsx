/** The frame of a page: title, one line of facts, actions at the right, content that scrolls. */

import type { ReactNode } from "react";
import { useEffect } from "react";
import { classNames } from "./class-names.ts";

export function Page({
  title,
  facts,
  actions,
  children,
  wide = false,
}: {
  title: string;
  facts?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** The content manages its own scrolling and uses the full width. */
  wide?: boolean;
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · Cell Foundry`;
  }, [title]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-6 py-1.5">
        <h1 className="text-lg font-semibold">{title}</h1>
        {facts !== undefined && <div className="min-w-0 truncate text-quiet">{facts}</div>}
        <div className="ml-auto flex items-center gap-2">{actions}</div>
      </header>
      <div
        className={classNames("min-h-0 flex-1", wide ? "flex" : "overflow-y-auto px-6 py-6")}
        // A region that scrolls must be reachable by keyboard.
        tabIndex={wide ? undefined : 0}
      >
        {children}
      </div>
    </div>
  );
}

/** A titled part of a page. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <section className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <h2 className="font-semibold">{title}</h2>
        {note !== undefined && <span className="text-sm text-quiet">{note}</span>}
        {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
