/** How far the labels of an image are, as a dial that fills up, and its word. */

import type { ReactNode } from "react";
import type { ImageStatus } from "#api/index.ts";

/** Quarters of the dial. */
const quarters: Record<ImageStatus, number> = { unlabelled: 0, proposed: 1, corrected: 2, accepted: 4 };

export function StatusMark({ status }: { status: ImageStatus }): ReactNode {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <StatusDial status={status} />
      {status}
    </span>
  );
}

export function StatusDial({ status }: { status: ImageStatus }): ReactNode {
  const filled = quarters[status];
  return (
    <svg viewBox="0 0 12 12" className="size-3 shrink-0 text-accent" aria-hidden="true">
      <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" strokeWidth="1.25" />
      {filled === 4 ? (
        <circle cx="6" cy="6" r="5" fill="currentColor" />
      ) : (
        filled > 0 && (
          <path d={filled === 1 ? "M6 6V1a5 5 0 0 1 5 5Z" : "M6 1a5 5 0 0 1 0 10Z"} fill="currentColor" />
        )
      )}
    </svg>
  );
}
