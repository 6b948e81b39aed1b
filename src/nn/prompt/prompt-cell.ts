/**
 * From what a person points at to one cell: the views that are looked at, what the network is shown, and what comes back.
 *
 * How large the cell is, nobody knows before it is found. So when the first look finds a cell that is far from the usual
 * size of a view, or that leaves it, a second look is taken at the size found. Corrections stay in the view of the answer
 * that they correct.
 */
import type { Point } from "#core/array/index.ts";
import { answerAt, cellOfAnswer, type PromptedCell } from "./cell-of-answer.ts";
import { boxMap, clickMap, type Prompt } from "./prompt-maps.ts";
import { promptPlanes } from "./prompt-network.ts";
import {
  cellPx,
  type ImageSize,
  inView,
  ofView,
  type PromptView,
  viewAround,
  viewOfBox,
  viewSide,
} from "./prompt-view.ts";

const pixels = viewSide * viewSide;

/** The pictures of a view, normalised; null where the image has no such channel. */
export interface ViewPictures {
  readonly outline: Float32Array;
  readonly nuclear: Float32Array | null;
}

export interface PromptGround {
  readonly size: ImageSize;
  pictures(view: PromptView): Promise<ViewPictures>;
  /** Whether a pixel of the image is another cell's. */
  isTaken(y: number, x: number): boolean;
  /** Runs the network: planes [7, viewSide, viewSide] to the answer, 0..1, `viewSide` squared. */
  ask(planes: Float32Array): Promise<Float32Array>;
}

export interface PromptAnswer {
  readonly view: PromptView;
  /** What the network said, kept for a correction. */
  readonly answer: Float32Array;
  readonly cell: PromptedCell | null;
}

/** What the network is shown of a view. @param before  its earlier answer in the same view. */
function promptPlanesOf(
  { outline, nuclear }: ViewPictures,
  prompt: Prompt,
  view: PromptView,
  before: Float32Array | null,
  isTaken: PromptGround["isTaken"],
): Float32Array {
  const planes = new Float32Array(promptPlanes.length * pixels);
  const set = (name: (typeof promptPlanes)[number], map: Float32Array | null): void => {
    if (map !== null) planes.set(map, promptPlanes.indexOf(name) * pixels);
  };
  set("outline", outline);
  set("nuclear", nuclear);
  set("inside", clickMap(prompt.inside, view));
  set("outside", clickMap(prompt.outside, view));
  set("box", boxMap(prompt.box, view));
  set("before", before);
  set("taken", takenMap(view, isTaken));
  return planes;
}

function takenMap(view: PromptView, isTaken: PromptGround["isTaken"]): Float32Array {
  const map = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const { y, x } = ofView(view, { y: Math.floor(i / viewSide), x: i % viewSide });
    if (isTaken(Math.round(y), Math.round(x))) map[i] = 1;
  }
  return map;
}

/** Cells between these diameters are at home in a view, pixels of the network. */
const [smallPx, largePx] = [cellPx / 2, 2 * cellPx];

/** How much wider the second look is when the cell leaves the first. */
const widening = 2;

/** The view for a second look; null when the first was good enough. */
function nextView({ view, cell }: PromptAnswer, prompt: Prompt): PromptView | null {
  if (cell === null) return null;
  const [y0, x0, y1, x1] = cell.box;
  const middle = { y: (y0 + y1 - 1) / 2, x: (x0 + x1 - 1) / 2 };
  const { diameterInView: found, leavesView } = cell;
  if (leavesView) return viewAround(middle, (cellPx / view.scale) * widening);
  const isUsual = found >= smallPx && found <= largePx;
  return isUsual || prompt.box !== null ? null : viewAround(middle, found / view.scale);
}

/** @param diameterPx  of the cells of the image, as far as known, pixels of the image. */
function firstView({ inside: [first], box }: Prompt, diameterPx: number): PromptView {
  if (box !== null) return viewOfBox(box);
  return viewAround(first as Point, diameterPx);
}

const looksMax = 3;

/** The cell for a first prompt: at least one click inside, or a box. Throws what the ground throws. */
export async function promptCell(
  ground: PromptGround,
  prompt: Prompt,
  diameterPx: number,
): Promise<PromptAnswer> {
  let answer = await look(ground, prompt, firstView(prompt, diameterPx), null);
  for (let looks = 1; looks < looksMax; looks++) {
    const next = nextView(answer, prompt);
    if (next === null) break;
    const second = await look(ground, prompt, next, null);
    // A second look that finds nothing, or no longer all of it, is worth less than the first.
    if (second.cell === null) break;
    answer = second;
  }
  return answer;
}

/** The cell after a click more: the same view, unless the click lies outside of it. */
export async function correctCell(
  ground: PromptGround,
  prompt: Prompt,
  { view, answer }: Pick<PromptAnswer, "view" | "answer">,
): Promise<PromptAnswer> {
  const clicks = [...prompt.inside, ...prompt.outside].map((click) => inView(view, click));
  const margin = 2;
  const isSeen = clicks.every(({ y, x }) => Math.min(y, x, viewSide - 1 - y, viewSide - 1 - x) >= margin);
  if (isSeen) return look(ground, prompt, view, answer);
  const wider: PromptView = { centre: view.centre, scale: view.scale / widening };
  return look(ground, prompt, wider, answerInView(answer, view, wider));
}

async function look(
  ground: PromptGround,
  prompt: Prompt,
  view: PromptView,
  before: Float32Array | null,
): Promise<PromptAnswer> {
  const pictures = await ground.pictures(view);
  const answer = await ground.ask(promptPlanesOf(pictures, prompt, view, before, ground.isTaken));
  return { view, answer, cell: cellOfAnswer(answer, view, prompt, ground.size) };
}

/** An answer as another view shows it; 0 where it was not seen. */
function answerInView(answer: Float32Array, from: PromptView, to: PromptView): Float32Array {
  const out = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = inView(from, ofView(to, { y: Math.floor(i / viewSide), x: i % viewSide }));
    const isSeen = at.y >= 0 && at.x >= 0 && at.y <= viewSide - 1 && at.x <= viewSide - 1;
    if (isSeen) out[i] = answerAt(answer, at);
  }
  return out;
}
