/**
 * Where the image lies on the screen.
 *
 * World coordinates are pixels of the full-resolution image with the origin at the *corner* of the first pixel, as
 * deck.gl draws it; points handed to label tools have pixel *centres* at whole numbers (glossary), half a pixel less.
 * `zoom` is log2 of screen pixels per image pixel. Everything here is pure.
 */

/** Position in image pixels, origin at the corner of pixel (0, 0). */
export interface WorldPoint {
  readonly y: number;
  readonly x: number;
}

/** Position in CSS pixels from the top left of the viewport. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

export interface View {
  readonly zoom: number;
  /** What lies in the middle of the viewport. */
  readonly target: WorldPoint;
}

/** 64 screen pixels per image pixel: beyond that a single pixel fills the view and nothing is learned. */
export const zoomMax = 6;
/** A whole-slide image of 2^17 pixels still fits into 500 screen pixels. */
const zoomMin = -9;
/** Share of the viewport that a fitted image covers, so that its border can be seen. */
const fitShare = 0.94;

/** A cell is shown with its neighbours: this many times its size. */
const roomAround = 5;
/** A speck is not blown up to fill the view: at least this many image pixels are seen. */
const roomMinPx = 80;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export const scaleOf = (view: View): number => 2 ** view.zoom;

export function screenToWorld(view: View, viewport: Size, point: ScreenPoint): WorldPoint {
  const scale = scaleOf(view);
  return {
    y: view.target.y + (point.y - viewport.height / 2) / scale,
    x: view.target.x + (point.x - viewport.width / 2) / scale,
  };
}

export function worldToScreen(view: View, viewport: Size, point: WorldPoint): ScreenPoint {
  const scale = scaleOf(view);
  return {
    x: (point.x - view.target.x) * scale + viewport.width / 2,
    y: (point.y - view.target.y) * scale + viewport.height / 2,
  };
}

/** World position to the coordinates of label tools, where pixel centres are whole numbers. */
export const worldToPixel = (point: WorldPoint): { y: number; x: number } => ({
  y: point.y - 0.5,
  x: point.x - 0.5,
});

/** Keeps some of the image in sight: its middle may not leave the viewport's reach. */
export function clampView(view: View, image: Size): View {
  return {
    zoom: clamp(view.zoom, zoomMin, zoomMax),
    target: { y: clamp(view.target.y, 0, image.height), x: clamp(view.target.x, 0, image.width) },
  };
}

/** The view in which the whole image is seen, centred. */
export function fitView(image: Size, viewport: Size): View {
  const scale = Math.min(viewport.width / image.width, viewport.height / image.height) * fitShare;
  const zoom = scale > 0 && Number.isFinite(scale) ? clamp(Math.log2(scale), zoomMin, zoomMax) : 0;
  return { zoom, target: { y: image.height / 2, x: image.width / 2 } };
}

/** Zooms by `delta` (log2) so that the world point under `anchor` stays under it. */
export function zoomAt(view: View, viewport: Size, anchor: ScreenPoint, delta: number): View {
  const held = screenToWorld(view, viewport, anchor);
  const zoom = clamp(view.zoom + delta, zoomMin, zoomMax);
  const scale = 2 ** zoom;
  return {
    zoom,
    target: {
      y: held.y - (anchor.y - viewport.height / 2) / scale,
      x: held.x - (anchor.x - viewport.width / 2) / scale,
    },
  };
}

/** Moves the image by screen pixels, as if dragged. */
export function panBy(view: View, dx: number, dy: number): View {
  const scale = scaleOf(view);
  return { zoom: view.zoom, target: { y: view.target.y - dy / scale, x: view.target.x - dx / scale } };
}

/**
 * Room beside the image's border, screen pixels: the map of the image, the scale bar and panels lie along the viewport's
 * edges, and a cell at the border is to be seen beside them.
 */
const borderRoomPx = 120;

/** The nearest view of the same zoom that wastes little room beside the image: it ends just past the border, or is centred. */
export function keepOnImage(view: View, image: Size, viewport: Size): View {
  const scale = scaleOf(view);
  const along = (target: number, size: number, seen: number): number => {
    const half = seen / scale / 2;
    const kept = half - borderRoomPx / scale;
    return size <= 2 * half
      ? size / 2
      : clamp(target, Math.min(kept, size / 2), Math.max(size - kept, size / 2));
  };
  return {
    zoom: view.zoom,
    target: {
      y: along(view.target.y, image.height, viewport.height),
      x: along(view.target.x, image.width, viewport.width),
    },
  };
}

/** The view that shows a box with room around it; zooms out only as far as needed, and in to at most `closest`. */
export function viewOfBox(
  box: readonly [y0: number, x0: number, y1: number, x1: number],
  viewport: Size,
  closest = 4,
): View {
  const [y0, x0, y1, x1] = box;
  const room = (side: number): number => Math.max(side * roomAround, roomMinPx);
  const scale = Math.min(viewport.height / room(y1 - y0), viewport.width / room(x1 - x0));
  return {
    zoom: clamp(Math.log2(scale), zoomMin, closest),
    target: { y: (y0 + y1) / 2, x: (x0 + x1) / 2 },
  };
}

/** View between two views, `share` from 0 to 1; eased, because a constant speed looks like a jerk at both ends. */
export function viewBetween(from: View, to: View, share: number): View {
  if (share >= 1) return to;
  const s = clamp(share, 0, 1);
  const eased = s * s * (3 - 2 * s);
  const mix = (a: number, b: number): number => a + (b - a) * eased;
  return {
    zoom: mix(from.zoom, to.zoom),
    target: { y: mix(from.target.y, to.target.y), x: mix(from.target.x, to.target.x) },
  };
}
