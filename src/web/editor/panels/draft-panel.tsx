/** The settings of a tool whose outcome is looked at first: what it would do, in numbers, and Enter or Escape as buttons. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap } from "../input/keys-context.tsx";
import type { CarryTarget } from "../model/carry.ts";
import { type DraftTool, isDraftTool } from "../model/draft.ts";
import { type PlaneCounts, planeText } from "../model/planes.ts";
import { PromptControls } from "../prompt/prompt-controls.tsx";
import type { PromptTarget } from "../prompt/prompt-draft.ts";
import type { DraftsState } from "../session/drafts.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import {
  BulkControls,
  CarryControls,
  FloodControls,
  GrowControls,
  SeedsControls,
  ThresholdControls,
} from "./draft-controls.tsx";

const titles: Readonly<Record<DraftTool, string>> = {
  flood: "Flood",
  threshold: "Threshold in a box",
  seeds: "Split by seeds",
  "grow-by": "Grow or shrink",
  bulk: "Delete many",
  carry: "Copy to frames, slices",
  prompt: "Point at a cell",
};

const first: Readonly<Record<DraftTool, string>> = {
  flood: "Click where it begins. Shift adds it to the selected cell.",
  threshold: "Drag a box over the cells.",
  seeds: "Click once for each part; a click on a seed takes it away.",
  "grow-by": "Select the cells.",
  bulk: "Say which cells go.",
  carry: "Select the cells.",
  prompt: "Click a cell, or drag a box around it.",
};

export function DraftPanel({
  session,
  look,
  onCommand,
}: {
  session: EditorSession;
  look: Store<Look>;
  onCommand: (command: Command) => void;
}): ReactNode {
  const tool = useStore(session.store, (state) => state.tool);
  const draft = useStore(session.drafts.store, (state) => state);
  const channels = useStore(look, (state) => state.channels);
  const planes = useStore(session.store, (state) => state.planes);
  if (!isDraftTool(tool)) return null;
  const parts = { draft, drafts: session.drafts, channels: channels ?? [], mpp: session.mpp };
  return (
    <aside
      aria-label={titles[tool]}
      data-testid="draft-panel"
      data-cells={draft.cells}
      className="absolute bottom-12 left-3 z-10 max-h-[calc(100%-6.5rem)] w-76 max-w-[calc(100%-1.5rem)] overflow-y-auto rounded-lg border border-line bg-raised text-ink shadow-pop"
    >
      <form
        className="flex flex-col gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          onCommand("accept");
        }}
        onKeyDown={(event) => {
          // Escape in an open list closes the list.
          const inList = event.target instanceof Element && event.target.closest("[role=listbox]") !== null;
          if (event.key === "Escape" && !inList) onCommand("deselect");
        }}
      >
        <div className="flex items-center justify-between">
          <h2 className="font-semibold">{titles[tool]}</h2>
          <IconButton label="Close" onClick={() => session.setTool("select")}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
        {tool === "flood" && <FloodControls {...parts} />}
        {tool === "threshold" && <ThresholdControls {...parts} />}
        {tool === "seeds" && <SeedsControls {...parts} />}
        {tool === "grow-by" && <GrowControls {...parts} />}
        {tool === "bulk" && <BulkControls {...parts} />}
        {tool === "carry" && <CarryControls {...parts} />}
        {tool === "prompt" && <PromptControls {...parts} />}
        <p role="status" data-testid="draft-says" className="min-h-10 text-sm text-quiet">
          {sayOf(tool, draft, planes)}
        </p>
        <div className="flex justify-end gap-2">
          <Button size="small" disabled={draft.target === null} onClick={() => onCommand("deselect")}>
            Drop <KeyCap of="deselect" />
          </Button>
          <Button
            type="submit"
            size="small"
            look={tool === "bulk" ? "danger" : "primary"}
            disabled={draft.cells === 0 && !draft.reading}
          >
            {tool === "bulk" ? "Delete" : "Apply"} <KeyCap of="accept" />
          </Button>
        </div>
      </form>
    </aside>
  );
}

/** Where copies lie, and what is missing for filling in between. */
function sayOfCarry(target: CarryTarget, { cells, settings }: DraftsState, planes: PlaneCounts): string {
  const from = planeText(target.from, planes);
  if (settings.carryWay !== "between") {
    if (cells === 0) return `Nothing of ${from} has room there.`;
    const there = settings.carryWay.endsWith("slice") ? "slices" : "frames";
    return `Draws ${cellsText(cells)} from ${from}. Go through the ${there} to look.`;
  }
  if (target.key === null) return `First key: ${from}. Go to the other one and click the cell there.`;
  const keys = `${from} and ${planeText(target.key.plane, planes)}`;
  if (cells === 0) return `Nothing is missing between ${keys}.`;
  return `Draws ${cellsText(cells)} between ${keys}. Go through them to look.`;
}

function sayOfPrompt({ found }: PromptTarget, cells: number): string {
  if (found === null) return first.prompt;
  if (cells === 0) return "The cell is drawn like this already, or there is no room for it.";
  return "Enter or the next click takes it. Shift-click adds to it, Alt-click takes away.";
}

const cellsText = (count: number): string => (count === 1 ? "1 cell" : `${count.toLocaleString("en")} cells`);

/** What the draft would do, or what to do next. */
function sayOf(tool: DraftTool, draft: DraftsState, planes: PlaneCounts): string {
  const { target, cells, problem, reading } = draft;
  if (problem !== null) return problem;
  if (reading) return tool === "prompt" ? "Looking for the cell …" : "Reading the picture …";
  if (target === null) return first[tool];
  if (target.tool === "prompt") return sayOfPrompt(target, cells);
  if (target.tool === "seeds") {
    const count = target.seeds.length;
    if (count < 2) return `${first.seeds} ${count === 0 ? "" : "One is set."}`.trim();
    return `${count} seeds part the cell into ${count}.`;
  }
  if (target.tool === "carry") return sayOfCarry(target, draft, planes);
  if (target.tool === "grow-by" && target.uids.length === 0) return first["grow-by"];
  if (target.tool === "bulk") {
    const spared = target.spared.size === 0 ? "" : ` ${cellsText(target.spared.size)} spared.`;
    return cells === 0
      ? `No cell is found.${spared}`
      : `${cellsText(cells)} found. A click spares one.${spared}`;
  }
  if (cells === 0) return "Set like this, it changes nothing.";
  return `Changes ${cellsText(cells)}.`;
}
