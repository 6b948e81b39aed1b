/**
 * One image being edited: turns gestures and keys into edits, applies them at once, and sees to it that they are saved.
 *
 * Lives outside React and outside the graphics code. It only joins its parts, each with a file of its own: what is
 * selected (`Selecting`), how an edit is made (`Editing`) and saved (`Saving`), strokes, drafts, planes, review.
 */

import type { LoggedEdit } from "#api/index.ts";
import type { Point } from "#core/array/index.ts";
import { type LabelCanvas, nextWriteMode } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { ProposalDesk } from "../learn/proposal-desk.ts";
import { ActivityClock } from "../model/activity-clock.ts";
import { isDraftTool } from "../model/draft.ts";
import type { Bench, Outcome, StrokePoint, StrokeTool } from "../model/gesture.ts";
import type { PlaneAt } from "../model/planes.ts";
import { isPartTool, PartDrafts } from "../part/part-drafts.ts";
import { carryGround } from "./carry-ground.ts";
import { Drafts } from "./drafts.ts";
import { EditLog } from "./edit-log.ts";
import { Editing } from "./editing.ts";
import { type EditorState, firstState, stepRadius, type ToolName } from "./editor-state.ts";
import { Gestures } from "./gestures.ts";
import { LayerModel } from "./layer-model.ts";
import { Notes } from "./notes.ts";
import { PlaneControl } from "./plane-control.ts";
import type { ReviewKey } from "./review-desk.ts";
import { Reviewing } from "./reviewing.ts";
import { Saving } from "./saving.ts";
import { Selecting } from "./selecting.ts";
import type { SessionParts, SessionView } from "./session-parts.ts";
import { Store } from "./store.ts";
import { TimeTravel } from "./time-travel.ts";
import { WholeCells } from "./whole-cells.ts";
import { writeModeWords } from "./write-mode-words.ts";

export class EditorSession {
  readonly store = new Store<EditorState>(firstState);
  readonly model: LayerModel;
  readonly drafts: Drafts;
  /** Drafts that a model makes. */
  readonly part: PartDrafts;
  readonly proposals: ProposalDesk;
  readonly planes: PlaneControl;
  readonly saving: Saving;
  readonly past: TimeTravel;
  readonly #parts: SessionParts;
  readonly #clock: ActivityClock;
  readonly #gestures: Gestures;
  readonly #reviewing: Reviewing;
  readonly #whole: WholeCells;
  readonly #selecting: Selecting;
  readonly #editing: Editing;
  readonly #notes: Notes;
  #view: SessionView | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#notes = new Notes(this.store, parts.schedule);
    this.model = new LayerModel(parts.height, parts.width, parts.overlapAllowed);
    this.store.set({ overlapAllowed: this.model.canvas.overlapAllowed });
    this.#clock = new ActivityClock(parts.now);
    this.#gestures = new Gestures({
      bench: () => this.#bench,
      view: () => this.#view,
      newId: parts.newId,
      onProblem: (text) => this.note(text),
    });
    this.planes = new PlaneControl({
      store: this.store,
      counts: parts.planes ?? { t: 1, z: 1 },
      show: (plane) => this.#showPlane(plane),
      isDrawing: () => this.#gestures.active,
      drawingEnded: () => this.#gestures.ended(),
      schedule: parts.schedule,
      note: (text) => this.note(text),
    });
    this.#selecting = new Selecting({
      store: this.store,
      model: this.model,
      view: () => this.#view,
      goTo: (plane) => this.planes.goTo(plane),
    });
    const log = new EditLog({ store: this.store, author: parts.author, now: parts.now });
    this.#editing = this.#makeEditing(log);
    this.saving = this.#makeSaving(log);
    this.drafts = this.#makeDrafts();
    this.part = this.#makePart();
    this.proposals = new ProposalDesk({
      model: this.model,
      store: this.store,
      view: () => this.#view,
      mayEdit: () => this.#mayEdit(),
      commit: (outcome) => this.#editing.commit(outcome),
      note: (text) => this.note(text),
    });
    this.past = this.#makePast();
    this.#reviewing = new Reviewing({
      model: this.model,
      store: this.store,
      now: parts.now,
      show: (uid) => this.showCell(uid),
      edit: (work, otherwise) => this.#editing.run(work, otherwise),
      draw: () => this.setTool("brush"),
      accept: (uid) => this.proposals.acceptReviewed(uid),
      note: (text) => this.note(text),
    });
    this.#whole = new WholeCells({
      model: this.model,
      state: () => this.state,
      mayEdit: () => this.#mayEdit(),
      edit: (work) => this.#editing.run(work),
      select: (uids) => this.select(uids),
      setTool: (tool) => this.setTool(tool),
      note: (text) => this.note(text),
    });
  }

  #makeEditing(log: EditLog): Editing {
    return new Editing({
      model: this.model,
      log,
      clock: this.#clock,
      authorName: this.#parts.author.name,
      newId: this.#parts.newId,
      view: () => this.#view,
      mayEdit: () => this.#mayEdit(),
      select: (uids) => this.#selecting.set(uids),
      goTo: (plane) => this.planes.goTo(plane),
      changed: () => this.#changed(),
      send: (...edit) => this.saving.send(...edit),
      note: (text) => this.note(text),
    });
  }

  #makeSaving(log: EditLog): Saving {
    return new Saving({
      session: this.#parts,
      store: this.store,
      model: this.model,
      log,
      gesturesEnded: () => this.#gestures.ended(),
      cellsReplaced: () => this.#replaced(),
      cellsJoined: (uids, boxes) => {
        this.#view?.cellsChanged(uids);
        for (const box of boxes) this.#view?.canvasChanged(box);
        this.#changed();
      },
      mayEdit: () => this.#mayEdit(),
      commit: (outcome) => this.#editing.commit(outcome),
      goTo: (plane) => this.planes.goTo(plane),
      note: (text) => this.note(text),
    });
  }

  #makePast(): TimeTravel {
    return new TimeTravel({
      store: this.store,
      model: this.model,
      readPast: this.#parts.readPast ?? pastUnknown,
      pause: () => this.saving.pause(),
      resume: () => this.saving.resume(),
      gesturesEnded: () => this.#gestures.ended(),
      cellsReplaced: () => this.#replaced(),
      lookOnly: () => this.setTool("select"),
      commit: (outcome) => this.#editing.commit(outcome),
      note: (text) => this.note(text),
    });
  }

  #makeDrafts(): Drafts {
    return new Drafts({
      bench: () => this.#bench,
      view: () => this.#view,
      newId: this.#parts.newId,
      mpp: this.#parts.mpp ?? null,
      select: (uids) => this.#selecting.set(uids),
      commit: (outcome) => this.#editing.commit(outcome),
      done: () => this.setTool("select"),
      note: (text) => this.note(text),
      carry: carryGround(this.model, this.state.planes),
      goTo: (plane) => this.planes.goTo(plane),
    });
  }

  #makePart(): PartDrafts {
    return new PartDrafts({
      model: this.model,
      bench: () => this.#bench,
      view: () => this.#view,
      newId: this.#parts.newId,
      select: (uids) => this.#selecting.set(uids),
      commit: (outcome) => this.#editing.commit(outcome),
      done: () => this.setTool("select"),
      note: (text) => this.note(text),
      goTo: (plane) => this.planes.goTo(plane),
      settled: () => this.settled(),
      carry: carryGround(this.model, this.state.planes),
      ask: this.#parts.askPart ?? null,
    });
  }

  /** Micrometres per pixel; null where nobody has said. */
  get mpp(): { readonly y: number; readonly x: number } | null {
    return this.#parts.mpp ?? null;
  }

  get state(): EditorState {
    return this.store.get();
  }

  get #bench(): Bench {
    const { selection, radius, newCell, writeMode: mode } = this.state;
    return { canvas: this.model.canvas, selection, radius, newCell, mode };
  }

  /**
   * Sends what an earlier page left behind, then loads the cells. Editing may begin when it resolves.
   *
   * @param readLog  the newest edits of the layer, oldest first; asked when what was left behind has been sent.
   */
  async open(
    readLog: () => Promise<readonly LoggedEdit[]>,
    reviewed: ReadonlySet<string>,
    readOnly: string | null,
  ): Promise<void> {
    this.store.set({ readOnly, reviewed, volatile: this.#parts.journal.volatile ?? null });
    if (readOnly === null) {
      await this.saving.restore();
    }
    await Promise.all([readLog().then((log) => this.takeLog(log)), this.reload()]);
  }

  /** Rebuilds history from the server's log plus the edits that wait. */
  takeLog(log: readonly LoggedEdit[]): void {
    this.saving.takeLog(log);
  }

  /** Reads the cells from the server again and puts waiting edits on top. A stroke under way is finished first. */
  reload(): Promise<void> {
    return this.saving.reload();
  }

  attachView(view: SessionView | null): void {
    this.#view = view;
    view?.canvasReplaced();
    this.drafts.refresh();
  }

  close(): void {
    this.planes.close();
    this.saving.close();
    this.#view = null;
  }

  // Tools and selection.

  setTool(tool: ToolName): void {
    if (tool !== "select" && !this.#mayEdit()) return;
    this.cancelGesture();
    this.store.set({ tool, newCell: false });
    this.drafts.enter(isDraftTool(tool) ? tool : null);
    this.part.enter(isPartTool(tool) ? tool : null);
  }

  /** N: the next stroke is a new cell. */
  armNewCell(): void {
    this.setTool("brush");
    if (this.state.readOnly !== null) return;
    this.#selecting.set([]);
    this.store.set({ newCell: true });
  }

  changeRadius(direction: 1 | -1): void {
    this.store.set({ radius: stepRadius(this.state.radius, direction) });
  }

  /** W: what strokes do where they meet other cells. */
  stepWriteMode(): void {
    const writeMode = nextWriteMode(this.state.writeMode, this.state.overlapAllowed);
    this.store.set({ writeMode });
    this.drafts.refresh();
    this.note(writeModeWords[writeMode].note);
  }

  setRadius(radius: number): void {
    this.store.set({ radius });
  }

  select(selection: readonly string[]): void {
    this.#selecting.set(selection);
    this.drafts.selectionChanged();
  }

  /** Every cell of the plane on the screen. */
  selectAll(): void {
    const all = [...this.model.cells.keys()];
    this.select(all);
    if (all.length === 0) this.note("There are no cells to select.");
  }

  /** Selects a cell and brings it into view, in whatever plane it lies. */
  showCell(uid: string): void {
    this.#selecting.show(uid);
  }

  /** Brings a place of some plane into view. */
  lookAt(place: Pick<ObjectShape, "t" | "z" | "bbox">): void {
    this.#selecting.lookAt(place);
  }

  /** Puts a plane on the screen; called when its pixels are there. */
  #showPlane(plane: PlaneAt): void {
    this.model.show(plane);
    this.store.set({ plane, progress: null });
    this.#view?.canvasReplaced();
    this.#selecting.planeShown(plane);
    this.#countCells();
    this.drafts.planeChanged();
    this.part.planeChanged();
  }

  /** The doubt queue's keys: Space accepts and goes on, the others fix, skip, step back. */
  review(key: ReviewKey): void {
    this.#reviewing.press(key);
  }

  /** Space. */
  nextDoubtful(): void {
    this.review("accept");
  }

  note(text: string): void {
    this.#notes.say(text);
  }

  /** The arrow keys' place on the image; null hides it. */
  pointAt(pointer: Point | null): void {
    this.store.set({ pointer });
    if (pointer !== null)
      for (const boxes of [this.drafts, this.part]) if (boxes.boxBegun) boxes.moveBox(pointer);
  }

  touch(): void {
    this.#clock.touch();
  }

  // Strokes and cuts.

  get gestureActive(): boolean {
    return this.#gestures.active;
  }

  begin(tool: StrokeTool, at: StrokePoint, cuts = false): void {
    if (!this.#mayEdit()) return;
    this.#clock.touch();
    this.#gestures.begin(tool, at, cuts);
  }

  extend(points: readonly StrokePoint[]): void {
    this.#gestures.extend(points);
  }

  finish(): void {
    const finished = this.#gestures.finish();
    if (finished === null) return;
    if (finished.outcome !== null) {
      this.#editing.commit(finished.outcome);
      if (finished.kind === "paint" || finished.kind === "lasso") this.store.set({ newCell: false });
      return;
    }
    // The stroke was laid over the draft on the screen.
    this.drafts.refresh();
    if (finished.kind === "cut") {
      this.note("Draw the line across one cell, from edge to edge.");
    }
  }

  cancelGesture(): void {
    this.#gestures.cancel();
    this.drafts.cancelBox();
    this.part.cancelBox();
  }

  // Whole cells.

  /** A click with the tools that have no stroke. */
  click(at: Point, withShift: boolean, withAlt = false): void {
    this.#clock.touch();
    const { tool } = this.state;
    if (isPartTool(tool)) {
      if (this.#mayEdit()) this.part.click(at, withShift);
      return;
    }
    if (isDraftTool(tool) && tool !== "grow-by") {
      if (this.#mayEdit()) this.drafts.click(at, withShift, withAlt);
      return;
    }
    this.#whole.click(at, withShift);
  }

  /** M. */
  merge(): void {
    this.#whole.merge();
  }

  /** X. */
  deleteSelected(hovered: string | undefined): void {
    this.#whole.delete(hovered);
  }

  /** Runs a tool on whole cells and sends what it comes to; says `nothing` when that is nothing. */
  run(work: (canvas: LabelCanvas, newUid: () => string) => Outcome | null, nothing: string): void {
    this.#editing.run(work, () => this.note(nothing));
  }

  /** Whether edits of masks in a movie link what they make to the tracks around. */
  get keepsTracks(): boolean {
    return this.#editing.keepsTracks;
  }

  setKeepsTracks(keeps: boolean): void {
    this.#editing.keepsTracks = keeps;
  }

  undo(): void {
    this.#editing.undo();
  }

  redo(): void {
    this.#editing.redo();
  }

  // Saving.

  /** Waits until the server has everything; false when it cannot be reached or something else is in the way. */
  settled(): Promise<boolean> {
    return this.saving.settled();
  }

  /** The server has accepted what is on the screen. */
  accepted(): void {
    this.store.set({ dirty: false });
  }

  #mayEdit(): boolean {
    this.planes.stop();
    const { readOnly } = this.state;
    if (readOnly !== null) this.note(readOnly);
    return readOnly === null;
  }

  #replaced(): void {
    this.#view?.canvasReplaced();
    this.#changed();
  }

  #changed(): void {
    this.#selecting.keepLiving();
    this.#countCells();
    this.drafts.refresh();
    this.part.refresh();
  }

  #countCells(): void {
    this.store.set({
      version: this.state.version + 1,
      cellCount: this.model.cells.size,
      layerCellCount: this.model.size,
    });
  }
}

/** For pages without a log to go back along. */
async function pastUnknown(): Promise<never> {
  throw new FoundryError("request.notFound", { message: "There is no log to go back along." });
}
