/** The tools at the left of the image: icon, name, key. */

import {
  Blend,
  Brush,
  CirclePlus,
  Combine,
  Contrast,
  Copy,
  Droplet,
  Eraser,
  Expand,
  FastForward,
  Keyboard,
  LassoSelect,
  ListX,
  type LucideIcon,
  Maximize,
  MousePointer2,
  MousePointerClick,
  PaintBucket,
  Redo2,
  Scissors,
  Signpost,
  Sprout,
  Trash2,
  Undo2,
  WandSparkles,
} from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap, useAriaChord } from "../input/keys-context.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import type { EditorState } from "../session/editor-state.ts";
import { useStore } from "../session/store.ts";
import { writeModeWords } from "../session/write-mode-words.ts";

interface RailItem {
  readonly command: Command;
  readonly icon: LucideIcon;
  readonly name: string;
  /** Of a button that says which of several ways is chosen. */
  readonly nameNow?: (state: EditorState) => string;
  /** What it is for, where its name says the way. */
  readonly hint?: string;
  readonly isOn?: (state: EditorState) => boolean;
  readonly isOff?: (state: EditorState) => boolean;
  /** Of images with time or depth only. */
  readonly ofPlanes?: boolean;
}

const tools: readonly RailItem[] = [
  { command: "select", icon: MousePointer2, name: "Select", isOn: (s) => s.tool === "select" },
  { command: "brush", icon: Brush, name: "Brush", isOn: (s) => s.tool === "brush" && !s.newCell },
  { command: "eraser", icon: Eraser, name: "Eraser", isOn: (s) => s.tool === "eraser" },
  { command: "lasso", icon: LassoSelect, name: "Lasso", isOn: (s) => s.tool === "lasso" },
  {
    command: "new-cell",
    icon: CirclePlus,
    name: "New cell",
    isOn: (s) => s.tool === "brush" && s.newCell,
  },
  { command: "split", icon: Scissors, name: "Split", isOn: (s) => s.tool === "split" },
  { command: "merge", icon: Combine, name: "Merge", isOn: (s) => s.tool === "merge" },
  { command: "prompt", icon: MousePointerClick, name: "Point", isOn: (s) => s.tool === "prompt" },
  { command: "flood", icon: Droplet, name: "Flood", isOn: (s) => s.tool === "flood" },
  { command: "threshold", icon: Contrast, name: "Level", isOn: (s) => s.tool === "threshold" },
  { command: "seeds", icon: Sprout, name: "Seeds", isOn: (s) => s.tool === "seeds" },
  { command: "grow-by", icon: Expand, name: "Grow", isOn: (s) => s.tool === "grow-by" },
  { command: "bulk", icon: ListX, name: "Many", isOn: (s) => s.tool === "bulk" },
  {
    command: "carry",
    icon: Copy,
    name: "Copy to",
    isOn: (s) => s.tool === "carry",
    ofPlanes: true,
  },
  { command: "region", icon: WandSparkles, name: "Run here", isOn: (s) => s.tool === "region" },
  { command: "follow", icon: FastForward, name: "Follow", isOn: (s) => s.tool === "follow", ofPlanes: true },
  { command: "fill", icon: PaintBucket, name: "Fill" },
  { command: "delete", icon: Trash2, name: "Delete", isOn: (s) => s.tool === "delete" },
  {
    command: "write-mode",
    icon: Blend,
    name: "Around",
    nameNow: (s) => writeModeWords[s.writeMode].name,
    hint: "Where strokes meet other cells",
  },
];

const steps: readonly RailItem[] = [
  { command: "undo", icon: Undo2, name: "Undo", isOff: (s) => !s.canUndo },
  { command: "redo", icon: Redo2, name: "Redo", isOff: (s) => !s.canRedo },
];

const views: readonly RailItem[] = [
  { command: "fit", icon: Maximize, name: "Fit" },
  { command: "help", icon: Keyboard, name: "Keys" },
  { command: "tour", icon: Signpost, name: "Tour" },
];

export function ToolRail({
  session,
  onCommand,
}: {
  session: EditorSession;
  onCommand: (command: Command) => void;
}): ReactNode {
  return (
    <div
      role="toolbar"
      aria-label="Tools"
      aria-orientation="vertical"
      className="flex w-32 shrink-0 flex-col overflow-y-auto border-r border-line bg-panel p-1"
    >
      <RailGroup items={tools} session={session} onCommand={onCommand} />
      <hr className="my-1 border-line" />
      <RailGroup items={steps} session={session} onCommand={onCommand} />
      <span className="flex-1" />
      <RailGroup items={views} session={session} onCommand={onCommand} />
    </div>
  );
}

/** Two side by side: all of them stay in sight on a low screen. */
function RailGroup({
  items,
  session,
  onCommand,
}: {
  items: readonly RailItem[];
  session: EditorSession;
  onCommand: (command: Command) => void;
}): ReactNode {
  const { t, z } = useStore(session.store, (state) => state.planes);
  const shown = items.filter((item) => item.ofPlanes !== true || t * z > 1);
  return (
    <div className="grid grid-cols-2 gap-0.5">
      {shown.map((item) => (
        <RailButton key={item.command} item={item} session={session} onCommand={onCommand} />
      ))}
    </div>
  );
}

function RailButton({
  item,
  session,
  onCommand,
}: {
  item: RailItem;
  session: EditorSession;
  onCommand: (command: Command) => void;
}): ReactNode {
  const isOn = useStore(session.store, (state) => item.isOn?.(state) ?? false);
  const isOff = useStore(
    session.store,
    (state) =>
      item.isOff?.(state) === true ||
      (state.readOnly !== null &&
        item.command !== "select" &&
        item.command !== "fit" &&
        item.command !== "help" &&
        item.command !== "tour"),
  );
  const name = useStore(session.store, (state) => item.nameNow?.(state) ?? item.name);
  const chord = useAriaChord(item.command);
  const Icon = item.icon;
  return (
    <button
      type="button"
      data-testid={`tool-${item.command}`}
      aria-pressed={item.isOn === undefined ? undefined : isOn}
      aria-keyshortcuts={chord}
      title={item.hint}
      disabled={isOff}
      onClick={() => onCommand(item.command)}
      className={classNames(
        "relative flex flex-col items-center gap-px rounded-md px-0.5 pt-1.5 pb-1 text-xs select-none disabled:opacity-45",
        isOn
          ? "bg-accent text-on-accent"
          : "text-quiet hover:not-disabled:bg-hover hover:not-disabled:text-ink",
      )}
    >
      <Icon aria-hidden="true" className="size-4.5" />
      <span className="leading-tight">{name}</span>
      <KeyCap
        of={item.command}
        short
        className="absolute top-0.5 right-1 font-sans text-[0.625rem] leading-tight"
      />
    </button>
  );
}
