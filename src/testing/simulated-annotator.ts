/**
 * A person who makes labels right, simulated: reference labels say what right is, and each edit of the editor is counted.
 *
 * A proposed cell is left alone when it overlaps its reference well enough; else the cheapest of the editor's tools is used:
 * a line splits, a click merges, a brush stroke adds or takes away one piece, a cell is deleted or drawn. Strokes and lines are
 * perfect, so the counts are those of a careful person, not of a hurried one.
 *
 * Time follows the keystroke-level model (Card, Moran & Newell, CACM 23(7), 1980): M 1.35 s to decide, P 1.1 s to point, B 0.1 s
 * for a press or release, K 0.28 s for a key, drawing 0.9 s per straight piece and 0.16 s per cm. Every cell is also looked at once:
 * one fixation of 0.3 s (Rayner, Psychological Bulletin 124, 1998).
 */

import type { LabelImage } from "#core/array/index.ts";

export interface AnnotatorWork {
  /** Enter, once for each image. */
  readonly accept: number;
  readonly brush: number;
  readonly split: number;
  readonly merge: number;
  readonly delete: number;
  readonly draw: number;
  /** Edits of all cells of the image at once (`annotator-sweeps.ts`). */
  readonly sweep: number;
  /** Cells that were looked at: references and proposals that are none. */
  readonly looked: number;
}

const [decide, point, press, key] = [1.35, 1.1, 0.1, 0.28];
const drawing = (pieces: number, cm: number): number => 0.9 * pieces + 0.16 * cm;

/** Seconds of one operation. A cell is shown some 2 cm across, so its outline has 6 cm; a person draws it in 12 pieces. */
const secondsOf: Readonly<Record<keyof AnnotatorWork, number>> = {
  accept: decide + key,
  /** One stroke along a part of the outline. */
  brush: decide + point + 2 * press + drawing(2, 2),
  /** One line across the cell, with the key of the tool. */
  split: decide + key + point + 2 * press + drawing(1, 2),
  /** The first cell, the second cell. */
  merge: decide + key + 2 * (point + 2 * press),
  /** Point, press X. */
  delete: decide + point + key,
  draw: decide + point + 2 * press + drawing(12, 6),
  /** The tool, all cells or none, three steps of its length, Enter. */
  sweep: decide + 6 * key,
  looked: 0.3,
};

const nothing: AnnotatorWork = {
  ...{ accept: 0, brush: 0, split: 0, merge: 0, delete: 0, draw: 0, sweep: 0, looked: 0 },
};

function addWork(a: AnnotatorWork, b: AnnotatorWork): AnnotatorWork {
  return {
    accept: a.accept + b.accept,
    brush: a.brush + b.brush,
    split: a.split + b.split,
    merge: a.merge + b.merge,
    delete: a.delete + b.delete,
    draw: a.draw + b.draw,
    sweep: a.sweep + b.sweep,
    looked: a.looked + b.looked,
  };
}

/** Sum of a list. */
export const totalWork = (works: readonly AnnotatorWork[]): AnnotatorWork => works.reduce(addWork, nothing);

/** Edits and the acceptance; looking is no operation. */
export const operationCount = (work: AnnotatorWork): number => {
  const { accept, brush, split, merge, delete: gone, draw, sweep } = work;
  return accept + brush + split + merge + gone + draw + sweep;
};

export function secondsOfWork(work: AnnotatorWork): number {
  const names = Object.keys(secondsOf) as (keyof AnnotatorWork)[];
  return names.reduce((sum, name) => sum + work[name] * secondsOf[name], 0);
}

/** Every cell drawn, then the image accepted. */
export function drawFromScratch(reference: LabelImage): AnnotatorWork {
  const cells = pixelsByLabel(reference).size;
  return { ...nothing, accept: 1, draw: cells, looked: cells };
}

/** The cheaper of mending a proposal and removing all of it to draw from scratch: nobody mends what is no help. */
export function cheaperWork(mended: AnnotatorWork, scratch: AnnotatorWork): AnnotatorWork {
  const anew = addWork(scratch, { ...nothing, delete: 1 });
  return secondsOfWork(mended) <= secondsOfWork(anew) ? mended : anew;
}

/** Share of a cell that must lie in another one to count as part of it. */
const partShare = 0.5;

/**
 * What it takes to make a proposal right.
 *
 * @param rightIou  overlap (intersection over union, 0.5..1) at which a cell is left as it is.
 * @throws RangeError for images of different size. Cost: O(pixels + cells x their boxes).
 */
export function correctProposal(
  reference: LabelImage,
  proposal: LabelImage,
  rightIou: number,
): AnnotatorWork {
  if (reference.data.length !== proposal.data.length) throw new RangeError("images of different size");
  const { width } = reference;
  const cells = pixelsByLabel(reference);
  const open = pixelsByLabel(proposal);
  const work = { ...nothing, accept: 1, looked: cells.size };
  for (const [label, number] of rightPairs(cells, open, proposal, rightIou)) {
    open.delete(number);
    cells.delete(label);
  }
  const pieces = splitMerged(cells, open, reference, work);
  for (const pixels of cells.values()) {
    const own = pieces.filter((piece) => 2 * shared(piece, pixels) > piece.length && piece.length > 0);
    const found = own.length > 0 ? own : bestOf(pieces, pixels);
    for (const piece of found) pieces.splice(pieces.indexOf(piece), 1);
    if (found.length === 0) {
      work.draw += 1;
      continue;
    }
    work.merge += found.length - 1;
    const strokes = strokesToRight(pixels, found.flat(), rightIou, width);
    if (strokes * secondsOf.brush <= secondsOf.delete + secondsOf.draw) work.brush += strokes;
    else {
      work.delete += 1;
      work.draw += 1;
    }
  }
  work.delete += pieces.length;
  work.looked += pieces.length;
  return work;
}

/** Numbers of the objects of a proposal that are left as they are. */
export function rightObjects(reference: LabelImage, proposal: LabelImage, rightIou: number): Set<number> {
  const pairs = rightPairs(pixelsByLabel(reference), pixelsByLabel(proposal), proposal, rightIou);
  return new Set(pairs.map(([, number]) => number));
}

/** Cells with the object that is right for each: an IoU of at least one half leaves no choice. */
function rightPairs(
  cells: ReadonlyMap<number, Pixels>,
  objects: ReadonlyMap<number, Pixels>,
  proposal: LabelImage,
  rightIou: number,
): [label: number, number: number][] {
  return [...cells].flatMap(([label, pixels]): [number, number][] => {
    const [best] = [...overlapsOf(pixels, proposal)].sort((a, b) => b[1] - a[1]);
    if (best === undefined) return [];
    const other = objects.get(best[0]) as Pixels;
    return iou(pixels.length, other.length, best[1]) < rightIou ? [] : [[label, best[0]]];
  });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Pixels = readonly number[];

function pixelsByLabel({ data }: LabelImage): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label <= 0) continue;
    const list = found.get(label);
    if (list === undefined) found.set(label, [i]);
    else list.push(i);
  }
  return found;
}

function overlapsOf(pixels: Pixels, { data }: LabelImage): Map<number, number> {
  const found = new Map<number, number>();
  for (const i of pixels) {
    const label = data[i] as number;
    if (label > 0) found.set(label, (found.get(label) ?? 0) + 1);
  }
  return found;
}

const iou = (a: number, b: number, both: number): number => both / (a + b - both);

function shared(a: Pixels, b: Pixels): number {
  const inB = new Set(b);
  return a.reduce((sum, i) => sum + (inB.has(i) ? 1 : 0), 0);
}

/** The piece that overlaps a cell most, if it is worth mending. */
function bestOf(pieces: readonly number[][], pixels: Pixels): number[][] {
  const rated = pieces
    .map((piece) => ({ piece, both: shared(piece, pixels) }))
    .filter(({ both }) => 2 * both > partShare * pixels.length)
    .sort((a, b) => b.both - a.both);
  return rated[0] === undefined ? [] : [rated[0].piece];
}

/** Proposals that hold most of several cells are cut between them, each pixel to the nearer cell. */
function splitMerged(
  cells: ReadonlyMap<number, Pixels>,
  open: ReadonlyMap<number, number[]>,
  reference: LabelImage,
  work: Mutable<AnnotatorWork>,
): number[][] {
  const { width } = reference;
  return [...open.values()].flatMap((piece) => {
    const held = [...overlapsOf(piece, reference)].flatMap(([label, both]) => {
      const pixels = cells.get(label);
      return pixels !== undefined && both >= partShare * pixels.length ? [{ label, pixels }] : [];
    });
    if (held.length < 2) return [piece];
    work.split += held.length - 1;
    const middles = held.map(({ pixels }) => middleOf(pixels, width));
    const parts: number[][] = held.map(() => []);
    for (const i of piece) {
      const inside = held.findIndex(({ label }) => reference.data[i] === label);
      parts[inside >= 0 ? inside : nearest(middles, i, width)]?.push(i);
    }
    return parts.filter(({ length }) => length > 0);
  });
}

interface Middle {
  readonly y: number;
  readonly x: number;
}

function middleOf(pixels: Pixels, width: number): Middle {
  let [y, x] = [0, 0];
  for (const i of pixels) {
    y += Math.floor(i / width);
    x += i % width;
  }
  return { y: y / pixels.length, x: x / pixels.length };
}

function nearest(middles: readonly Middle[], i: number, width: number): number {
  const [y, x] = [Math.floor(i / width), i % width];
  const far = middles.map((middle) => (middle.y - y) ** 2 + (middle.x - x) ** 2);
  return far.indexOf(Math.min(...far));
}

/** Strokes until a piece is right: each mends the largest piece that is wrong, missing or too much. */
function strokesToRight(cell: Pixels, piece: Pixels, rightIou: number, width: number): number {
  const [inCell, inPiece] = [new Set(cell), new Set(piece)];
  let both = 0;
  for (const i of piece) if (inCell.has(i)) both++;
  let union = cell.length + piece.length - both;
  if (both / union >= rightIou) return 0;
  const wrong = new Set([...piece.filter((i) => !inCell.has(i)), ...cell.filter((i) => !inPiece.has(i))]);
  const faults = faultsOf(wrong, inCell, width).sort((a, b) => b.size - a.size);
  for (const [k, { size, isMissing }] of faults.entries()) {
    if (isMissing) both += size;
    else union -= size;
    if (both / union >= rightIou) return k + 1;
  }
  return faults.length;
}

/** Pieces of what is wrong, missing apart from too much, neighbours by sides. */
function faultsOf(
  wrong: Set<number>,
  inCell: ReadonlySet<number>,
  width: number,
): { readonly size: number; readonly isMissing: boolean }[] {
  const faults: { size: number; isMissing: boolean }[] = [];
  for (const start of wrong) {
    wrong.delete(start);
    const isMissing = inCell.has(start);
    const stack = [start];
    let size = 0;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      size++;
      const steps = [
        i - width,
        i + width,
        ...(i % width > 0 ? [i - 1] : []),
        ...((i + 1) % width > 0 ? [i + 1] : []),
      ];
      for (const next of steps) {
        if (!wrong.has(next) || inCell.has(next) !== isMissing) continue;
        wrong.delete(next);
        stack.push(next);
      }
    }
    faults.push({ size, isMissing });
  }
  return faults;
}
