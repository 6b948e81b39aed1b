/**
 * The cells of a layer as the editor holds them: where they are, what is known about each, and their colours.
 *
 * The server's objects plus the edits it has not acknowledged yet. Everything else in the editor (screen, table,
 * tools) reads from here. All planes are held as shapes; one plane, the one on the screen, is also drawn as a canvas,
 * and `cells` and `canvas` speak of that plane only. An edit to another plane never touches them.
 */

import type { AgentInfo, WireObject, WireSpot } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import type { BoundingBox } from "#core/array/index.ts";
import type { CellTypes } from "#core/cell-types/index.ts";
import {
  type AcceptChange,
  applyBesideInPlace,
  applyChangesInPlace,
  applyEventsInPlace,
  applyOperation,
  applyOriginsInPlace,
  type BesideState,
  createCanvas,
  type EditOperation,
  EventIndex,
  emptyBesideState,
  type LabelCanvas,
  type ObjectChange,
  type OriginFacts,
  OriginIndex,
  takeBackBesideInPlace,
} from "#core/edits/index.ts";
import { FoundryError, isFoundryError } from "#core/errors.ts";
import type { Rgb } from "#core/labels/index.ts";
import { cellPalette, type ObjectShape, shapeArea } from "#core/labels/index.ts";
import { changesByPlane, type PlaneAt, planeKey, planeOf, samePlane } from "../model/planes.ts";
import { assertAccepts } from "./assert-accepts.ts";
import { inStack, isStacked } from "./stack.ts";
import { TrackColours } from "./track-colours.ts";

export interface CellInfo {
  readonly uid: string;
  /** Pixel value in exports; null until the server has given it. */
  readonly label: number | null;
  /** What it is called on the screen: the label of its track's first object, so that it stays the same over time. */
  readonly number: number | null;
  /** Pixels. */
  readonly area: number;
  readonly box: BoundingBox;
  readonly confidence: number | null;
  /** Who made the present shape. */
  readonly agent: Pick<AgentInfo, "kind" | "name">;
  /** A proposal that no person has changed or accepted. */
  readonly untouched: boolean;
}

type Author = Pick<AgentInfo, "kind" | "name">;

/** Who made a living cell what it is, for giving it back when an edit is taken off. */
export interface CellAuthor {
  readonly uid: string;
  readonly agent: Author;
  readonly confidence: number | null;
  readonly untouched: boolean;
}

/** What is known of a living cell beside its shape. */
interface CellFacts {
  readonly plane: PlaneAt;
  readonly agent: Author;
  readonly confidence: number | null;
  readonly untouched: boolean;
}

export class LayerModel {
  /** The plane on the screen. */
  canvas: LabelCanvas;
  /** Cells of the plane on the screen. */
  readonly cells = new Map<string, CellInfo>();
  readonly #planes = new Map<string, Map<string, ObjectShape>>();
  readonly #facts = new Map<string, CellFacts>();
  readonly #colours = new TrackColours();
  /** Which cell goes on from which. */
  readonly origins = new OriginIndex();
  /** What is marked about cells: entry, exit, death, fusion. */
  readonly events = new EventIndex();
  /** What cells are, and spots; a deleted cell keeps its types. */
  readonly beside: BesideState = emptyBesideState();
  /** Frame of every object seen, living or not. */
  readonly #frames = new Map<string, number>();
  /** Labels outlive their cells, so that an undo shows the old one at once. */
  readonly #labels = new Map<string, number>();

  /** @param overlapAllowed  whether cells of the layer may share pixels. */
  constructor(height: number, width: number, overlapAllowed = false) {
    this.canvas = createCanvas({ height, width, overlapAllowed, objects: new Map() });
  }

  /** The plane on the screen. */
  get plane(): PlaneAt {
    return planeOf(this.canvas);
  }

  /** Cells of all planes. */
  get size(): number {
    return this.#facts.size;
  }

  /** Whether a cell lives, in whatever plane. */
  has(uid: string): boolean {
    return this.#facts.has(uid);
  }

  /** Where a living cell is. */
  planeOf(uid: string): PlaneAt | undefined {
    return this.#facts.get(uid)?.plane;
  }

  /** Label and confidence of a living cell, in whatever plane. */
  knownOf(uid: string): Pick<CellInfo, "label" | "confidence"> | undefined {
    const facts = this.#facts.get(uid);
    if (facts === undefined) return undefined;
    return { label: this.#labels.get(uid) ?? null, confidence: facts.confidence };
  }

  /** Who made these cells, of those that live. */
  authorsOf(uids: readonly string[]): CellAuthor[] {
    return uids.flatMap((uid) => {
      const facts = this.#facts.get(uid);
      if (facts === undefined) return [];
      const { agent, confidence, untouched } = facts;
      return [{ uid, agent, confidence, untouched }];
    });
  }

  setAuthors(authors: readonly CellAuthor[]): void {
    for (const { uid, ...known } of authors) {
      const facts = this.#facts.get(uid);
      if (facts === undefined) continue;
      this.#facts.set(uid, { ...facts, ...known });
      const cell = this.cells.get(uid);
      if (cell !== undefined) this.cells.set(uid, { ...cell, ...known });
    }
  }

  /** Whether a living cell is a proposal that no person has changed or accepted. */
  isUntouched(uid: string): boolean {
    return this.#facts.get(uid)?.untouched === true;
  }

  /** Shape of a living cell, in whatever plane. */
  shapeOf(uid: string): ObjectShape | undefined {
    const plane = this.planeOf(uid);
    return plane === undefined ? undefined : this.#planes.get(planeKey(plane))?.get(uid);
  }

  /** Living cells of all planes. */
  everyShape(): [uid: string, shape: ObjectShape][] {
    return [...this.#planes.values()].flatMap((objects) => [...objects]);
  }

  /** Cells of any plane, as shapes. */
  shapesAt(plane: PlaneAt): ReadonlyMap<string, ObjectShape> {
    return this.#planes.get(planeKey(plane)) ?? new Map();
  }

  /** A canvas of any plane; of another one than that on the screen it is one of its own. Cost: O(cells of the plane) then. */
  canvasAt(plane: PlaneAt): LabelCanvas {
    return samePlane(plane, this.plane) ? this.canvas : this.#newCanvas(plane);
  }

  /** Puts another plane on the screen. Cost: O(cells of the plane). */
  show(plane: PlaneAt): void {
    this.canvas = this.#newCanvas(plane);
    this.cells.clear();
    for (const [uid, shape] of this.shapesAt(plane)) this.#setCell(uid, shape);
  }

  /**
   * Starts from the server's objects, then puts waiting edits on top. The plane on the screen stays.
   *
   * @returns ids of waiting edits that do not fit (any more): the server will say why, or has them already.
   */
  load(
    objects: readonly WireObject[],
    waiting: readonly EditOperation[],
    author: Author,
    spots: readonly WireSpot[] = [],
  ): string[] {
    // All is read before anything is forgotten.
    const ordered = objects.map((object) => ({ ...object, shape: this.#insideShape(object) }));
    this.#loadBeside(objects, spots);
    this.#planes.clear();
    this.#facts.clear();
    this.origins.clear();
    this.events.clear();
    for (const { uid, origin, events } of objects) {
      if (origin !== undefined) this.origins.set(uid, origin);
      if (events?.start !== undefined) this.events.set(uid, "start", events.start);
      if (events?.end !== undefined) this.events.set(uid, "end", events.end);
    }
    ordered.sort((a, b) => a.shape.t - b.shape.t || a.shape.z - b.shape.z || (a.uid < b.uid ? -1 : 1));
    for (const { uid, shape, label, agent, confidence, untouched } of ordered) {
      this.#labels.set(uid, label);
      this.#setObject(uid, shape, agent, { confidence, untouched: untouched === true });
    }
    this.show(this.plane);
    const unfit: string[] = [];
    for (const operation of waiting) {
      try {
        this.apply(operation, author);
      } catch (error) {
        if (!isFoundryError(error)) throw error;
        unfit.push(operation.operationId);
      }
    }
    return unfit;
  }

  /** Shows cells as they once were, without who made them and where they come from. The plane on the screen stays. */
  showPast(objects: readonly (readonly [uid: string, label: number, shape: ObjectShape])[]): void {
    this.#planes.clear();
    this.#facts.clear();
    this.origins.clear();
    this.events.clear();
    for (const [uid, label, shape] of objects) {
      this.#labels.set(uid, label);
      this.#setObject(uid, shape, { kind: "person", name: "" }, { confidence: null, untouched: false });
    }
    this.show(this.plane);
  }

  /**
   * Applies an edit in place, in whatever planes it lies.
   *
   * @returns box of the pixels on the screen that may have changed; null when it lies in other planes.
   * @throws FoundryError `revision.conflict`; nothing has changed then.
   */
  apply(
    operation: Pick<EditOperation, "changes" | "origins" | "events" | "accepts" | "types" | "spots">,
    author: Author,
  ): BoundingBox | null {
    assertAccepts(operation, this.#facts);
    const parts = changesByPlane(operation.changes);
    // All is tried before anything is changed; the canvas, which tries and changes at once, comes last.
    for (const { plane, changes } of parts) if (!samePlane(plane, this.plane)) this.#tryAt(plane, changes);
    const { origins = [], events = [] } = operation;
    const facts = this.#factsAfter(operation.changes);
    applyBesideInPlace(this.beside, operation);
    const undoBeside = (): void => takeBackBesideInPlace(this.beside, operation);
    attempt(() => applyOriginsInPlace(this.origins, origins, facts), undoBeside);
    const here = parts.find(({ plane }) => samePlane(plane, this.plane))?.changes ?? [];
    const undoOrigins = (): void => {
      for (const { uid, before } of origins) this.origins.set(uid, before);
      undoBeside();
    };
    const touched = origins.flatMap(({ uid, after }) => (after === null ? [uid] : [uid, after.uid]));
    attempt(() => applyEventsInPlace(this.events, events, this.origins, touched, facts), undoOrigins);
    const box = attempt(
      () => applyChangesInPlace(this.canvas, here),
      () => {
        undoOrigins();
        for (const { uid, side, before } of events) this.events.set(uid, side, before);
      },
    );
    // What leaves a plane goes first: an object may come to life again in another one.
    for (const { plane, changes } of parts)
      for (const { uid, after } of changes) if (after === null) this.#removeObject(uid, plane);
    for (const { changes } of parts)
      for (const { uid, after } of changes)
        if (after !== null) this.#setObject(uid, after, author, { confidence: null, untouched: false });
    for (const accept of operation.accepts ?? []) this.#setAccepted(accept);
    for (const { uid, after } of here) {
      if (after === null) this.cells.delete(uid);
      else this.#setCell(uid, after);
    }
    if (origins.length > 0) this.#followTracks(origins.map(({ uid }) => uid));
    return box;
  }

  /**
   * Whether changes of tracks alone would hold, so that a refusal can be said in its own words.
   *
   * @throws FoundryError as `apply`. Nothing changes.
   */
  tryTracks({ origins = [], events = [] }: Pick<EditOperation, "origins" | "events">): void {
    const facts = this.#factsAfter([]);
    const touched = origins.flatMap(({ uid, after }) => (after === null ? [uid] : [uid, after.uid]));
    applyOriginsInPlace(this.origins, origins, facts);
    try {
      applyEventsInPlace(this.events, events, this.origins, touched, facts);
      for (const { uid, side, before } of events) this.events.set(uid, side, before);
    } finally {
      for (const { uid, before } of origins) this.origins.set(uid, before);
    }
  }

  /** @returns whether the plane on the screen was drawn anew, since the server has overlapping cells in another order. */
  setLabels(labels: Readonly<Record<string, number>>): boolean {
    for (const [uid, label] of Object.entries(labels)) {
      this.#labels.set(uid, label);
      const cell = this.cells.get(uid);
      if (cell !== undefined) this.cells.set(uid, { ...cell, label });
    }
    // Later parts of a track are called by its first label.
    for (const uid of Object.keys(labels)) {
      for (let at: string | undefined = uid; at !== undefined; at = this.nextOf(at)) {
        const cell = this.cells.get(at);
        if (cell !== undefined) this.cells.set(at, { ...cell, number: this.#numberOf(at) });
      }
    }
    if (isStacked(this.canvas, this.#labels)) return false;
    this.canvas = this.#newCanvas(this.plane);
    return true;
  }

  /**
   * The same cell in another plane: itself there, or the object its links lead to in that frame and slice.
   *
   * Cost: O(frames between).
   */
  mateOf(uid: string, plane: PlaneAt): string | undefined {
    const start = this.planeOf(uid);
    if (start === undefined) return undefined;
    const isLater = plane.t > start.t;
    let at: string | undefined = uid;
    while (at !== undefined) {
      const here = this.planeOf(at) as PlaneAt;
      if (here.t === plane.t) return here.z === plane.z ? at : undefined;
      // A link over the frame that is asked for: the cell is not in it.
      if (here.t > plane.t === isLater) return undefined;
      at = isLater ? this.nextOf(at) : this.previousOf(at);
    }
    return undefined;
  }

  /** The same cell one step later in its track, if it lives. */
  nextOf(uid: string): string | undefined {
    return this.origins.childrenOf(uid).find(([child, kind]) => kind === "link" && this.has(child))?.[0];
  }

  /** The same cell one step earlier in its track, if it lives. */
  previousOf(uid: string): string | undefined {
    const origin = this.origins.originOf(uid);
    return origin?.kind === "link" && this.has(origin.uid) ? origin.uid : undefined;
  }

  /** What a cell is; null where nobody looked. */
  typesOf(uid: string): CellTypes | null {
    return this.beside.types.get(uid) ?? null;
  }

  colourOf(uid: string): Rgb {
    return cellPalette[this.#colours.indexOf(uid)] ?? [255, 255, 255];
  }

  /** Colour of a cell that is just being drawn at `box`; it keeps it when the drawing is kept. */
  reserveColour(uid: string, box: BoundingBox): Rgb {
    return cellPalette[this.#colours.place(uid, this.plane, box, undefined)] ?? [255, 255, 255];
  }

  releaseColour(uid: string): void {
    this.#colours.lift(uid, this.plane);
  }

  /** A canvas of any plane that may be drawn on without the screen knowing. Cost: O(cells of the plane). */
  scratchAt(plane: PlaneAt): LabelCanvas {
    return this.#newCanvas(plane);
  }

  /** @throws FoundryError `label.invalid` when it reaches beyond the image: drawn cut off, the first edit would cut it for good. */
  #insideShape({ label, shape }: WireObject): ObjectShape {
    const { height, width } = this.canvas;
    const [, , y1, x1] = shape.bbox;
    if (y1 <= height && x1 <= width) return shapeFromWire(shape);
    throw new FoundryError("label.invalid", {
      message: `Cell ${label} reaches beyond the image of ${height} x ${width} pixels, so the labels cannot be opened.`,
      hint: "Nothing is changed. Run `cellfoundry doctor --full`: it says which record is damaged and how to mend it.",
      details: { label, bbox: [...shape.bbox] },
    });
  }

  #loadBeside(objects: readonly WireObject[], spots: readonly WireSpot[]): void {
    this.beside.types.clear();
    this.beside.spots.clear();
    for (const { uid, types } of objects) if (types !== undefined) this.beside.types.set(uid, types);
    for (const { uid, ...spot } of spots) this.beside.spots.set(uid, spot);
  }

  #newCanvas(plane: PlaneAt): LabelCanvas {
    const { height, width, overlapAllowed } = this.canvas;
    const objects = inStack(this.shapesAt(plane), this.#labels, overlapAllowed);
    return createCanvas({ height, width, overlapAllowed, objects }, plane);
  }

  /** Objects as they are after changes, for the laws of tracks. What was deleted before this page opened was earlier. */
  #factsAfter(changes: readonly ObjectChange[]): OriginFacts {
    const after = new Map(changes.map((change) => [change.uid, change.after]));
    return {
      frameOf: (uid) => after.get(uid)?.t ?? this.#frames.get(uid) ?? -1,
      lives: (uid) => {
        const shape = after.get(uid);
        return shape === undefined ? this.has(uid) : shape !== null;
      },
    };
  }

  /** Objects that come from others than before, and all that follow them, take the colour of what they come from. */
  #followTracks(uids: readonly string[]): void {
    for (const start of uids) {
      const seen = new Set<string>();
      for (let uid: string | undefined = start; uid !== undefined && !seen.has(uid); uid = this.nextOf(uid)) {
        seen.add(uid);
        const [plane, shape] = [this.planeOf(uid), this.shapeOf(uid)];
        if (plane === undefined || shape === undefined) break;
        this.#colours.follow(uid, plane, shape.bbox, this.previousOf(uid));
      }
    }
    this.#renumber();
  }

  #renumber(): void {
    for (const [uid, cell] of this.cells) {
      const number = this.#numberOf(uid);
      if (number !== cell.number) this.cells.set(uid, { ...cell, number });
    }
  }

  /** Label of the first object of a cell's track. */
  #numberOf(uid: string): number | null {
    let first = uid;
    for (let before = this.previousOf(first); before !== undefined; before = this.previousOf(first)) {
      first = before;
    }
    return this.#labels.get(first) ?? null;
  }

  #tryAt(plane: PlaneAt, changes: readonly ObjectChange[]): void {
    const { height, width, overlapAllowed } = this.canvas;
    const asked = { operationId: "", kind: "reshape", tool: "", changes, msSpent: 0 } as const;
    applyOperation({ height, width, overlapAllowed, objects: this.shapesAt(plane) }, asked);
  }

  #setObject(
    uid: string,
    shape: ObjectShape,
    agent: Author,
    known: Pick<CellFacts, "confidence" | "untouched">,
  ): void {
    const plane = planeOf(shape);
    const key = planeKey(plane);
    const objects = this.#planes.get(key);
    if (objects === undefined) this.#planes.set(key, new Map([[uid, shape]]));
    else objects.set(uid, shape);
    this.#facts.set(uid, { plane, agent: { kind: agent.kind, name: agent.name }, ...known });
    this.#frames.set(uid, plane.t);
    this.#colours.place(uid, plane, shape.bbox, this.previousOf(uid) ?? this.nextOf(uid));
  }

  /** What was accepted and is so no more is a proposal again, if its shape still is a model's. */
  #setAccepted({ uid, accepted }: AcceptChange): void {
    const facts = this.#facts.get(uid);
    if (facts === undefined) return;
    const untouched = !accepted && facts.agent.kind === "model";
    this.#facts.set(uid, { ...facts, untouched });
    const cell = this.cells.get(uid);
    if (cell !== undefined) this.cells.set(uid, { ...cell, untouched });
  }

  #removeObject(uid: string, plane: PlaneAt): void {
    this.#planes.get(planeKey(plane))?.delete(uid);
    this.#facts.delete(uid);
    this.#colours.lift(uid, plane);
  }

  #setCell(uid: string, shape: ObjectShape): void {
    const facts = this.#facts.get(uid);
    if (facts === undefined) return;
    const { agent, confidence, untouched } = facts;
    const label = this.#labels.get(uid) ?? null;
    const number = this.#numberOf(uid);
    const area = shapeArea(shape);
    this.cells.set(uid, { uid, label, number, area, box: shape.bbox, confidence, agent, untouched });
  }
}

function attempt<T>(work: () => T, onProblem: () => void): T {
  try {
    return work();
  } catch (error) {
    onProblem();
    throw error;
  }
}
