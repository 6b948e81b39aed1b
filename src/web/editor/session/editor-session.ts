/**
 * One image being edited: turns gestures and keys into edits, applies them at once, and sees to it that they are saved.
 *
 * Lives outside React and outside the graphics code. Each edit goes the same way: canvas, history, journal and server.
 * When the server refuses one, the canvas is built again from what the server has plus what still waits, so the screen
 * never shows more than is or will be true.
 */

import { editFromWire } from "#api/edits.ts";
import type { LoggedEdit } from "#api/index.ts";
import type { Point } from "#core/array/index.ts";
import type { EditOperation, LabelCanvas } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { ActivityClock } from "../model/activity-clock.ts";
import { isDraftTool } from "../model/draft.ts";
import type { Bench, Outcome, StrokePoint, StrokeTool } from "../model/gesture.ts";
import { type PlaneAt, planeOfChanges } from "../model/planes.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import type { JournalEntry } from "../sync/journal.ts";
import { SyncQueue } from "../sync/queue.ts";
import { carryGround } from "./carry-ground.ts";
import { Drafts } from "./drafts.ts";
import { EditLog } from "./edit-log.ts";
import { type EditorState, firstState, stepRadius, type ToolName } from "./editor-state.ts";
import { Gestures } from "./gestures.ts";
import { LayerModel } from "./layer-model.ts";
import { Notes } from "./notes.ts";
import { PlaneControl } from "./plane-control.ts";
import { rebasedOutcome } from "./rebased-outcome.ts";
import { marksAfter, type ReviewKey } from "./review-desk.ts";
import { Reviewing } from "./reviewing.ts";
import type { SessionParts, SessionView } from "./session-parts.ts";
import { Store } from "./store.ts";
import { WholeCells } from "./whole-cells.ts";

export class EditorSession {
  readonly store = new Store<EditorState>(firstState);
  readonly model: LayerModel;
  readonly drafts: Drafts;
  readonly planes: PlaneControl;
  readonly #parts: SessionParts;
  readonly #queue: SyncQueue;
  readonly #clock: ActivityClock;
  readonly #gestures: Gestures;
  readonly #reviewing: Reviewing;
  readonly #whole: WholeCells;
  #view: SessionView | null = null;
  readonly #log: EditLog;
  #acknowledged = 0;
  readonly #notes: Notes;
  /** What a person selected, in whatever plane: the same cell is selected in every plane it is in. */
  #meant: readonly string[] = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#notes = new Notes(this.store, parts.schedule);
    this.model = new LayerModel(parts.height, parts.width);
    this.#clock = new ActivityClock(parts.now);
    this.#reviewing = new Reviewing(this.model, parts.now);
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
    this.drafts = new Drafts({
      bench: () => this.#bench,
      view: () => this.#view,
      newId: parts.newId,
      mpp: parts.mpp ?? null,
      select: (uids) => this.#select(uids),
      commit: (outcome) => this.#commit(outcome),
      done: () => this.setTool("select"),
      note: (text) => this.note(text),
      carry: carryGround(this.model, this.state.planes),
      goTo: (plane) => this.planes.goTo(plane),
    });
    this.#whole = new WholeCells({
      model: this.model,
      state: () => this.state,
      mayEdit: () => this.#mayEdit(),
      edit: (work) => this.#do(work),
      select: (uids) => this.select(uids),
      setTool: (tool) => this.setTool(tool),
      note: (text) => this.note(text),
    });
    this.#log = new EditLog({ store: this.store, author: parts.author, now: parts.now });
    this.#queue = new SyncQueue({
      layerId: parts.layerId,
      journal: parts.journal,
      post: parts.post,
      now: parts.now,
      random: parts.random,
      schedule: parts.schedule,
      onStatus: (sync) => this.store.set({ sync }),
      onSaved: (results) => {
        this.#acknowledged += results.length;
        for (const result of results) this.model.setLabels(result.labels);
        this.#log.mark(
          results.map((result) => result.operationId),
          "saved",
        );
        const newest = Math.max(this.state.seq, ...results.map((result) => result.seq));
        this.store.set({ seq: newest, version: this.state.version + 1 });
      },
      onRefused: (entries) => this.#rollBack(entries),
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

  /** Sends what an earlier page left behind, then loads the cells. Editing may begin when it resolves. */
  async open(
    log: readonly LoggedEdit[],
    reviewed: ReadonlySet<string>,
    readOnly: string | null,
  ): Promise<void> {
    this.store.set({ readOnly, reviewed, volatile: this.#parts.journal.volatile ?? null });
    if (readOnly === null) {
      await this.#queue.restore();
      await this.#queue.settled();
    }
    this.takeLog(log);
    await this.reload();
  }

  /** Rebuilds history from the server's log plus the edits that wait. */
  takeLog(log: readonly LoggedEdit[]): void {
    this.#log.take(log, this.#queue.waitingEdits);
  }

  /** Reads the cells from the server again and puts waiting edits on top. A stroke under way is finished first. */
  async reload(): Promise<void> {
    for (;;) {
      const before = this.#acknowledged;
      const answer = await this.#parts.readObjects();
      await this.#gestures.ended();
      // Edits saved meanwhile may or may not be in the answer: read again rather than guess.
      if (before !== this.#acknowledged) continue;
      const waiting = this.#queue.waitingEdits.map(editFromWire);
      this.model.load(answer.objects, waiting, { kind: "person", name: this.#parts.author.name });
      this.store.set({ seq: Math.max(this.state.seq, answer.seq) });
      this.#keepSelection();
      this.#view?.canvasReplaced();
      this.#changed();
      return;
    }
  }

  attachView(view: SessionView | null): void {
    this.#view = view;
    view?.canvasReplaced();
    this.drafts.refresh();
  }

  close(): void {
    this.planes.close();
    this.#queue.close();
    this.#view = null;
  }

  // Tools and selection.

  setTool(tool: ToolName): void {
    if (tool !== "select" && !this.#mayEdit()) return;
    this.cancelGesture();
    this.store.set({ tool, newCell: false });
    this.drafts.enter(isDraftTool(tool) ? tool : null);
  }

  /** N: the next stroke is a new cell. */
  armNewCell(): void {
    this.setTool("brush");
    if (this.state.readOnly !== null) return;
    this.#select([]);
    this.store.set({ newCell: true });
  }

  changeRadius(direction: 1 | -1): void {
    this.store.set({ radius: stepRadius(this.state.radius, direction) });
  }

  /** W: whether strokes go around other cells or over them. */
  toggleWriteMode(): void {
    const writeMode = this.state.writeMode === "exclude" ? "overwrite" : "exclude";
    this.store.set({ writeMode });
    this.drafts.refresh();
    this.note(writeMode === "exclude" ? "Strokes leave other cells alone." : "Strokes go over other cells.");
  }

  setRadius(radius: number): void {
    this.store.set({ radius });
  }

  select(selection: readonly string[]): void {
    this.#select(selection);
    this.drafts.selectionChanged();
  }

  /** Selects a cell and brings it into view, in whatever plane it lies. */
  showCell(uid: string): void {
    const shape = this.model.shapeOf(uid);
    if (shape === undefined) return;
    this.planes.goTo(shape);
    this.#meant = [uid];
    if (this.model.cells.has(uid)) this.#select([uid]);
    this.#view?.flyTo(shape.bbox);
  }

  /** Puts a plane on the screen; called when its pixels are there. */
  #showPlane(plane: PlaneAt): void {
    this.model.show(plane);
    this.store.set({ plane, progress: null });
    this.#view?.canvasReplaced();
    const seen = this.#meant.map((uid) => this.model.mateOf(uid, plane));
    this.#mark([...new Set(seen.filter((uid) => uid !== undefined))]);
    this.#countCells();
    this.drafts.planeChanged();
  }

  /** The doubt queue's keys: Space accepts and goes on, the others fix, skip, step back. */
  review(key: ReviewKey): void {
    const { version, selection, reviewed } = this.state;
    const step = this.#reviewing.step(key, version, selection, reviewed);
    this.store.set({ progress: step.progress, reviewed: marksAfter(reviewed, step) });
    if (step.uid === null) this.note("All cells are reviewed.");
    else this.showCell(step.uid);
    if (step.fixing && step.uid !== null) this.#mendOrDraw(step.uid);
  }

  /** What needs no judgement is mended at once; the rest is for the hand. */
  #mendOrDraw(uid: string): void {
    if (!this.#mayEdit()) return;
    const outcome = this.#try(() => this.#reviewing.mend(this.model.canvas, uid, this.#parts.newId));
    if (outcome) this.#commit(outcome);
    else if (outcome === null) this.setTool("brush");
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
    if (pointer !== null && this.drafts.boxBegun) this.drafts.moveBox(pointer);
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
      this.#commit(finished.outcome);
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
  }

  // Whole cells.

  /** A click with the tools that have no stroke. */
  click(at: Point, withShift: boolean): void {
    this.#clock.touch();
    const { tool } = this.state;
    if (isDraftTool(tool) && tool !== "grow-by") {
      if (this.#mayEdit()) this.drafts.click(at, withShift);
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
    if (!this.#mayEdit()) return;
    const outcome = this.#try(() => work(this.model.canvas, this.#parts.newId));
    if (outcome) this.#commit(outcome);
    else if (outcome === null) this.note(nothing);
  }

  undo(): void {
    this.#step("undo", "take back");
  }

  redo(): void {
    this.#step("redo", "bring back");
  }

  #step(kind: "undo" | "redo", verb: string): void {
    if (!this.#mayEdit()) return;
    const operation = this.#log.step(kind, this.#parts.newId());
    if (operation === null) {
      this.note(`Nothing to ${verb}.`);
      return;
    }
    const timed = { ...operation, msSpent: this.#clock.lap() };
    if (this.#applyAndSend(timed)) {
      this.planes.goTo(planeOfChanges(operation.changes, this.model.plane));
      return;
    }
    this.#log.forget(operation.undoes ?? "");
    this.note(`Cannot ${verb}: the cell was changed since by someone else.`);
  }

  #do(work: () => Outcome | null): void {
    if (!this.#mayEdit()) return;
    const outcome = this.#try(work);
    if (outcome) this.#commit(outcome);
  }

  #commit(outcome: Outcome): void {
    const operation: EditOperation = {
      operationId: this.#parts.newId(),
      kind: outcome.kind,
      tool: outcome.tool,
      changes: outcome.changes,
      msSpent: this.#clock.lap(),
      ...(outcome.origins === undefined ? {} : { origins: outcome.origins }),
    };
    if (operation.changes.length > changesPerEditMax) {
      this.note(`One edit can change at most ${changesPerEditMax} cells.`);
      return;
    }
    if (!this.#applyAndSend(operation)) this.note("The cells changed meanwhile; please draw again.");
    else this.#select(outcome.selection);
  }

  #applyAndSend(operation: EditOperation): boolean {
    const author = { kind: "person", name: this.#parts.author.name } as const;
    const box = this.#try(() => this.model.apply(operation, author));
    if (box === undefined) return false;
    const edit = this.#log.add(operation);
    this.#view?.cellsChanged(operation.changes.map((change) => change.uid));
    if (box !== null) this.#view?.canvasChanged(box);
    this.#keepSelection();
    this.#changed();
    this.#queue.add(edit);
    return true;
  }

  // Saving.

  /** Waits until the server has everything; false when it cannot be reached or something else is in the way. */
  settled(): Promise<boolean> {
    return this.#queue.settled();
  }

  /** The server has accepted what is on the screen. */
  accepted(): void {
    this.store.set({ dirty: false });
  }

  retrySaving(): void {
    this.#queue.retryNow();
  }

  async discardRefused(operationId: string): Promise<void> {
    await this.#queue.discard(operationId);
    this.#log.dropLine(operationId);
  }

  /** Applies a refused edit to the cells as they are now, as a new edit; the refused one is gone then. */
  async retryRefused(entry: JournalEntry): Promise<void> {
    if (!this.#mayEdit()) return;
    const outcome = rebasedOutcome(this.model, editFromWire(entry.edit));
    if (outcome === null) this.note("Nothing is left of this edit: the cells are as it wanted them.");
    else {
      this.#commit(outcome);
      this.planes.goTo(planeOfChanges(outcome.changes, this.model.plane));
    }
    await this.discardRefused(entry.operationId);
  }

  async #rollBack(entries: readonly JournalEntry[]): Promise<void> {
    for (const entry of entries) this.#log.forget(entry.operationId);
    this.#log.mark(
      entries.map((entry) => entry.operationId),
      "refused",
    );
    const reason = entries[0]?.refusal?.message ?? "";
    this.note(
      `${entries.length === 1 ? "An edit was" : `${entries.length} edits were`} not taken. ${reason}`,
    );
    await this.reload();
  }

  #try<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      this.note(error.message);
      return undefined;
    }
  }

  #mayEdit(): boolean {
    this.planes.stop();
    const { readOnly } = this.state;
    if (readOnly !== null) this.note(readOnly);
    return readOnly === null;
  }

  #select(selection: readonly string[]): void {
    const here = selection.filter((uid) => this.model.cells.has(uid));
    this.#meant = here.length > 0 ? here : selection;
    this.#mark(here);
  }

  /** Cells that are gone are selected no more. */
  #keepSelection(): void {
    this.#mark(this.state.selection.filter((uid) => this.model.cells.has(uid)));
  }

  #mark(selection: readonly string[]): void {
    const before = this.state.selection;
    if (before.length === selection.length && before.every((uid, i) => uid === selection[i])) return;
    this.store.set({ selection });
    this.#view?.cellsChanged([...before, ...selection]);
  }

  #changed(): void {
    this.#countCells();
    this.drafts.refresh();
  }

  #countCells(): void {
    this.store.set({
      version: this.state.version + 1,
      cellCount: this.model.cells.size,
      layerCellCount: this.model.size,
    });
  }
}
