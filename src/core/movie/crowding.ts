/**
 * Cells make room for each other: pairs that overlap are pushed apart, a few rounds per frame, through a grid of squares.
 */

export interface Body {
  y: number;
  x: number;
  /** Effective radius, the unit of the position. */
  radius: number;
  /** 0: is pushed; 1: does not give way (a rounded cell holds its place). */
  readonly firmness: number;
}

/**
 * @param bodies  changed in place. @param closeness  share of the sum of radii that two keep as distance.
 * @param rounds  relaxation rounds; overlaps halve in each. Cost: O(bodies x neighbours x rounds).
 */
export function separateInPlace(bodies: readonly Body[], closeness: number, rounds: number): void {
  let radiusMax = 0;
  for (const { radius } of bodies) radiusMax = Math.max(radiusMax, radius);
  const side = 2 * radiusMax * closeness;
  if (!(side > 0)) return;
  for (let round = 0; round < rounds; round++) separateOnce(bodies, closeness, side);
}

function separateOnce(bodies: readonly Body[], closeness: number, side: number): void {
  const squares = new Map<number, number[]>();
  // Rows and columns may be negative outside the view; the offset keeps keys apart.
  const keyOf = (row: number, column: number): number => (row + 1_000_000) * 4_000_000 + column + 1_000_000;
  for (const [k, { y, x }] of bodies.entries()) {
    const key = keyOf(Math.floor(y / side), Math.floor(x / side));
    const square = squares.get(key);
    if (square === undefined) squares.set(key, [k]);
    else square.push(k);
  }
  for (const [k, body] of bodies.entries()) {
    const [row, column] = [Math.floor(body.y / side), Math.floor(body.x / side)];
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        for (const other of squares.get(keyOf(r, c)) ?? []) {
          if (other > k) pushApart(body, bodies[other] as Body, closeness);
        }
      }
    }
  }
}

function pushApart(a: Body, b: Body, closeness: number): void {
  const least = closeness * (a.radius + b.radius);
  const [dy, dx] = [b.y - a.y, b.x - a.x];
  const squared = dy * dy + dx * dx;
  if (squared >= least * least) return;
  const distance = Math.sqrt(squared);
  // Two at one place part along x.
  const [uy, ux] = distance > 1e-9 ? [dy / distance, dx / distance] : [0, 1];
  const gap = 0.5 * (least - distance);
  const [give, take] = [1 - a.firmness, 1 - b.firmness];
  const total = give + take;
  if (total <= 0) return;
  a.y -= (gap * uy * give) / total;
  a.x -= (gap * ux * give) / total;
  b.y += (gap * uy * take) / total;
  b.x += (gap * ux * take) / total;
}
