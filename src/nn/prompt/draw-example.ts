/**
 * One example of training: a cell, a view of it, what a person might have given, and the answer that is right.
 *
 * Everything random follows from the generator alone. The second step of an example adds the click that corrects the
 * network's own first answer, so it learns from the mistakes that it makes.
 */
import type { LabelImage, Mask, Plane, Point } from "#core/array/index.ts";
import { distanceTransform } from "#core/labels/index.ts";
import type { Rng } from "#core/rng.ts";
import { augmentPlanes } from "../augment/index.ts";
import { boxMap, clickMap, type Prompt } from "./prompt-maps.ts";
import { promptPlanes } from "./prompt-network.ts";
import type { PromptScene, SceneCell } from "./prompt-scene.ts";
import {
  cutView,
  inView,
  normaliseView,
  ofView,
  type PromptView,
  viewAround,
  viewOfBox,
  viewSide,
} from "./prompt-view.ts";
import { clickOn, correctionOf, drawnBox } from "./simulate-prompt.ts";

const pixels = viewSide * viewSide;

export interface Example {
  /** promptPlanes, one after the other. */
  readonly planes: Float32Array;
  readonly target: Float32Array;
  readonly weight: Float32Array;
  /** Clicks in pixels of the view, as it is turned. */
  readonly inside: readonly Point[];
  readonly outside: readonly Point[];
}

/** Shares of ways to point: a box; more clicks than one. */
const boxShare = 0.3;
const moreClicksShare = 0.25;

/** Sizes are guessed within this factor, in octaves, by the cell itself or by those of the image. */
const sizeErrorOctaves = 0.9;

/** Background counts fully this near to the cell; further off it is easy and counts this much. */
const nearPx = 10;
const farWeight = 0.4;

/** The view that is its own image: clicks that are already in pixels of the view. */
const ownView: PromptView = { centre: { y: (viewSide - 1) / 2, x: (viewSide - 1) / 2 }, scale: 1 };

/** Labels of a view by the nearest pixel; -1 outside the image. */
function labelsOfView(labels: LabelImage, view: PromptView): Int32Array {
  const out = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = ofView(view, { y: Math.floor(i / viewSide), x: i % viewSide });
    const [y, x] = [Math.round(at.y), Math.round(at.x)];
    const isInside = y >= 0 && x >= 0 && y < labels.height && x < labels.width;
    out[i] = isInside ? (labels.data[y * labels.width + x] as number) : -1;
  }
  return out;
}

const maskOf = (test: (index: number) => boolean): Mask => {
  const data = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) if (test(i)) data[i] = 1;
  return { dtype: "uint8", height: viewSide, width: viewSide, data } as Mask;
};

/** Pixels of a cell in its box, as a mask of the box. */
export function maskInBox(labels: LabelImage, { label, box: [y0, x0, y1, x1] }: SceneCell): Mask {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (labels.data[(y + y0) * labels.width + x + x0] === label) data[y * width + x] = 1;
  return { dtype: "uint8", height, width, data } as Mask;
}

/** Mirrored and turned, so that no direction is special: on points and on maps alike. */
interface Turn {
  readonly flipY: boolean;
  readonly flipX: boolean;
  readonly swap: boolean;
}

function turned({ flipY, flipX, swap }: Turn, { y, x }: Point): Point {
  const ny = flipY ? viewSide - 1 - y : y;
  const nx = flipX ? viewSide - 1 - x : x;
  return swap ? { y: nx, x: ny } : { y: ny, x: nx };
}

function turnedMap(turn: Turn, map: Float32Array): Float32Array {
  const out = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const { y, x } = turned(turn, { y: Math.floor(i / viewSide), x: i % viewSide });
    out[y * viewSide + x] = map[i] as number;
  }
  return out;
}

/** Which way a person points at a cell, and from where it is looked at. */
function drawPrompt(scene: PromptScene, cell: SceneCell, usualPx: number, random: Rng) {
  const mask = maskInBox(scene.labels, cell);
  const [y0, x0, y1, x1] = cell.box;
  const clickInBox = (): Point => {
    const { y, x } = clickOn(mask, random) as Point;
    return { y: y + y0, x: x + x0 };
  };
  if (random.chance(boxShare)) {
    const box = drawnBox(cell.box, random);
    return { prompt: { inside: [], outside: [], box } as Prompt, view: viewOfBox(box) };
  }
  const inside = [clickInBox()];
  if (random.chance(moreClicksShare)) {
    const more = 1 + random.int(2);
    for (let i = 0; i < more; i++) inside.push(clickInBox());
  }
  const diameter =
    (random.chance(0.5) ? cell.diameterPx : usualPx) *
    2 ** random.uniform(-sizeErrorOctaves, sizeErrorOctaves);
  // A second look is centred on the answer of the first.
  const middle = { y: (y0 + y1 - 1) / 2, x: (x0 + x1 - 1) / 2 };
  const centre = random.chance(0.7) ? (inside[0] as Point) : middle;
  // The cell shall be in the view, as far as it fits.
  const longest = Math.max(y1 - y0, x1 - x0);
  return {
    prompt: { inside, outside: [], box: null } as Prompt,
    view: viewAround(centre, Math.max(diameter, longest / 5)),
  };
}

/** Share of neighbours that are known already, drawn anew for each example; often there are none. */
function takenMap(labels: Int32Array, label: number, random: Rng): Float32Array {
  const map = new Float32Array(pixels);
  if (random.chance(0.5)) return map;
  const share = random.next();
  const known = new Map<number, boolean>();
  for (let i = 0; i < pixels; i++) {
    const other = labels[i] as number;
    if (other <= 0 || other === label) continue;
    const isKnown = known.get(other) ?? random.chance(share);
    known.set(other, isKnown);
    if (isKnown) map[i] = 1;
  }
  return map;
}

function weightMap(labels: Int32Array, target: Mask): Float32Array {
  const away = maskOf((i) => target.data[i] === 0);
  const distance = distanceTransform(away).data;
  return Float32Array.from(labels, (label, i) =>
    label < 0 ? 0 : label > 0 || (distance[i] as number) <= nearPx ? 1 : farWeight,
  );
}

function pictureOf(plane: Plane, view: PromptView): Plane<"float32"> {
  const data = normaliseView(cutView({ y0: 0, x0: 0, plane }, view)) as Float32Array<ArrayBuffer>;
  return { dtype: "float32", height: viewSide, width: viewSide, data };
}

/** Picture planes changed as the plan says, at the brightness that the network knows; zeros for a missing one. */
function pictures(scene: PromptScene, view: PromptView, random: Rng): Float32Array[] {
  const given = [scene.outline, ...(scene.nuclear === null ? [] : [scene.nuclear])];
  const roles = scene.nuclear === null ? ["other"] : ["membrane", "nuclear"];
  const changed = augmentPlanes(
    given.map((plane) => pictureOf(plane, view)),
    scene.augment,
    random.stream("intensity"),
    roles,
  );
  const [outline, nuclear] = changed.map(({ data }) => normaliseView(data));
  return [outline as Float32Array, nuclear ?? new Float32Array(pixels)];
}

/** First step of an example. @param usualPx  median diameter of the cells of the scene. Cost: some ms. */
export function drawExample(scene: PromptScene, cell: SceneCell, usualPx: number, random: Rng): Example {
  const { prompt, view } = drawPrompt(scene, cell, usualPx, random);
  const turn: Turn = { flipY: random.chance(0.5), flipX: random.chance(0.5), swap: random.chance(0.5) };
  const labels = labelsOfView(scene.labels, view);
  const target = maskOf((i) => labels[i] === cell.label);
  const inside = prompt.inside.map((at) => inView(view, at));
  const outside: Point[] = [];
  // Sometimes a person has said beforehand what is not meant.
  if (random.chance(0.15)) {
    const beside = clickOn(
      maskOf((i) => labels[i] !== cell.label && labels[i] !== -1 && (labels[i] as number) > 0),
      random,
    );
    if (beside !== null) outside.push(beside);
  }
  const maps = [
    ...pictures(scene, view, random),
    clickMap(inside, ownView),
    clickMap(outside, ownView),
    boxMap(prompt.box, view),
    new Float32Array(pixels),
    takenMap(labels, cell.label, random),
  ];
  const planes = new Float32Array(promptPlanes.length * pixels);
  maps.forEach((map, p) => {
    planes.set(turnedMap(turn, map), p * pixels);
  });
  return {
    planes,
    target: turnedMap(turn, Float32Array.from(target.data)),
    weight: turnedMap(turn, weightMap(labels, target)),
    inside: inside.map((at) => turned(turn, at)),
    outside: outside.map((at) => turned(turn, at)),
  };
}

/**
 * Second step of an example: the network's answer as what was before, and a click on its largest mistake.
 *
 * @param answer  of the network to the example, 0..1, `viewSide` squared.
 */
export function correctedExample(example: Example, answer: Float32Array, random: Rng): Example {
  const at = (i: number): number => example.target[i] as number;
  const correction = correctionOf(
    maskOf((i) => (answer[i] as number) >= 0.5),
    maskOf((i) => at(i) === 1),
    maskOf((i) => (example.weight[i] as number) > 0),
    random,
  );
  const inside = correction?.onCell === true ? [...example.inside, correction.at] : example.inside;
  const outside = correction?.onCell === false ? [...example.outside, correction.at] : example.outside;
  const planes = example.planes.slice();
  const set = (name: (typeof promptPlanes)[number], map: Float32Array): void => {
    planes.set(map, promptPlanes.indexOf(name) * pixels);
  };
  set("inside", clickMap(inside, ownView));
  set("outside", clickMap(outside, ownView));
  set("before", answer);
  return { ...example, planes, inside, outside };
}
