/** The sign of the program: a cell and its nucleus, off centre as they are. */

import type { ReactNode } from "react";

export function Mark({ className }: { className?: string }): ReactNode {
  return (
    <svg viewBox="4 4 24 24" className={className} aria-hidden="true">
      <path
        d="M16 5.5c6.2 0 10.5 4 10.5 10.2S22.6 26.5 16 26.5 5.5 22.3 5.5 16 9.8 5.5 16 5.5Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
      />
      <ellipse cx="17.5" cy="15" rx="4.6" ry="4" className="fill-accent" />
    </svg>
  );
}
