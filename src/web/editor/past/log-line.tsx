/** One edit of a log as a line that shows the image as it was after it. */

import type { ReactNode } from "react";
import { classNames } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";

export function LogLine({
  seq,
  current,
  session,
  text,
  who,
  when,
  struck = false,
}: {
  /** Number of the edit; null while the server has not placed it. */
  seq: number | null;
  /** Its state is on the screen. */
  current: boolean;
  session: EditorSession;
  text: string;
  who: string;
  when: string;
  struck?: boolean;
}): ReactNode {
  return (
    <button
      type="button"
      disabled={seq === null}
      aria-current={current ? "true" : undefined}
      title={seq === null ? undefined : `Show the image as it was after edit ${seq}`}
      className="flex w-full items-baseline gap-2 rounded px-2 py-1 text-left enabled:hover:bg-raised aria-current:bg-raised aria-current:font-semibold"
      onClick={() => seq !== null && void session.past.show(seq)}
    >
      <span className={classNames("min-w-0 flex-1 truncate", struck && "line-through")}>
        {text}
        <span className="text-quiet"> · {who}</span>
      </span>
      <span className="shrink-0 text-xs text-quiet">{when}</span>
    </button>
  );
}
