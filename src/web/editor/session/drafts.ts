/**
 * The draft under way: made by clicks, drags and keys, shown over the cells, taken by Enter, dropped by Escape.
 *
 * It only looks at the layer: what it shows is laid over the labels on the card, and the layer changes when the draft is
 * taken, as one edit like any other. What a draft shows is computed again whenever a setting, the write mode or the cells
 * change.
 */

import type { BoundingBox, Point } from "#core/array/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { type CarryTarget, type CarryWay, planesOfWay, possibleWays } from "../model/carry.ts";
import {
  boxToRead,
  type DraftResult,
  type DraftSettings,
  type DraftTarget,
  type DraftTool,
  draftResult,
  firstSettings,
  foundInBulk,
  type LengthUnit,
  rangeOf,
  seedsAfterClick,
  suggestedSeeds,
} from "../model/draft.ts";
import { inUnit, steppedSettings } from "../model/draft-steps.ts";
import { meantAt } from "../model/meant-at.ts";
import { planeOf, samePlane } from "../model/planes.ts";
import { boxBetween } from "../part/box-between.ts";
import {
  boxTarget,
  type ClickMeaning,
  isOnFound,
  type PromptTarget,
  promptOutcome,
} from "../prompt/prompt-draft.ts";
import { Prompting } from "../prompt/prompting.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import type { ReadRaw } from "./cell-commands.ts";
import { DraftOverlay } from "./draft-overlay.ts";
import { type DraftsParts, type DraftsState, firstStep, nothing, type RawRead } from "./draft-state.ts";
import { Store } from "./store.ts";

export type { DraftsState } from "./draft-state.ts";

export class Drafts {
  readonly store = new Store<DraftsState>({ ...nothing, settings: firstSettings });
  readonly prompting: Prompting;
  readonly #parts: DraftsParts;
  /** Reads the picture; null until it is open. */
  #pixels: ReadRaw | null = null;
  #tool: DraftTool | null = null;
  #raw: RawRead | null = null;
  #result: DraftResult | null = null;
  /** Corner of the box under way. */
  #corner: Point | null = null;
  /** Uids for what is born, the same ones for every preview of a draft. */
  #uids: string[] = [];
  #readings = 0;
  #applyWhenRead = false;
  #selectedBefore: readonly string[] = [];
  readonly #overlay: DraftOverlay;

  constructor(parts: DraftsParts) {
    this.#parts = parts;
    this.#overlay = new DraftOverlay(parts.view);
    this.prompting = new Prompting({
      canvas: () => parts.bench().canvas,
      pixels: () => this.#pixels,
      channels: () => this.state.settings,
      diameterPx: () => this.state.settings.diameterPx,
      newId: parts.newId,
      show: (target) => this.#aim(target),
      take: (target) => this.#commitPrompt(target),
      problem: (problem) => this.store.set({ problem }),
      note: parts.note,
    });
  }

  get state(): DraftsState {
    return this.store.get();
  }

  attachPixels(pixels: ReadRaw | null): void {
    this.#pixels = pixels;
    this.#raw = null;
  }

  /** A tool was chosen; null for one that makes no drafts. */
  enter(tool: DraftTool | null): void {
    if (this.#tool === "bulk" && tool !== "bulk") this.#parts.select(this.#selectedBefore);
    this.#drop();
    this.#tool = tool;
    const { selection, canvas } = this.#parts.bench();
    this.#selectedBefore = selection;
    const [only] = selection;
    if (tool === "bulk") this.#aim({ tool, spared: new Set() });
    else if (tool === "grow-by") this.#aim({ tool, uids: selection });
    else if (tool === "carry") this.#aimCarry();
    else if (tool === "prompt") this.prompting.warm();
    else if (tool === "seeds" && selection.length === 1 && canvas.shapes.has(only as string)) {
      this.#aim({ tool, uid: only as string, seeds: [] });
    }
  }

  /** Another plane is on the screen: pixels that were read and the draft were of the one before. */
  planeChanged(): void {
    this.#raw = null;
    if (this.#tool !== "carry") this.enter(this.#tool);
    else if (this.state.target === null) this.#aimCarry();
    else this.#present();
  }

  click(at: Point, withShift: boolean, withAlt = false): void {
    const { canvas, selection } = this.#parts.bench();
    const { target } = this.state;
    if (this.#tool === "prompt") {
      const { clickMeans } = this.state.settings;
      this.#clickPrompt(at, withShift ? "more" : withAlt ? "less" : clickMeans);
      return;
    }
    const uid = meantAt(canvas, at, selection);
    if (this.#tool === "flood") {
      const isInside =
        at.y >= -0.5 && at.x >= -0.5 && at.y < canvas.height - 0.5 && at.x < canvas.width - 0.5;
      const own = uid ?? (withShift ? selection[0] : undefined);
      if (isInside) this.#aim({ tool: "flood", at, uid: own ?? this.#uidAt(0) });
    } else if (this.#tool === "seeds") {
      const next = seedsAfterClick(canvas, target?.tool === "seeds" ? target : null, at);
      if (next === null) this.#parts.note("Seeds lie on the cell that is split.");
      else this.#aim(next);
    } else if (this.#tool === "carry" && uid !== undefined) this.#clickCarry(uid, withShift);
    else if (target?.tool === "bulk" && uid !== undefined) {
      const spared = new Set(target.spared);
      if (!spared.delete(uid)) spared.add(uid);
      this.#aim({ tool: "bulk", spared });
    }
  }

  /** The selection is another one: what grows is what is selected. */
  selectionChanged(): void {
    if (this.#tool === "grow-by") this.#aim({ tool: "grow-by", uids: this.#parts.bench().selection });
  }

  /** A box begins, follows the pointer, ends. */
  beginBox(at: Point): void {
    if (this.#tool === "prompt") this.#takePrompt();
    this.#drop();
    this.#corner = at;
  }

  moveBox(at: Point): void {
    if (this.#corner === null) return;
    const box = boxBetween(this.#corner, at, this.#parts.bench().canvas);
    const isPrompt = this.#tool === "prompt";
    const drawn = isPrompt && box !== null ? boxTarget("", box) : null;
    this.store.set({ target: box === null ? null : (drawn ?? { tool: "threshold", box }) });
  }

  endBox(at: Point): void {
    if (this.#corner === null) return;
    this.moveBox(at);
    this.#corner = null;
    const { target } = this.state;
    if (target?.tool !== "prompt") this.refresh();
    else if (target.prompt.box !== null) this.prompting.beginBox(target.prompt.box);
  }

  cancelBox(): void {
    if (this.#corner !== null) this.#drop();
  }

  get boxBegun(): boolean {
    return this.#corner !== null;
  }

  setBox(box: BoundingBox): void {
    this.#corner = null;
    this.#aim({ tool: "threshold", box });
  }

  change(patch: Partial<DraftSettings>): void {
    this.store.set({ settings: { ...this.state.settings, ...patch } });
    this.refresh();
    if (patch.carryWay !== undefined) this.#lookAhead();
    const looksAnew = ["outlineChannel", "nuclearChannel", "diameterPx"].some((name) => name in patch);
    if (this.#tool === "prompt" && looksAnew) this.prompting.again();
  }

  /** A click with the prompt tool: on another place it takes the draft and begins the next one, on its cell it takes it. */
  #clickPrompt(at: Point, meaning: ClickMeaning): void {
    const { target } = this.state;
    if (meaning !== "new") {
      this.prompting.correct(at, meaning);
      return;
    }
    if (target?.tool === "prompt") {
      this.#takePrompt();
      if (isOnFound(target, at)) return;
      this.#drop();
    }
    this.prompting.begin(at);
  }

  /** What is drafted is meant, also when its cell is not found yet: the hand goes on. */
  #takePrompt(): void {
    if (this.state.reading) this.prompting.takeWhenFound();
    else if (this.#result?.outcome) this.apply();
  }

  /** A cell that was taken before it was found; the draft on the screen is another one. */
  #commitPrompt(target: PromptTarget): void {
    const { canvas, mode = "exclude" } = this.#parts.bench();
    const outcome = this.#try(() => promptOutcome(target, canvas, mode));
    if (outcome !== null) this.#parts.commit(outcome);
  }

  /** Cells that are selected, to be carried from the plane on the screen. */
  #aimCarry(): void {
    const { canvas, selection } = this.#parts.bench();
    const uids = selection.filter((uid) => canvas.shapes.has(uid));
    const ways = this.carryWays;
    const { carryWay } = this.state.settings;
    if (!ways.includes(carryWay) && ways[0] !== undefined) {
      this.store.set({ settings: { ...this.state.settings, carryWay: ways[0] } });
    }
    if (uids.length === 0) return;
    this.#aim({ tool: "carry", uids, from: planeOf(canvas), key: null });
    this.#lookAhead();
  }

  /** Ways that lead anywhere from where the cells are. */
  get carryWays(): readonly CarryWay[] {
    const { target } = this.state;
    const from = target?.tool === "carry" ? target.from : planeOf(this.#parts.bench().canvas);
    const { carry } = this.#parts;
    return carry === null ? [] : possibleWays(from, carry.counts);
  }

  /** To the first plane that copies go to: a draft is looked at where it lies. */
  #lookAhead(): void {
    const { target, settings } = this.state;
    const { carry } = this.#parts;
    if (target?.tool !== "carry" || carry === null) return;
    const [first] = planesOfWay(target.from, settings.carryWay, 1, carry.counts);
    this.#parts.goTo(first ?? target.from);
  }

  /** Another cell to carry, one more with Shift; in another plane, the cell of the other key frame. */
  #clickCarry(uid: string, withShift: boolean): void {
    const { target, settings } = this.state;
    const plane = planeOf(this.#parts.bench().canvas);
    if (target?.tool === "carry" && settings.carryWay === "between" && !samePlane(target.from, plane)) {
      this.#aim({ ...target, key: { uid, plane } });
      return;
    }
    const isMore = withShift && target?.tool === "carry" && samePlane(target.from, plane);
    const others = isMore ? target.uids.filter((one) => one !== uid) : [];
    const uids = isMore && target.uids.includes(uid) ? others : [...others, uid];
    this.#parts.select(uids);
    const next: CarryTarget = { tool: "carry", uids, from: plane, key: null };
    this.#aim(next);
  }

  /** Another channel: levels chosen on the one before mean nothing on it. */
  setChannel(channel: number | null): void {
    this.change({ channel, level: null, tolerance: null });
  }

  /** The same lengths and areas in the other unit. Nothing where the size of a pixel is not known. */
  setUnit(unit: LengthUnit): void {
    const { mpp } = this.#parts;
    if (mpp !== null) this.change(inUnit(this.state.settings, unit, mpp));
  }

  /** `[` and `]`: less or more of what the tool is set by. */
  step(direction: 1 | -1): void {
    if (this.#tool === null) return;
    const { target, settings, value, range } = this.state;
    if (target?.tool === "seeds") {
      const count = Math.max(target.seeds.length, 1) + direction;
      this.#try(() => this.#aim(suggestedSeeds(this.#parts.bench().canvas, target.uid, count)));
      return;
    }
    const { canvas } = this.#parts.bench();
    this.change(
      steppedSettings(this.#tool, settings, direction, {
        ...{ value, range, canvas, mpp: this.#parts.mpp },
        diameterPx: this.prompting.diameterPx,
      }),
    );
  }

  /** The tool's key once more: its other way. */
  other(seenBox: BoundingBox): void {
    const { over, seedsOver, unit, atEdge } = this.state.settings;
    if (this.#tool === "flood") this.change({ over: over === "picture" ? "background" : "picture" });
    else if (this.#tool === "threshold") this.setBox(seenBox);
    else if (this.#tool === "seeds")
      this.change({ seedsOver: seedsOver === "distance" ? "intensity" : "distance" });
    else if (this.#tool === "bulk") this.change({ atEdge: !atEdge });
    else if (this.#tool === "grow-by") this.setUnit(unit === "px" ? "um" : "px");
    else if (this.#tool === "prompt") {
      const { clickMeans } = this.state.settings;
      this.change({ clickMeans: clickMeans === "new" ? "more" : clickMeans === "more" ? "less" : "new" });
    } else if (this.#tool === "carry") {
      const ways = this.carryWays;
      const next = ways[(ways.indexOf(this.state.settings.carryWay) + 1) % Math.max(1, ways.length)];
      if (next !== undefined) this.change({ carryWay: next });
    }
  }

  /** Enter. @returns false when no tool of drafts is chosen. */
  apply(): boolean {
    if (this.#tool === null) return false;
    if (this.state.reading) {
      if (this.#tool === "prompt") {
        this.prompting.takeWhenFound();
        this.#drop();
      } else this.#applyWhenRead = true;
      return true;
    }
    const outcome = this.#result?.outcome ?? null;
    if (outcome === null) {
      const { problem, target } = this.state;
      const isBegun = target !== null && (target.tool !== "seeds" || target.seeds.length > 1);
      this.#parts.note(problem ?? (isBegun ? "Set like this, it changes nothing." : firstStep[this.#tool]));
      return true;
    }
    const { target: taken } = this.state;
    if (taken?.tool === "prompt") this.prompting.rememberSize(taken);
    const isLasting = this.#tool !== "grow-by" && this.#tool !== "bulk" && this.#tool !== "carry";
    this.#drop();
    if (!isLasting) this.#tool = null;
    this.#parts.commit(outcome);
    if (!isLasting) this.#parts.done();
    return true;
  }

  /** Escape. @returns whether there was something to drop. */
  escape(): boolean {
    const { target } = this.state;
    if (this.#tool === "bulk" || this.#tool === "grow-by" || this.#tool === "carry") {
      this.#parts.done();
      if (target?.tool === "carry") this.#parts.goTo(target.from);
      return true;
    }
    const had = this.state.target !== null || this.#corner !== null;
    this.#drop();
    return had;
  }

  /** Computes and shows the draft again, as after any change of cells or settings. */
  refresh(): void {
    const { target, settings } = this.state;
    if (target === null || this.#corner !== null) return;
    const { canvas } = this.#parts.bench();
    const { carry } = this.#parts;
    const isGone =
      (target.tool === "seeds" && !canvas.shapes.has(target.uid)) ||
      (target.tool === "carry" && carry !== null && !target.uids.some(carry.lives));
    if (isGone) {
      this.#drop();
      return;
    }
    const box = boxToRead(target, settings, canvas);
    if (box !== null && !this.#covers(box)) {
      void this.#read(box);
      return;
    }
    this.#readings++;
    this.#show(target, box === null ? null : this.#raw);
  }

  #aim(target: DraftTarget): void {
    this.store.set({ target });
    this.refresh();
  }

  #drop(): void {
    this.#readings++;
    this.#corner = null;
    this.#result = null;
    this.#uids = [];
    this.#applyWhenRead = false;
    this.prompting.drop();
    this.store.set(nothing);
    this.#overlay.hide();
  }

  #covers([y0, x0, y1, x1]: BoundingBox): boolean {
    if (this.#raw === null || this.#raw.channel !== this.state.settings.channel) return false;
    const { y0: top, x0: left, plane } = this.#raw.window;
    return y0 >= top && x0 >= left && y1 <= top + plane.height && x1 <= left + plane.width;
  }

  async #read(box: BoundingBox): Promise<void> {
    const mine = ++this.#readings;
    const { channel } = this.state.settings;
    this.#result = null;
    this.#overlay.hide();
    if (this.#pixels === null) {
      this.store.set({ problem: "The picture is not loaded yet.", cells: 0 });
      return;
    }
    this.store.set({ reading: true, problem: null, cells: 0 });
    try {
      const window = await this.#pixels(box, channel);
      if (mine !== this.#readings) return;
      this.#raw = { channel, window, range: rangeOf(window) };
      this.store.set({ reading: false });
    } catch (error) {
      if (mine !== this.#readings) return;
      this.#applyWhenRead = false;
      this.store.set({ reading: false, problem: messageOf(error) });
      return;
    }
    this.refresh();
    if (this.#applyWhenRead) {
      this.#applyWhenRead = false;
      this.apply();
    }
  }

  #show(target: DraftTarget, read: RawRead | null): void {
    const { canvas, mode = "exclude" } = this.#parts.bench();
    const { settings } = this.state;
    const { mpp } = this.#parts;
    let born = 0;
    const newUid = (): string => this.#uidAt(born++);
    const raw = read?.window ?? null;
    const range = read?.range ?? null;
    const { waiting, problem } = this.prompting.status;
    this.store.set({ problem, reading: waiting });
    const { carry } = this.#parts;
    const ground = { canvas, raw, range, mpp, newUid, mode, carry } as const;
    this.#result = this.#try(() => draftResult(target, settings, ground));
    const count = this.#result?.outcome?.changes.length ?? 0;
    if (count > changesPerEditMax) {
      this.#result = { outcome: null, value: this.#result?.value ?? null };
      this.store.set({ problem: `One edit changes at most ${changesPerEditMax} cells, not ${count}.` });
    }
    const changes = this.#result?.outcome?.changes ?? [];
    this.store.set({ cells: changes.length, value: this.#result?.value ?? null, range });
    if (target.tool === "bulk") this.#parts.select(foundInBulk(canvas, settings, target.spared, mpp));
    else this.#present();
  }

  #present(): void {
    this.#overlay.show(this.#result?.outcome?.changes ?? [], this.#parts.bench().canvas);
  }

  #uidAt(k: number): string {
    this.#uids[k] ??= this.#parts.newId();
    return this.#uids[k];
  }

  #try<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.store.set({ problem: messageOf(error) });
      return null;
    }
  }
}

function messageOf(error: unknown): string {
  if (!isFoundryError(error)) throw error;
  return error.message;
}
