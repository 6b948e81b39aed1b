/** One side of a conflict as a small picture: its cells filled, those of the other sides as thin outlines. */

import type { ReactNode } from "react";
import { shapePath } from "../../ui/shape-path.ts";
import type { EditConflict } from "../model/conflict.ts";

type Side = "before" | "mine" | "theirs";

const sides: readonly Side[] = ["before", "mine", "theirs"];
const names: Readonly<Record<Side, string>> = { before: "before", mine: "yours", theirs: "theirs" };
const sidePx = 68;
/** Image pixels around the cells, so that an outline at the edge is seen. */
const marginPx = 2;

export function ConflictPicture({
  caption,
  conflict,
  side,
}: {
  caption: string;
  conflict: EditConflict;
  side: Side;
}): ReactNode {
  const boxes = sides.flatMap((one) => conflict[one]).map(({ bbox }) => bbox);
  const y0 = Math.min(...boxes.map((box) => box[0])) - marginPx;
  const x0 = Math.min(...boxes.map((box) => box[1])) - marginPx;
  const height = Math.max(...boxes.map((box) => box[2])) + marginPx - y0;
  const width = Math.max(...boxes.map((box) => box[3])) + marginPx - x0;
  const shapes = conflict[side];
  const area =
    shapes.length === 0 ? "no cell" : `${shapes.length === 1 ? "one cell" : `${shapes.length} cells`}`;
  return (
    <figure className="flex flex-col items-center gap-0.5 text-xs">
      <svg
        role="img"
        aria-label={`${caption}: ${area}`}
        width={sidePx}
        height={sidePx}
        viewBox={`${x0} ${y0} ${width} ${height}`}
        className="rounded bg-bench text-on-bench"
      >
        {shapes.map(shapePath).map((path) => (
          <path key={path} d={path} fillRule="evenodd" fill="currentColor" fillOpacity="0.75" />
        ))}
        {sides
          .filter((one) => one !== side)
          .flatMap((one) => conflict[one].map((shape) => ({ one, path: shapePath(shape) })))
          .map(({ one, path }) => (
            <path
              key={one + path}
              d={path}
              fill="none"
              stroke="currentColor"
              strokeOpacity="0.6"
              strokeWidth="1"
              strokeDasharray={one === "before" ? "2 2" : undefined}
              vectorEffect="non-scaling-stroke"
            >
              <title>{names[one]}</title>
            </path>
          ))}
      </svg>
      <figcaption className="text-quiet">{caption}</figcaption>
    </figure>
  );
}
