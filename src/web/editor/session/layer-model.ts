/**
 * The cells of a layer as the editor holds them: where they are, what is known about each, and their colours.
 *
 * The server's objects plus the edits it has not acknowledged yet. Everything else in the editor (screen, table,
 * tools) reads from here.
 */

import type { AgentInfo, WireObject } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import type { BoundingBox } from "#core/array/index.ts";
import {
  applyChangesInPlace,
  createCanvas,
  type EditOperation,
  type LabelCanvas,
} from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import type { Rgb } from "#core/labels/index.ts";
import { CellColours, cellPalette, type ObjectShape, shapeArea } from "#core/labels/index.ts";

export interface CellInfo {
  readonly uid: string;
  /** Pixel value in exports; null until the server has given it. */
  readonly label: number | null;
  /** Pixels. */
  readonly area: number;
  readonly box: BoundingBox;
  readonly confidence: number | null;
  /** Who made the present shape. */
  readonly agent: Pick<AgentInfo, "kind" | "name">;
}

type Author = Pick<AgentInfo, "kind" | "name">;

export class LayerModel {
  canvas: LabelCanvas;
  readonly cells = new Map<string, CellInfo>();
  readonly #colours = new CellColours();
  /** Labels outlive their cells, so that an undo shows the old one at once. */
  readonly #labels = new Map<string, number>();

  constructor(height: number, width: number) {
    this.canvas = createCanvas({ height, width, objects: new Map() });
  }

  /**
   * Starts from the server's objects, then puts waiting edits on top.
   *
   * @returns ids of waiting edits that do not fit (any more): the server will say why, or has them already.
   */
  load(objects: readonly WireObject[], waiting: readonly EditOperation[], author: Author): string[] {
    const { height, width } = this.canvas;
    const shapes = new Map<string, ObjectShape>();
    this.cells.clear();
    for (const object of [...objects].sort((a, b) => (a.uid < b.uid ? -1 : 1))) {
      const shape = shapeFromWire(object.shape);
      shapes.set(object.uid, shape);
      this.#labels.set(object.uid, object.label);
      this.#setCell(object.uid, shape, object.agent, object.confidence);
    }
    this.canvas = createCanvas({ height, width, objects: shapes });
    const unfit: string[] = [];
    for (const operation of waiting) {
      try {
        this.apply(operation, author);
      } catch (error) {
        if (!isFoundryError(error, "revision.conflict")) throw error;
        unfit.push(operation.operationId);
      }
    }
    return unfit;
  }

  /**
   * Applies an edit in place.
   *
   * @returns box of the pixels that may have changed.
   * @throws FoundryError `revision.conflict`; nothing has changed then.
   */
  apply(operation: Pick<EditOperation, "changes">, author: Author): BoundingBox | null {
    const box = applyChangesInPlace(this.canvas, operation.changes);
    for (const { uid, after } of operation.changes) {
      if (after !== null) this.#setCell(uid, after, author, null);
      else {
        this.cells.delete(uid);
        this.#colours.lift(uid);
      }
    }
    return box;
  }

  setLabels(labels: Readonly<Record<string, number>>): void {
    for (const [uid, label] of Object.entries(labels)) {
      this.#labels.set(uid, label);
      const cell = this.cells.get(uid);
      if (cell !== undefined) this.cells.set(uid, { ...cell, label });
    }
  }

  colourOf(uid: string): Rgb {
    return cellPalette[this.#colours.indexOf(uid)] ?? [255, 255, 255];
  }

  /** Colour of a cell that is just being drawn at `box`; it keeps it when the drawing is kept. */
  reserveColour(uid: string, box: BoundingBox): Rgb {
    return cellPalette[this.#colours.place(uid, box)] ?? [255, 255, 255];
  }

  releaseColour(uid: string): void {
    this.#colours.lift(uid);
  }

  #setCell(uid: string, shape: ObjectShape, agent: Author, confidence: number | null): void {
    const label = this.#labels.get(uid) ?? null;
    this.#colours.place(uid, shape.bbox);
    this.cells.set(uid, {
      uid,
      label,
      area: shapeArea(shape),
      box: shape.bbox,
      confidence,
      agent: { kind: agent.kind, name: agent.name },
    });
  }
}
