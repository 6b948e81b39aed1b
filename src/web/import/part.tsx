/** A titled part of the import sheet, and a list that opens. */

import type { ReactNode } from "react";

export function Part({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-5 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold">{title}</h3>
        {note !== undefined && <span className="text-sm text-quiet">{note}</span>}
      </div>
      {children}
    </section>
  );
}

export function Opening({ summary, children }: { summary: ReactNode; children: ReactNode }): ReactNode {
  return (
    <details className="text-sm">
      <summary className="w-fit rounded-md text-quiet hover:text-ink">{summary}</summary>
      <div className="mt-2 flex flex-col gap-1">{children}</div>
    </details>
  );
}
