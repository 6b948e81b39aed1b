/** A slider along all edits of the layer: the image as it was then, to look at, and to bring back. */

import { type ReactNode, useEffect, useState } from "react";
import { Button, tellProblem } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";

/** A hand that drags passes many edits; the one it rests on is read. */
const restMs = 120;

export function TimeSlider({ session }: { session: EditorSession }): ReactNode {
  const newest = useStore(session.store, (state) => state.seq);
  const { seq, asked } = useStore(session.past.store, (state) => state);
  const [hand, setHand] = useState<number | null>(null);
  useEffect(() => {
    if (hand === null) return;
    const timer = setTimeout(() => {
      setHand(null);
      void (hand >= newest ? session.past.leave().catch(tellProblem) : session.past.show(hand));
    }, restMs);
    return () => clearTimeout(timer);
  }, [hand, newest, session]);
  if (newest === 0) return null;
  const at = hand ?? asked ?? seq ?? newest;
  return (
    <div className="flex flex-col gap-2 border-b border-line px-4 py-2 text-sm" data-testid="time-travel">
      <label className="flex items-center gap-2">
        <span className="shrink-0 text-quiet">Back to</span>
        <input
          type="range"
          min={0}
          max={newest}
          value={at}
          aria-label="Edit after which the image is shown"
          aria-valuetext={at >= newest ? "now" : `after edit ${at} of ${newest}`}
          data-testid="time-slider"
          className="min-w-0 flex-1 accent-accent"
          onChange={(event) => setHand(Number(event.target.value))}
        />
        <span className="w-16 shrink-0 text-right tabular-nums" data-testid="time-at">
          {at >= newest && seq === null ? "now" : `${at} / ${newest}`}
        </span>
      </label>
      {seq !== null && (
        <div className="flex gap-2">
          <Button
            size="small"
            data-testid="bring-back"
            onClick={() => void session.past.bringBack().catch(tellProblem)}
          >
            Bring this back
          </Button>
          <Button
            size="small"
            look="quiet"
            data-testid="back-to-now"
            onClick={() => void session.past.leave().catch(tellProblem)}
          >
            Back to now
          </Button>
        </div>
      )}
    </div>
  );
}
