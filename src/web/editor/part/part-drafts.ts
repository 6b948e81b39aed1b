/**
 * Drafts that a model makes: a box run again, cells followed into the next frames. Looked at, then taken or dropped.
 *
 * Beside `Drafts`, whose tools compute at once: here the answer comes from afar and may take seconds, be cancelled or fail.
 * While a draft is looked at the cells may change; what it comes to is computed anew from the model's answer then.
 */

import type { ImageFitWire, PredictPartRequest, WirePredictedPart } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import type { BoundingBox, Point } from "#core/array/index.ts";
import { errorToWire, isFoundryError } from "#core/errors.ts";
import type { CarryGround } from "../model/carry.ts";
import type { Bench, Outcome } from "../model/gesture.ts";
import { type PlaneAt, planeOf } from "../model/planes.ts";
import { DraftOverlay } from "../session/draft-overlay.ts";
import type { LayerModel } from "../session/layer-model.ts";
import type { SessionView } from "../session/session-parts.ts";
import { Store } from "../session/store.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import { boxBetween } from "./box-between.ts";
import { type FollowedCell, followOutcome } from "./follow-outcome.ts";
import { regionOutcome } from "./region-outcome.ts";

const partTools = ["region", "follow"] as const;
export type PartTool = (typeof partTools)[number];
export const isPartTool = (tool: string): tool is PartTool => (partTools as readonly string[]).includes(tool);

/** Sends a question to a model and waits; stops the work when the signal fires. */
export type AskPart = (
  request: PredictPartRequest,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (text: string, fraction: number | null) => void;
  },
) => Promise<WirePredictedPart>;

export interface PartState {
  readonly tool: PartTool | null;
  /** Plane that the question is about. */
  readonly from: PlaneAt | null;
  readonly box: BoundingBox | null;
  readonly uids: readonly string[];
  readonly frames: number;
  readonly modelId: string | null;
  /** How the model is to see the image. */
  readonly fit: ImageFitWire;
  readonly asking: { readonly text: string; readonly fraction: number | null } | null;
  readonly answer: WirePredictedPart | null;
  /** Cells that taking the draft would make, change, and remove. */
  readonly made: number;
  readonly changed: number;
  readonly removed: number;
  readonly problem: string | null;
}

const nothing = {
  ...{ from: null, box: null, uids: [], asking: null, answer: null },
  ...{ made: 0, changed: 0, removed: 0, problem: null },
} as const;

export interface PartDraftsParts {
  readonly model: LayerModel;
  readonly bench: () => Bench;
  readonly view: () => SessionView | null;
  readonly newId: () => string;
  readonly select: (uids: readonly string[]) => void;
  readonly commit: (outcome: Outcome) => void;
  readonly done: () => void;
  readonly note: (text: string) => void;
  readonly goTo: (plane: PlaneAt) => void;
  /** Waits until the server has what is on the screen; false when it cannot be reached. */
  readonly settled: () => Promise<boolean>;
  /** Other planes; null where there is one only. */
  readonly carry: Omit<CarryGround, "newUid" | "mode"> | null;
  readonly ask: AskPart | null;
}

export class PartDrafts {
  readonly store = new Store<PartState>({ tool: null, frames: 1, modelId: null, fit: {}, ...nothing });
  readonly #parts: PartDraftsParts;
  #corner: Point | null = null;
  #uids: string[] = [];
  #abort: AbortController | null = null;
  #outcome: Outcome | null = null;
  readonly #overlay: DraftOverlay;

  constructor(parts: PartDraftsParts) {
    this.#parts = parts;
    this.#overlay = new DraftOverlay(parts.view);
  }

  get state(): PartState {
    return this.store.get();
  }

  /** Whether there is anything to ask; not in tests and for who may only look. */
  get canAsk(): boolean {
    return this.#parts.ask !== null;
  }

  /** A tool was chosen; null for one of others. */
  enter(tool: PartTool | null): void {
    this.#drop();
    this.store.set({ tool });
    if (tool === "follow") this.#aim(this.#parts.bench().selection);
  }

  /** Which model version answers. Another one asks again. */
  setModel(modelId: string | null): void {
    if (modelId === this.state.modelId) return;
    this.store.set({ modelId });
    if (this.state.answer !== null) void this.ask();
  }

  /** How the model is to see the image. Another fit asks again. */
  setFit(fit: ImageFitWire): void {
    if (fit === this.state.fit) return;
    this.store.set({ fit });
    if (this.state.answer !== null) void this.ask();
  }

  setFrames(frames: number): void {
    this.store.set({ frames: Math.max(1, Math.round(frames)), answer: null });
    this.#overlay.hide();
  }

  beginBox(at: Point): void {
    this.#drop();
    this.#corner = at;
  }

  get boxBegun(): boolean {
    return this.#corner !== null;
  }

  moveBox(at: Point): void {
    if (this.#corner === null) return;
    this.store.set({ box: boxBetween(this.#corner, at, this.#parts.bench().canvas) });
  }

  endBox(at: Point): void {
    if (this.#corner === null) return;
    this.moveBox(at);
    this.#corner = null;
    if (this.state.box !== null) this.setBox(this.state.box);
  }

  cancelBox(): void {
    if (this.#corner !== null) this.#drop();
  }

  /** The model looks at this box of the plane on the screen. */
  setBox(box: BoundingBox): void {
    this.#drop();
    this.store.set({ box, from: planeOf(this.#parts.bench().canvas) });
    void this.ask();
  }

  /** With the follow tool: another cell, one more with Shift. */
  click(at: Point, withShift: boolean): void {
    const { canvas } = this.#parts.bench();
    const uid = canvas.uidAt(at.y, at.x);
    if (this.state.tool !== "follow" || uid === undefined) return;
    const before = withShift ? this.state.uids : [];
    const uids = before.includes(uid) ? before.filter((one) => one !== uid) : [...before, uid];
    this.#parts.select(uids);
    this.#aim(uids);
  }

  #aim(uids: readonly string[]): void {
    this.#drop();
    const { canvas } = this.#parts.bench();
    const here = uids.filter((uid) => canvas.shapes.has(uid));
    this.store.set({ uids: here, from: here.length === 0 ? null : planeOf(canvas) });
  }

  /** Sends the question. A question under way is given up. */
  async ask(): Promise<void> {
    const { tool, box, from, uids, modelId } = this.state;
    const { ask, settled } = this.#parts;
    if (ask === null || tool === null || from === null || modelId === null) return;
    if (tool === "region" ? box === null : uids.length === 0) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#overlay.hide();
    this.store.set({ answer: null, problem: null, asking: { text: "Asking the model …", fraction: null } });
    try {
      // The server follows cells as it knows them.
      if (tool === "follow" && !(await settled())) {
        this.store.set({
          asking: null,
          problem: "Some edits are not saved yet; the model would not see them.",
        });
        return;
      }
      const question = partQuestion(this.state, modelId, from);
      const answer = await ask(question, {
        signal: abort.signal,
        onProgress: (text, fraction) => {
          if (this.#abort === abort) this.store.set({ asking: { text, fraction } });
        },
      });
      if (this.#abort !== abort) return;
      this.store.set({ asking: null, answer });
      this.refresh();
      if (tool === "follow") this.#parts.goTo({ ...from, t: from.t + 1 });
    } catch (error) {
      if (this.#abort !== abort) return;
      this.store.set({ asking: null, problem: errorToWire(error).message });
    }
  }

  /** Computes and shows the draft again, as after any change of cells. */
  refresh(): void {
    const { answer } = this.state;
    if (answer === null) return;
    this.#outcome = null;
    try {
      this.#outcome = this.#compute(answer);
      this.store.set({ problem: null });
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      this.store.set({ problem: error.message });
    }
    const changes = this.#outcome?.changes ?? [];
    if (changes.length > changesPerEditMax) {
      this.#outcome = null;
      this.store.set({ problem: `One edit changes at most ${changesPerEditMax} cells. Draw a smaller box.` });
    }
    this.store.set({
      made: changes.filter(({ before }) => before === null).length,
      changed: changes.filter(({ before, after }) => before !== null && after !== null).length,
      removed: changes.filter(({ after }) => after === null).length,
    });
    this.#present();
  }

  #compute(answer: WirePredictedPart): Outcome | null {
    const { tool, box, uids, from } = this.state;
    const { model, bench, carry } = this.#parts;
    const uidAt = (k: number): string => this.#uidAt(k);
    if (tool === "region" && box !== null && from !== null) {
      const { selection } = bench();
      const found = answer.cells.map(({ shape }) => shapeFromWire(shape));
      return regionOutcome(box, found, {
        canvas: model.canvasAt(from),
        mayGo: (uid) => model.isUntouched(uid) || selection.includes(uid),
        uidAt,
        model: answer.modelVersion,
      });
    }
    if (tool !== "follow" || uids.length === 0 || carry === null) return null;
    const cells = answer.cells.flatMap(({ key, shape, from: origin }): FollowedCell[] =>
      origin === null ? [] : [{ key, shape: shapeFromWire(shape), from: origin }],
    );
    return followOutcome(cells, { ...carry, uidAt, model: answer.modelVersion });
  }

  planeChanged(): void {
    const { tool, from, answer } = this.state;
    if (tool === null) return;
    if (answer !== null) this.#present();
    else if (tool === "region" && from !== null) this.#drop();
    else if (tool === "follow" && this.state.asking === null) this.#aim(this.#parts.bench().selection);
  }

  /** Enter. @returns false when no tool of these is chosen. */
  apply(): boolean {
    const { tool, answer, asking, problem } = this.state;
    if (tool === null) return false;
    const outcome = this.#outcome;
    if (outcome !== null) {
      this.#drop();
      this.#parts.commit(outcome);
      if (tool === "follow") this.#parts.done();
      return true;
    }
    if (answer === null && asking === null && this.state.from !== null) {
      void this.ask();
      return true;
    }
    const says =
      asking !== null ? "The model is still looking." : (problem ?? this.#idleText(answer !== null));
    this.#parts.note(says);
    return true;
  }

  #idleText(answered: boolean): string {
    if (answered) return "The model finds what is there already.";
    return this.state.tool === "region" ? "Drag a box over the part." : "Select the cells to follow.";
  }

  /** Escape. @returns whether there was something to drop. */
  escape(): boolean {
    const { tool, from } = this.state;
    if (tool === null) return false;
    const had = from !== null || this.#corner !== null;
    this.#drop();
    if (had && tool === "follow" && from !== null) this.#parts.goTo(from);
    if (!had || tool === "follow") this.#parts.done();
    return true;
  }

  #drop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#corner = null;
    this.#outcome = null;
    this.#uids = [];
    this.store.set(nothing);
    this.#overlay.hide();
  }

  #present(): void {
    this.#overlay.show(this.#outcome?.changes ?? [], this.#parts.bench().canvas);
  }

  #uidAt(k: number): string {
    this.#uids[k] ??= this.#parts.newId();
    return this.#uids[k];
  }
}

/** The question as it goes to the server. */
function partQuestion(
  { tool, box, uids, frames, fit: wanted }: PartState,
  modelVersionId: string,
  { t, z }: PlaneAt,
): PredictPartRequest {
  const fit = Object.keys(wanted).length === 0 ? {} : { fit: wanted };
  if (tool !== "region" || box === null)
    return { modelVersionId, t, z, ...fit, follow: { uids: [...uids], frames } };
  const [y0, x0, y1, x1] = box;
  return { modelVersionId, t, z, ...fit, box: [y0, x0, y1, x1] };
}
