/** How far the doubt queue is and how fast: in full among the cells, in short beside what is saved, where it is always seen. */

import type { ReactNode } from "react";
import type { ReviewProgress } from "#core/doubt/index.ts";
import { formatCount, formatTimeLeft } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";

const minuteMs = 60_000;

const each = (ms: number): string => `${(ms / 1000).toFixed(1)} s each`;
const rate = (ms: number): string => `${formatCount(Math.round(minuteMs / Math.max(1, ms)))} a minute`;

/** "12 of 60 looked at, 1 skipped, 1.4 s each, 43 a minute, 1 min left". */
export function reviewText({ done, left, skipped, msPerCell, leftMs }: ReviewProgress): string {
  return [
    `${formatCount(done)} of ${formatCount(done + left + skipped)} looked at`,
    skipped > 0 ? `${formatCount(skipped)} skipped` : null,
    msPerCell === null ? null : `${each(msPerCell)}, ${rate(msPerCell)}`,
    leftMs !== null && left > 0 ? formatTimeLeft(leftMs) : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

export function ReviewLine({ session }: { session: EditorSession }): ReactNode {
  const progress = useStore(session.store, (state) => state.progress);
  if (progress === null) return null;
  return (
    <p data-testid="review-progress" className="px-4 pb-2 text-xs text-quiet tabular-nums">
      {reviewText(progress)}
    </p>
  );
}

/** For the head of the panel: there is room for it before there is anything to say. */
export function ReviewRate({ session }: { session: EditorSession }): ReactNode {
  const progress = useStore(session.store, (state) => state.progress);
  if (progress === null) return null;
  const { done, left, skipped, msPerCell } = progress;
  return (
    <span
      data-testid="review-rate"
      title={reviewText(progress)}
      className="ml-auto pt-0.5 text-xs whitespace-nowrap text-quiet tabular-nums"
    >
      {formatCount(done)} of {formatCount(done + left + skipped)}
      {msPerCell !== null && `, ${rate(msPerCell)}`}
    </span>
  );
}
