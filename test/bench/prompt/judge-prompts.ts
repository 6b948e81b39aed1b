/**
 * How good is a prompt model? Cells of images it never saw are pointed at, and its answers compared with the labels.
 *
 * Each cell is asked for anew, without knowledge of its neighbours: by one click (a person's, drawn at random), by a box, and
 * by clicks that correct the answer to the first one. The size of cells is what the median of the image says.
 */
import type { Mask, Plane, Point } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import type { Engine } from "../../../src/nn/index.ts";
import {
  boxOfView,
  cellsOfScene,
  clickOn,
  correctCell,
  correctionOf,
  cutView,
  drawnBox,
  maskInBox,
  normaliseView,
  openPromptModel,
  type Prompt,
  type PromptAnswer,
  type PromptedCell,
  type PromptGround,
  type PromptModel,
  type PromptScene,
  promptCell,
  type SceneCell,
  usualDiameter,
} from "../../../src/nn/prompt/index.ts";

interface JudgeSettings {
  /** Cells of one image, at most. */
  readonly cellsMax: number;
  readonly seed: number;
}

/** Ways to ask, in the order of the table. */
const ways = ["1 click", "box", "2 clicks", "3 clicks", "5 clicks"] as const;

interface CellScores {
  readonly family: string;
  readonly group: string;
  /** IoU by way. */
  readonly ious: Readonly<Record<(typeof ways)[number], number>>;
}

/** What a scene is to the tool: its pixels, and no neighbours. */
export function groundOf(
  scene: Pick<PromptScene, "outline" | "nuclear" | "labels">,
  model: PromptModel,
): PromptGround {
  const { height, width } = scene.labels;
  return {
    size: { height, width },
    isTaken: () => false,
    ask: (planes) => model.ask(planes),
    pictures: async (view) => {
      const box = boxOfView(view, { height, width });
      if (box === null) throw new Error("the view shows nothing of the image");
      const of = (plane: Plane): Float32Array => normaliseView(cutView(windowOf(plane, box), view));
      return { outline: of(scene.outline), nuclear: scene.nuclear === null ? null : of(scene.nuclear) };
    },
  };
}

function windowOf(plane: Plane, [y0, x0, y1, x1]: readonly [number, number, number, number]) {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = plane.data[(y + y0) * plane.width + x + x0] as number;
  return { y0, x0, plane: { dtype: "float32", height, width, data } as Plane<"float32"> };
}

/** Pixels of a prompted cell that are of the label, and its area. */
function iouWith(
  cell: PromptedCell | null,
  scene: Pick<PromptScene, "labels">,
  label: number,
  areaPx: number,
): number {
  if (cell === null) return 0;
  const [y0, x0] = cell.box;
  let [both, own] = [0, 0];
  cell.mask.data.forEach((value, i) => {
    if (value === 0) return;
    own++;
    const [y, x] = [y0 + Math.floor(i / cell.mask.width), x0 + (i % cell.mask.width)];
    if (scene.labels.data[y * scene.labels.width + x] === label) both++;
  });
  return both / (own + areaPx - both);
}

/** The largest mistake of an answer, in pixels of the image; both masks in the box around both. */
function mistakeOf(cell: PromptedCell | null, scene: PromptScene, { label, box }: SceneCell) {
  const [y0, x0, y1, x1] = box;
  const around = cell?.box ?? box;
  const [top, left] = [Math.min(y0, around[0]), Math.min(x0, around[1])];
  const [height, width] = [Math.max(y1, around[2]) - top, Math.max(x1, around[3]) - left];
  const mask = (test: (y: number, x: number) => boolean): Mask => {
    const data = new Uint8Array(height * width);
    for (let i = 0; i < data.length; i++)
      if (test(top + Math.floor(i / width), left + (i % width))) data[i] = 1;
    return { dtype: "uint8", height, width, data } as Mask;
  };
  const truth = mask((y, x) => scene.labels.data[y * scene.labels.width + x] === label);
  const isIn = (y: number, x: number): boolean =>
    cell !== null &&
    y >= cell.box[0] &&
    y < cell.box[2] &&
    x >= cell.box[1] &&
    x < cell.box[3] &&
    cell.mask.data[(y - cell.box[0]) * cell.mask.width + x - cell.box[1]] === 1;
  const found = correctionOf(mask(isIn), truth, null, null);
  return found === null ? null : { onCell: found.onCell, at: { y: found.at.y + top, x: found.at.x + left } };
}

async function scoreCell(
  scene: PromptScene,
  cell: SceneCell,
  usualPx: number,
  ground: PromptGround,
  seed: number,
): Promise<CellScores> {
  const random = rng(seed, "judge", scene.id, cell.label);
  const mask = maskInBox(scene.labels, cell);
  const areaPx = mask.data.reduce((sum, value) => sum + value, 0);
  const iou = ({ cell: found }: PromptAnswer): number => iouWith(found, scene, cell.label, areaPx);
  const { y, x } = clickOn(mask, random) as Point;
  const first: Point = { y: y + cell.box[0], x: x + cell.box[1] };
  let prompt: Prompt = { inside: [first], outside: [], box: null };
  let answer = await promptCell(ground, prompt, usualPx);
  const byClicks = [iou(answer)];
  for (let clicks = 2; clicks <= 5; clicks++) {
    const mistake = mistakeOf(answer.cell, scene, cell);
    if (mistake !== null) {
      const { inside, outside } = prompt;
      prompt = mistake.onCell
        ? { ...prompt, inside: [...inside, mistake.at] }
        : { ...prompt, outside: [...outside, mistake.at] };
      answer = await correctCell(ground, prompt, answer);
    }
    byClicks.push(iou(answer));
  }
  const box = drawnBox(cell.box, random);
  const boxed = iou(await promptCell(ground, { inside: [], outside: [], box }, usualPx));
  const [one = 0, two = 0, three = 0, , five = 0] = byClicks;
  const ious = { "1 click": one, box: boxed, "2 clicks": two, "3 clicks": three, "5 clicks": five };
  return { family: scene.family, group: scene.group, ious };
}

/** Mean IoU and shares of cells at or above 0.5 and 0.8, in percent, by group, family and for all. */
function summary(scores: readonly CellScores[]) {
  const keys = (score: CellScores): string[] => [score.group, `= ${score.family}`, "= all"];
  const byKey = new Map<string, CellScores[]>();
  for (const score of scores)
    for (const key of keys(score)) byKey.set(key, [...(byKey.get(key) ?? []), score]);
  const part = (some: readonly CellScores[], way: (typeof ways)[number], least: number): number =>
    Math.round((100 * some.filter(({ ious }) => ious[way] >= least).length) / some.length);
  const mean = (some: readonly CellScores[], way: (typeof ways)[number]): number =>
    Number((some.reduce((sum, { ious }) => sum + ious[way], 0) / some.length).toFixed(3));
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, some]) => ({
      group,
      cells: some.length,
      ...Object.fromEntries(ways.map((way) => [way, mean(some, way)])),
      ...Object.fromEntries(
        ways
          .slice(0, 3)
          .map((way) => [`${way} >=0.5/0.8 %`, `${part(some, way, 0.5)}/${part(some, way, 0.8)}`]),
      ),
    }));
}

export interface JudgedPrompts {
  readonly images: number;
  readonly rows: readonly Record<string, string | number>[];
}

/** Deterministic in model, scenes and settings. */
export async function judgePrompts(
  engine: Engine,
  bytes: Uint8Array,
  scenes: readonly PromptScene[],
  { cellsMax, seed }: JudgeSettings,
): Promise<JudgedPrompts> {
  const model = await openPromptModel(engine, bytes);
  const scores: CellScores[] = [];
  for (const scene of scenes) {
    const cells = cellsOfScene(scene);
    const usualPx = usualDiameter(cells);
    const ground = groundOf(scene, model);
    const some = rng(seed, "judged", scene.id).shuffle(cells).slice(0, cellsMax);
    for (const cell of some) scores.push(await scoreCell(scene, cell, usualPx, ground, seed));
  }
  await model.release();
  return { images: scenes.length, rows: summary(scores) };
}
