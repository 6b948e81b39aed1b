/**
 * Finds the cell that a person points at: reads the picture around it, asks the network, hands the cell to the draft.
 *
 * Clicks come faster than answers. Each draft is a run of its own with its questions in order; a run that the next click has
 * taken is committed when its answer comes, one that was dropped ends without a word.
 */

import type { BoundingBox, Point } from "#core/array/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import {
  boxOfView,
  cellPx,
  correctCell,
  cutView,
  normaliseView,
  type PromptAnswer,
  type PromptGround,
  type PromptView,
  promptCell,
} from "#nn/prompt/index.ts";
import type { DraftSettings } from "../model/draft.ts";
import { type PlaneAt, planeOf, samePlane } from "../model/planes.ts";
import type { ReadRaw } from "../session/cell-commands.ts";
import { boxTarget, type PromptTarget, promptAfter, usualDiameter } from "./prompt-draft.ts";
import type { PromptRunner } from "./prompt-runner.ts";

interface PromptingParts {
  readonly canvas: () => LabelCanvas;
  readonly pixels: () => ReadRaw | null;
  readonly channels: () => Pick<DraftSettings, "outlineChannel" | "nuclearChannel">;
  /** Diameter that the person has set, pixels; null: as the cells are. */
  readonly diameterPx: () => number | null;
  readonly newId: () => string;
  /** The draft is another one, or its status. */
  readonly show: (target: PromptTarget) => void;
  /** Takes a cell that was found. */
  readonly take: (target: PromptTarget) => void;
  readonly problem: (text: string) => void;
  readonly note: (text: string) => void;
}

/** One draft from its first click to its end. */
interface Run {
  target: PromptTarget;
  /** What the network said last; null before its first answer. */
  answer: PromptAnswer | null;
  readonly plane: PlaneAt;
  /** Questions that are not answered yet. */
  waiting: number;
  last: Promise<void>;
  /** Why there is no cell, in words. */
  problem: string | null;
  /** Taken before its answer came. */
  taken: boolean;
}

/** Pictures of the last view, for a correction in it. */
interface SeenView {
  readonly key: string;
  readonly pictures: ReturnType<PromptGround["pictures"]>;
}

const nothingFound = "No cell is found there. Drag a box around it, or add a click with Shift.";

export class Prompting {
  readonly #parts: PromptingParts;
  #runner: PromptRunner | null = null;
  #run: Run | null = null;
  #seen: SeenView | null = null;
  /** Diameter of the last cell that was taken, for planes without cells. */
  #lastDiameter: number | null = null;

  constructor(parts: PromptingParts) {
    this.#parts = parts;
  }

  attach(runner: PromptRunner | null): void {
    this.#runner = runner;
    this.drop();
  }

  /** The tool was chosen: loads what it needs, and says when that fails. */
  warm(): void {
    this.#runner?.load().catch((error: unknown) => this.#parts.problem(wordsOf(error)));
  }

  /** Ends the draft; what was found is forgotten, unless it has been taken. */
  drop(): void {
    this.#run = null;
    this.#seen = null;
  }

  /** Of the draft: whether its cell is being found, and why there is none. */
  get status(): { readonly waiting: boolean; readonly problem: string | null } {
    const run = this.#run;
    return { waiting: (run?.waiting ?? 0) > 0, problem: run?.problem ?? null };
  }

  /** Diameter in use where a click begins, pixels. */
  get diameterPx(): number {
    return this.#parts.diameterPx() ?? usualDiameter(this.#parts.canvas()) ?? this.#lastDiameter ?? cellPx;
  }

  /** The next click goes on elsewhere: this draft is committed as soon as its cell is there. */
  takeWhenFound(): void {
    if (this.#run !== null) this.#run.taken = true;
    this.#run = null;
  }

  /** A click that begins a cell, or draws the one under it anew. */
  begin(at: Point): void {
    const canvas = this.#parts.canvas();
    const [y, x] = [Math.round(at.y), Math.round(at.x)];
    if (y < 0 || x < 0 || y >= canvas.height || x >= canvas.width) return;
    const uid = canvas.uidAt(y, x) ?? this.#parts.newId();
    this.#start({ tool: "prompt", uid, prompt: { inside: [{ y, x }], outside: [], box: null }, found: null });
  }

  beginBox(box: BoundingBox): void {
    this.#start(boxTarget(this.#parts.newId(), box));
  }

  /** A click that adds to the draft or takes from it. */
  correct(at: Point, meaning: "more" | "less"): void {
    const run = this.#run;
    if (run === null) {
      if (meaning === "more") this.begin(at);
      else this.#parts.note("Click the cell first; then Alt takes away.");
      return;
    }
    const prompt = promptAfter(run.target.prompt, at, meaning);
    run.target = { ...run.target, prompt };
    this.#question(run, (ground) =>
      run.answer === null
        ? promptCell(ground, prompt, this.diameterPx)
        : correctCell(ground, prompt, run.answer),
    );
  }

  /** Asks again from the beginning: channel or size are others now. */
  again(): void {
    const run = this.#run;
    if (run === null) return;
    this.#seen = null;
    const { prompt } = run.target;
    this.#question(run, (ground) => promptCell(ground, prompt, this.diameterPx));
  }

  #start(target: PromptTarget): void {
    this.#seen = null;
    const plane = planeOf(this.#parts.canvas());
    const run: Run = {
      target,
      answer: null,
      plane,
      waiting: 0,
      last: Promise.resolve(),
      problem: null,
      taken: false,
    };
    this.#run = run;
    const { prompt } = target;
    this.#question(run, (ground) => promptCell(ground, prompt, this.diameterPx));
  }

  #question(run: Run, work: (ground: PromptGround) => Promise<PromptAnswer>): void {
    run.waiting++;
    run.problem = null;
    this.#parts.show(run.target);
    run.last = run.last.then(() => this.#answered(run, work));
  }

  async #answered(run: Run, work: (ground: PromptGround) => Promise<PromptAnswer>): Promise<void> {
    const isAsked = (): boolean => run.taken || run === this.#run;
    try {
      if (!isAsked()) return;
      run.answer = await work(this.#groundOf(run));
      run.target = { ...run.target, found: run.answer.cell };
      run.problem = run.answer.cell === null ? nothingFound : null;
    } catch (error) {
      run.problem = wordsOf(error);
    } finally {
      run.waiting--;
    }
    if (!isAsked() || run.waiting > 0) return;
    if (!run.taken) this.#parts.show(run.target);
    else if (run.problem !== null) this.#parts.note(run.problem);
    else if (samePlane(run.plane, planeOf(this.#parts.canvas()))) this.#take(run.target);
  }

  #take(target: PromptTarget): void {
    this.rememberSize(target);
    this.#parts.take(target);
  }

  /** A cell was taken: the next one is looked for at its size where there are no others. */
  rememberSize({ found }: PromptTarget): void {
    if (found === null) return;
    const areaPx = found.mask.data.reduce((sum, value) => sum + value, 0);
    this.#lastDiameter = 2 * Math.sqrt(areaPx / Math.PI);
  }

  #groundOf({ target: { uid } }: Run): PromptGround {
    const canvas = this.#parts.canvas();
    const own = canvas.numberOf(uid);
    const { height, width } = canvas;
    return {
      size: { height, width },
      pictures: (view) => this.#pictures(view),
      isTaken: (y, x) => {
        if (y < 0 || x < 0 || y >= height || x >= width) return false;
        const number = canvas.numberAt(y, x);
        return number !== 0 && number !== own;
      },
      ask: (planes) => {
        if (this.#runner === null) throw new Error("the prompt tool is not attached");
        return this.#runner.ask(planes);
      },
    };
  }

  /** Pictures of a view; the last one's are kept, since corrections look at it again. */
  #pictures(view: PromptView): ReturnType<PromptGround["pictures"]> {
    const { outlineChannel, nuclearChannel } = this.#parts.channels();
    const key = JSON.stringify([view, outlineChannel, nuclearChannel, planeOf(this.#parts.canvas())]);
    if (this.#seen?.key !== key)
      this.#seen = { key, pictures: this.#readPictures(view, outlineChannel, nuclearChannel) };
    return this.#seen.pictures;
  }

  async #readPictures(view: PromptView, outlineChannel: number | null, nuclearChannel: number | null) {
    const read = this.#parts.pixels();
    const box = boxOfView(view, this.#parts.canvas());
    if (read === null || box === null) throw notRead();
    const of = async (channel: number | null): Promise<Float32Array> =>
      normaliseView(cutView(await read(box, channel), view));
    const [outline, nuclear] = await Promise.all([
      of(outlineChannel),
      nuclearChannel === null ? null : of(nuclearChannel),
    ]);
    return { outline, nuclear };
  }
}

/** The picture is not open yet; said, not thrown at anybody. */
class NotRead extends Error {}
const notRead = (): NotRead => new NotRead("The picture is not loaded yet.");

function wordsOf(error: unknown): string {
  if (error instanceof NotRead) return error.message;
  if (!isFoundryError(error)) throw error;
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}
