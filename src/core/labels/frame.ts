/**
 * A plane inside a frame of one pixel: every pixel has all its neighbours, so that inner loops need no check of edges.
 */

export interface Frame {
  /** Of the plane itself. */
  readonly innerWidth: number;
  /** Of the plane with its frame: the step from row to row. */
  readonly width: number;
  /** Pixels of the plane with its frame. */
  readonly length: number;
  /** Index of pixel (0, 0). */
  readonly first: number;
}

export function frameOf(height: number, width: number): Frame {
  return { innerWidth: width, width: width + 2, length: (height + 2) * (width + 2), first: width + 3 };
}

/** Steps from a framed index to its neighbours: up, left, right, down, then the corners. */
export function neighboursOf(width: number, connectivity: 4 | 8): Int32Array {
  const sides = [-width, -1, 1, width];
  const corners = [-width - 1, -width + 1, width - 1, width + 1];
  return Int32Array.from(connectivity === 8 ? [...sides, ...corners] : sides);
}
