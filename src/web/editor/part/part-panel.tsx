/** The panel of a draft that a model makes: which model, how far it is, what taking the draft would do. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { followFramesMax } from "#api/index.ts";
import { Button, Field, IconButton, ProgressBar } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { planeText } from "../model/planes.ts";
import { ModelPicker, type Primary } from "../panels/primary-button.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { isPartTool, type PartState } from "./part-drafts.ts";

const titles = { region: "Run the model here", follow: "Follow into next frames" } as const;

export function PartPanel({
  session,
  primary,
  onCommand,
}: {
  session: EditorSession;
  primary: Primary;
  onCommand: (command: Command) => void;
}): ReactNode {
  const tool = useStore(session.store, (state) => state.tool);
  const planes = useStore(session.store, (state) => state.planes);
  const part = useStore(session.part.store, (state) => state);
  if (!isPartTool(tool)) return null;
  const drafted = part.made + part.changed + part.removed;
  const canAsk = part.from !== null && part.answer === null && part.asking === null;
  return (
    <aside
      aria-label={titles[tool]}
      data-testid="part-panel"
      data-made={part.made}
      data-changed={part.changed}
      data-removed={part.removed}
      data-asking={part.asking !== null}
      className="absolute bottom-12 left-3 z-10 max-h-[calc(100%-6.5rem)] w-76 max-w-[calc(100%-1.5rem)] overflow-y-auto rounded-lg border border-line bg-raised text-ink shadow-pop"
    >
      <form
        className="flex flex-col gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          onCommand("accept");
        }}
      >
        <div className="flex items-center justify-between">
          <h2 className="font-semibold">{titles[tool]}</h2>
          <IconButton label="Close" onClick={() => session.setTool("select")}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
        <ModelPicker models={primary.models} />
        {tool === "follow" && <FrameCount session={session} part={part} />}
        <p role="status" data-testid="part-says" className="min-h-10 text-sm text-quiet">
          {sayOf(tool, part, part.from === null ? "" : planeText(part.from, planes))}
        </p>
        {part.asking !== null && <ProgressBar label={titles[tool]} fraction={part.asking.fraction} />}
        <div className="flex justify-end gap-2">
          <Button size="small" disabled={part.from === null} onClick={() => onCommand("deselect")}>
            {part.asking === null ? "Drop" : "Stop"} <KeyCap of="deselect" />
          </Button>
          <Button type="submit" size="small" look="primary" disabled={drafted === 0 && !canAsk}>
            {canAsk ? "Ask" : "Take it"} <KeyCap of="accept" />
          </Button>
        </div>
      </form>
    </aside>
  );
}

function FrameCount({ session, part }: { session: EditorSession; part: PartState }): ReactNode {
  return (
    <Field label="How many frames">
      {(ids) => (
        <input
          {...ids}
          type="number"
          className="control"
          min={1}
          max={followFramesMax}
          step={1}
          value={part.frames}
          onChange={(event) => {
            const next = event.currentTarget.valueAsNumber;
            if (Number.isFinite(next)) session.part.setFrames(Math.min(followFramesMax, next));
          }}
        />
      )}
    </Field>
  );
}

/** What the draft would do, or what to do next. */
function sayOf(tool: keyof typeof titles, part: PartState, from: string): string {
  const { asking, problem, answer, made, changed, removed, uids } = part;
  if (asking !== null) return asking.text;
  if (problem !== null) return problem;
  if (answer === null) {
    if (tool === "region") return "Drag a box over the part. Cells that a person made stay, unless selected.";
    return uids.length === 0
      ? "Select the cells to follow."
      : `Finds ${uids.length === 1 ? "the cell" : `${uids.length} cells`} of ${from} in the frames after it.`;
  }
  if (made + changed + removed === 0) return "The model finds what is there already.";
  const parts = [
    ...(made > 0 ? [`${made} new`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(removed > 0 ? [`${removed} gone`] : []),
  ];
  const look = tool === "follow" ? " Go through the frames to look." : "";
  return `${parts.join(", ")}.${look}`;
}
