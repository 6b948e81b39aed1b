/** Over the picture: the seeds and the box of a draft, and where the arrow keys point. */

import type { ReactNode } from "react";
import type { Point } from "#core/array/index.ts";
import type { Prompt } from "#nn/prompt/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { useView } from "../view/use-view.ts";
import type { ViewController } from "../view/view-controller.ts";
import { worldToScreen } from "../view/view-maths.ts";

export function DraftMarks({ session, view }: { session: EditorSession; view: ViewController }): ReactNode {
  const target = useStore(session.drafts.store, (state) => state.target);
  const part = useStore(session.part.store, (state) => state.box);
  const pointer = useStore(session.store, (state) => state.pointer);
  const current = useView(view);
  /** Screen place of a corner between pixels; the middle of a pixel lies half further. */
  const corner = (y: number, x: number) => worldToScreen(current, view.viewport, { y, x });
  const middle = ({ y, x }: Point) => corner(Math.round(y) + 0.5, Math.round(x) + 0.5);
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute inset-0 size-full">
      {target?.tool === "threshold" && (
        <Box from={corner(target.box[0], target.box[1])} to={corner(target.box[2], target.box[3])} />
      )}
      {part !== null && <Box from={corner(part[0], part[1])} to={corner(part[2], part[3])} />}
      {target?.tool === "prompt" && <PromptMarks {...target.prompt} corner={corner} middle={middle} />}
      {target?.tool === "flood" && <Dot at={middle(target.at)} />}
      {target?.tool === "seeds" &&
        target.seeds.map((seed, k) => (
          <Dot key={`${seed.y},${seed.x}`} at={middle(seed)} text={String(k + 1)} />
        ))}
      {pointer !== null && <Cross at={middle(pointer)} />}
    </svg>
  );
}

/** Clicks on the cell are full, those beside it crossed out; the box as it was dragged. */
function PromptMarks({
  inside,
  outside,
  box,
  corner,
  middle,
}: Prompt & {
  corner: (y: number, x: number) => ScreenPlace;
  middle: (at: Point) => ScreenPlace;
}): ReactNode {
  return (
    <>
      {box !== null && <Box from={corner(box[0], box[1])} to={corner(box[2], box[3])} />}
      {inside.map((at) => (
        <Dot key={`+${at.y},${at.x}`} at={middle(at)} text="+" />
      ))}
      {outside.map((at) => (
        <Dot key={`-${at.y},${at.x}`} at={middle(at)} text="−" />
      ))}
    </>
  );
}

interface ScreenPlace {
  readonly x: number;
  readonly y: number;
}

function Box({ from, to }: { from: ScreenPlace; to: ScreenPlace }): ReactNode {
  const facts = { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y, fill: "none" };
  return (
    <g data-testid="draft-box">
      <rect {...facts} stroke="black" strokeOpacity="0.6" strokeWidth="3" />
      <rect {...facts} stroke="white" strokeWidth="1.25" strokeDasharray="5 3" />
    </g>
  );
}

function Dot({ at, text }: { at: ScreenPlace; text?: string }): ReactNode {
  const radius = text === undefined ? 4 : 8;
  return (
    <g transform={`translate(${at.x} ${at.y})`} data-testid="draft-point">
      <circle r={radius} fill="black" fillOpacity="0.75" stroke="white" strokeWidth="1.5" />
      {text !== undefined && (
        <text fill="white" fontSize="11" fontWeight="600" textAnchor="middle" dominantBaseline="central">
          {text}
        </text>
      )}
    </g>
  );
}

function Cross({ at }: { at: ScreenPlace }): ReactNode {
  const lines = "M-12 0H-4M4 0H12M0 -12V-4M0 4V12";
  return (
    <g transform={`translate(${at.x} ${at.y})`} data-testid="arrow-pointer" fill="none">
      <path d={lines} stroke="black" strokeOpacity="0.6" strokeWidth="4" />
      <path d={lines} stroke="white" strokeWidth="1.5" />
    </g>
  );
}
