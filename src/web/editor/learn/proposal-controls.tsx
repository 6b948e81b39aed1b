/** Proposals of the plane on the screen: a threshold over their confidence, and what to do with those above and below it. */

import type { ReactNode } from "react";
import { Button, formatCount, plural } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { ValueSlider } from "../panels/range.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";

const bins = 20;

export function ProposalControls({
  session,
  onCommand,
}: {
  session: EditorSession;
  onCommand: (command: Command) => void;
}): ReactNode {
  const { proposals } = session;
  // Every change of the cells counts anew.
  useStore(session.store, (state) => state.version);
  const threshold = useStore(proposals.threshold, ({ value }) => value);
  const { above, below, touched } = proposals.counts();
  return (
    <section
      aria-labelledby="proposals-title"
      className="flex flex-col gap-2"
      data-testid="proposals"
      data-above={above}
      data-below={below}
      data-touched={touched}
    >
      <h3 id="proposals-title" className="font-semibold">
        Proposals
      </h3>
      {above + below === 0 ? (
        <p className="text-sm text-quiet">
          {touched === 0 ? "No cells here yet." : "Every cell here was made or checked by a person."}
        </p>
      ) : (
        <>
          <Histogram counts={proposals.histogram(bins)} threshold={threshold} />
          <ValueSlider
            label="Threshold"
            value={threshold}
            min={0}
            max={1}
            step={0.01}
            text={(value) => value.toFixed(2)}
            onChange={(value) => proposals.setThreshold(value)}
          />
          <p className="text-sm text-quiet" role="status">
            {formatCount(above)} above, {formatCount(below)} below (dotted). Accept leaves those below out.
          </p>
          <div className="flex flex-wrap gap-2">
            <Button
              size="small"
              disabled={above === 0}
              onClick={() => onCommand("accept-above")}
              data-testid="accept-above"
            >
              Accept {plural(above, "cell")} <KeyCap of="accept-above" />
            </Button>
            <Button
              size="small"
              disabled={below === 0}
              onClick={() => proposals.removeBelow()}
              data-testid="remove-below"
            >
              Remove {formatCount(below)} below
            </Button>
          </div>
          <p className="text-xs text-quiet">
            <KeyCap of="accept-cell" /> accepts the cell pointed at or selected. All of it can be undone.
          </p>
        </>
      )}
    </section>
  );
}

/** How sure the model is of its proposals; what lies below the threshold is pale. */
function Histogram({ counts, threshold }: { counts: readonly number[]; threshold: number }): ReactNode {
  const most = Math.max(1, ...counts);
  return (
    <svg
      viewBox={`0 0 ${counts.length * 4} 24`}
      preserveAspectRatio="none"
      className="h-6 w-full"
      role="img"
      aria-label="How many proposals have which confidence"
    >
      {counts.map((count, k) => {
        const from = k / counts.length;
        return (
          <rect
            key={from}
            x={k * 4 + 0.25}
            y={24 - (24 * count) / most}
            width={3.5}
            height={(24 * count) / most}
            className={from >= threshold ? "fill-accent" : "fill-edge"}
          />
        );
      })}
    </svg>
  );
}
