/** What the prompt tool is set by: what a click means, where the cell is seen, how large cells are. */

import type { ReactNode } from "react";
import { Button, Choice } from "../../ui/index.ts";
import { Either, type Parts } from "../panels/draft-controls.tsx";

export function PromptControls({ draft, drafts, channels }: Parts): ReactNode {
  const { clickMeans, outlineChannel, nuclearChannel, diameterPx } = draft.settings;
  return (
    <>
      <Either
        label="A click is"
        value={clickMeans}
        items={[
          ["new", "Another cell"],
          ["more", "More of it"],
          ["less", "Less of it"],
        ]}
        onChange={(next) => drafts.change({ clickMeans: next })}
      />
      {channels.length > 1 && (
        <>
          <Choice
            label="Outline seen in"
            items={[{ value: "shown", label: "The first one shown" }, ...items(channels)]}
            value={outlineChannel === null ? "shown" : String(outlineChannel)}
            onChange={(next) => drafts.change({ outlineChannel: next === "shown" ? null : Number(next) })}
          />
          <Choice
            label="Nuclei of whole cells in"
            items={[{ value: "none", label: "None" }, ...items(channels)]}
            value={nuclearChannel === null ? "none" : String(nuclearChannel)}
            onChange={(next) => drafts.change({ nuclearChannel: next === "none" ? null : Number(next) })}
          />
        </>
      )}
      <div className="flex items-center justify-between gap-3 text-sm">
        <span data-testid="prompt-size">
          {diameterPx === null ? "Cells as large as those here" : `Cells about ${diameterPx} px wide`}
        </span>
        <span className="flex gap-1">
          <Button size="small" onClick={() => drafts.step(-1)}>
            Smaller
          </Button>
          <Button size="small" onClick={() => drafts.step(1)}>
            Larger
          </Button>
        </span>
      </div>
    </>
  );
}

const items = (channels: Parts["channels"]): { value: string; label: string }[] =>
  channels.map(({ index, name }) => ({ value: String(index), label: name }));
