/**
 * An image with outlines over it, to zoom with the wheel and to move by dragging.
 *
 * SVG over the image's picture: some hundred outlines with titles and clicks of their own are what it is made for; the
 * editor's viewer is for painting. Strokes keep their width on the screen at every zoom.
 */

import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { thumbnailUrl } from "../client/index.ts";
import { type Box, roomAround } from "./outline-path.ts";

export interface Outline {
  readonly key: string;
  readonly path: string;
  readonly colour: string;
  readonly title?: string;
  readonly opacity?: number;
  readonly dashed?: boolean;
  readonly strong?: boolean;
  readonly filled?: boolean;
  readonly onPick?: () => void;
}

/** Largest picture the server makes of an image. */
const pictureSidePx = 1024;

/** Side of what is shown about a cell: a few cells of usual size. */
const roomPx = 96;

/** Smallest part of an image one can zoom to, in its pixels. */
const spanPxMin = 8;

export function CellPicture({
  imageId,
  size,
  outlines,
  focus = null,
  label,
  testId,
}: {
  imageId: string;
  size: { readonly height: number; readonly width: number };
  outlines: readonly Outline[];
  /** What to fly to when it changes. */
  focus?: Box | null;
  label: string;
  testId?: string;
}): ReactNode {
  const { height, width } = size;
  const whole: Box = [0, 0, height, width];
  const [view, setView] = useState<Box>(() => (focus === null ? whole : roomAround(focus, roomPx)));
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<{ x: number; y: number; view: Box } | null>(null);
  const wanted = focus?.join() ?? "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a box with the same numbers is the same box.
  useEffect(() => {
    if (focus !== null) setView(roomAround(focus, roomPx));
  }, [wanted]);
  useWheelZoom(svg, view, setView, Math.max(height, width));

  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button !== 0) return;
    drag.current = { x: event.clientX, y: event.clientY, view };
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const start = drag.current;
    if (start === null || svg.current === null) return;
    const scale = unitsPerPixel(svg.current, start.view);
    const [dy, dx] = [(start.y - event.clientY) * scale, (start.x - event.clientX) * scale];
    if (Math.abs(dy) + Math.abs(dx) < 2 * scale) return;
    setView([start.view[0] + dy, start.view[1] + dx, start.view[2] + dy, start.view[3] + dx]);
  };
  const end = (): void => {
    drag.current = null;
  };
  return (
    <svg
      ref={svg}
      role="img"
      aria-label={label}
      data-testid={testId}
      viewBox={`${view[1]} ${view[0]} ${view[3] - view[1]} ${view[2] - view[0]}`}
      className="size-full touch-none bg-bench select-none"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={end}
      onPointerLeave={end}
      onDoubleClick={() => setView(whole)}
    >
      <image
        href={thumbnailUrl(imageId, { size: pictureSidePx })}
        x={0}
        y={0}
        width={width}
        height={height}
        preserveAspectRatio="none"
        style={{ imageRendering: "pixelated" }}
      />
      {outlines.map((outline) => (
        <OutlinePath key={outline.key} outline={outline} />
      ))}
    </svg>
  );
}

function OutlinePath({ outline }: { outline: Outline }): ReactNode {
  const {
    path,
    colour,
    title,
    opacity = 1,
    dashed = false,
    strong = false,
    filled = false,
    onPick,
  } = outline;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list beside the picture does the same by keyboard.
    <path
      d={path}
      fill={filled ? colour : onPick === undefined ? "none" : "transparent"}
      fillOpacity={filled ? 0.35 : 0}
      fillRule="evenodd"
      stroke={colour}
      strokeOpacity={opacity}
      strokeWidth={strong ? 3 : 1.5}
      strokeDasharray={dashed ? "4 3" : undefined}
      vectorEffect="non-scaling-stroke"
      onClick={onPick}
      className={onPick === undefined ? undefined : "cursor-pointer"}
    >
      {title !== undefined && <title>{title}</title>}
    </path>
  );
}

/** Image pixels for one pixel of the screen: the picture is fitted into the element. */
function unitsPerPixel(svg: SVGSVGElement, view: Box): number {
  const { width, height } = svg.getBoundingClientRect();
  return Math.max((view[3] - view[1]) / width, (view[2] - view[0]) / height);
}

/** Zooms about the pointer. Registered by hand, because React's wheel listener may not stop the page from scrolling. */
function useWheelZoom(
  svg: React.RefObject<SVGSVGElement | null>,
  view: Box,
  setView: (view: Box) => void,
  sidePx: number,
): void {
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => {
    const element = svg.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const [y0, x0, y1, x1] = latest.current;
      const bounds = element.getBoundingClientRect();
      const scale = unitsPerPixel(element, latest.current);
      const y = (y0 + y1) / 2 + (event.clientY - bounds.top - bounds.height / 2) * scale;
      const x = (x0 + x1) / 2 + (event.clientX - bounds.left - bounds.width / 2) * scale;
      const span = Math.max(y1 - y0, x1 - x0);
      const wanted = span * 1.002 ** Math.max(-300, Math.min(300, event.deltaY));
      const factor = Math.max(spanPxMin, Math.min(4 * sidePx, wanted)) / span;
      setView([y + (y0 - y) * factor, x + (x0 - x) * factor, y + (y1 - y) * factor, x + (x1 - x) * factor]);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [svg, setView, sidePx]);
}
