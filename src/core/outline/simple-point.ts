/**
 * Whether a pixel can change sides without changing topology: a simple point.
 *
 * For objects that hang together by sides or corners (8) in a background that hangs together by sides (4), a pixel is
 * simple when its eight neighbours hold one 8-connected piece of object and one 4-connected piece of background that
 * touches the pixel by a side (Kong and Rosenfeld 1989). Flipping a simple point neither parts, joins, makes nor removes a
 * piece or a hole. All 256 neighbourhoods are worked out once.
 */

/** Neighbours in order around the pixel from the upper left, clockwise; odd positions touch it by a side. */
export const around: readonly (readonly [dy: number, dx: number])[] = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
];

const simple = Uint8Array.from({ length: 256 }, (_, bits) => (isSimpleBits(bits) ? 1 : 0));

/** @param bits  bit k is 1 when neighbour k of `around` belongs to the object. */
export function isSimple(bits: number): boolean {
  return simple[bits] === 1;
}

function isSimpleBits(bits: number): boolean {
  const object = around.map((_, k) => ((bits >> k) & 1) === 1);
  const objectPieces = countPieces(object, true, 8, () => true);
  const gapPieces = countPieces(object, false, 4, (k) => k % 2 === 1);
  return objectPieces === 1 && gapPieces === 1;
}

/** Pieces of one kind among the eight neighbours, counted when one of their members passes `counts`. */
function countPieces(
  object: readonly boolean[],
  kind: boolean,
  connectivity: 4 | 8,
  counts: (k: number) => boolean,
): number {
  const seen = new Set<number>();
  let pieces = 0;
  for (let first = 0; first < 8; first++) {
    if (object[first] !== kind || seen.has(first)) continue;
    const stack = [first];
    let counted = false;
    for (let k = stack.pop(); k !== undefined; k = stack.pop()) {
      if (seen.has(k)) continue;
      seen.add(k);
      counted ||= counts(k);
      for (let other = 0; other < 8; other++) {
        if (object[other] === kind && !seen.has(other) && touch(k, other, connectivity)) stack.push(other);
      }
    }
    if (counted) pieces++;
  }
  return pieces;
}

function touch(a: number, b: number, connectivity: 4 | 8): boolean {
  const [ya, xa] = around[a] as readonly [number, number];
  const [yb, xb] = around[b] as readonly [number, number];
  const [dy, dx] = [Math.abs(ya - yb), Math.abs(xa - xb)];
  return connectivity === 8 ? Math.max(dy, dx) === 1 : dy + dx === 1;
}
