/**
 * Keeps the card's tiles of the labels equal to the canvas, and shows strokes and drafts while they are made.
 *
 * What is not finished is a list of shapes laid over the canvas, each with the number it shows. When something changes,
 * only the samples of its box are drawn again and copied, in the tiles on the screen; tiles that are held but not in view
 * are drawn again when they come into view. So the cost of a move is that of the brush, not of the image.
 */

import type { BoundingBox } from "#core/array/index.ts";
import { drawOnSamplesInPlace, type LabelCanvas, type ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape, Rgb } from "#core/labels/index.ts";
import { previewNumber } from "./label-shader.ts";
import {
  coarsestLevel,
  levelAt,
  parentOf,
  samplesWithin,
  type TileAt,
  tileBox,
  tileKey,
  tileSamples,
  tilesOf,
} from "./label-tiles.ts";

/** What the card must offer, so that tests need none. */
export interface TextureSink<Texture> {
  createTile(): Texture;
  /** Copies numbers to the texels from (row, column) on. */
  upload(tile: Texture, numbers: Int32Array, row: number, column: number, columns: number): void;
  destroyTile(tile: Texture): void;
  setEntry(number: number, colour: Rgb, flags: number): void;
}

/** A piece of the picture: a box of the image, and the texture that shows it. */
export interface ShownTile<Texture> {
  readonly texture: Texture;
  readonly box: BoundingBox;
  /** Image position of the texture's corner, and image pixels per texel. */
  readonly y0: number;
  readonly x0: number;
  readonly step: number;
}

interface HeldTile<Texture> {
  readonly at: TileAt;
  readonly texture: Texture;
  isStale: boolean;
  /** Count of looks at which it was last in view. */
  seenAt: number;
}

/** Tiles kept beside those in view, for going back: 70 MB. */
const spareTilesMax = 64;

/** Selected cells that are drawn above those that lie on them; of more nobody looks at a single one. */
const raisedMax = 64;

export class LabelDisplay<Texture> {
  readonly #sink: TextureSink<Texture>;
  #canvas: LabelCanvas;
  readonly #held = new Map<string, HeldTile<Texture>>();
  #wanted: TileAt[] = [];
  #looks = 0;
  /** Laid over the canvas, in order. */
  #overlay: { readonly shape: ObjectShape; readonly number: number }[] = [];
  #overlayBox: BoundingBox | null = null;
  #raised: readonly string[] = [];

  constructor(sink: TextureSink<Texture>, canvas: LabelCanvas) {
    this.#sink = sink;
    this.#canvas = canvas;
  }

  /** Shows another canvas of the same size. */
  reset(canvas: LabelCanvas): void {
    this.#canvas = canvas;
    this.#overlay = [];
    this.#overlayBox = null;
    for (const tile of this.#held.values()) tile.isStale = true;
    // Nothing of the canvas before may be seen meanwhile.
    for (const at of this.#wanted) this.#bringUpToDate(at);
  }

  /** Says which part of the image is in view and how large. */
  look(seen: BoundingBox, zoom: number, pixelRatio: number): void {
    this.#looks++;
    this.#wanted = tilesOf(seen, levelAt(zoom, pixelRatio, this.#canvas));
    for (const at of this.#wanted) {
      const held = this.#held.get(tileKey(at));
      if (held !== undefined) held.seenAt = this.#looks;
    }
    this.#dropSpare();
  }

  /**
   * Makes what is in view and not there yet, until the time is up; what a coarser tile can stand in for waits.
   *
   * @param isLate  whether the frame's time is up.
   * @returns whether all is there.
   */
  prepare(isLate: () => boolean): boolean {
    let isComplete = true;
    for (const at of this.#wanted) {
      const held = this.#held.get(tileKey(at));
      if (held !== undefined && !held.isStale) continue;
      if (isLate() && this.#standInFor(at) !== null) isComplete = false;
      else this.#bringUpToDate(at);
    }
    return isComplete;
  }

  /** What to draw: each place in view once, by its own tile or the nearest coarser one. */
  shown(): ShownTile<Texture>[] {
    return this.#wanted.flatMap((at) => {
      const held = this.#fresh(at) ?? this.#standInFor(at);
      if (held === null) return [];
      const { y0, x0, step } = tileSamples(held.at);
      return [{ texture: held.texture, box: tileBox(at, this.#canvas), y0, x0, step }];
    });
  }

  /** Draws a box of the canvas again. */
  refresh(box: BoundingBox): void {
    const inView = new Set(this.#wanted.map(tileKey));
    for (const [key, tile] of this.#held) {
      if (tile.isStale) continue;
      const within = samplesWithin(tile.at, box);
      if (within === null) continue;
      if (inView.has(key)) this.#draw(tile, within);
      else tile.isStale = true;
    }
  }

  setEntry(uid: string, colour: Rgb, flags: number): void {
    const number = this.#canvas.numberOf(uid);
    if (number > 0) this.#sink.setEntry(number, colour, flags);
  }

  /** Shows these cells whole where others lie on them: those that are selected. Nothing where cells lie apart. */
  raise(uids: readonly string[]): void {
    if (!this.#canvas.overlapAllowed) return;
    const wanted = uids.length > raisedMax ? [] : uids;
    const before = this.#raised;
    if (before.length === wanted.length && before.every((uid, i) => uid === wanted[i])) return;
    this.#raised = wanted;
    for (const uid of new Set([...before, ...wanted])) {
      const shape = this.#canvas.shapes.get(uid);
      if (shape !== undefined) this.refresh(shape.bbox);
    }
  }

  /** Adds the newest part of a stroke to what is shown. @param uid  whose pixels they become; null: they are erased. */
  showStroke(shape: ObjectShape, uid: string | null): void {
    const number = uid === null ? 0 : this.#canvas.numberOf(uid) || previewNumber;
    this.#overlay.push({ shape, number });
    this.#overlayBox = union(this.#overlayBox, shape.bbox);
    this.refresh(shape.bbox);
  }

  /**
   * Shows what changes would make of the canvas, instead of what was shown before. Cells not yet born are told apart.
   *
   * Cost: O(box around all changes).
   */
  showDraft(changes: readonly ObjectChange[]): void {
    this.clearPreview();
    for (const { before } of changes) if (before !== null) this.#lay(before, 0);
    changes.forEach(({ uid, after }, k) => {
      if (after !== null) this.#lay(after, this.#canvas.numberOf(uid) || previewNumber + k);
    });
    if (this.#overlayBox !== null) this.refresh(this.#overlayBox);
  }

  /** Forgets the stroke or the draft and shows the canvas again where it was. */
  clearPreview(): void {
    const box = this.#overlayBox;
    this.#overlay = [];
    this.#overlayBox = null;
    if (box !== null) this.refresh(box);
  }

  close(): void {
    for (const { texture } of this.#held.values()) this.#sink.destroyTile(texture);
    this.#held.clear();
  }

  #lay(shape: ObjectShape, number: number): void {
    this.#overlay.push({ shape, number });
    this.#overlayBox = union(this.#overlayBox, shape.bbox);
  }

  #fresh(at: TileAt): HeldTile<Texture> | null {
    const held = this.#held.get(tileKey(at));
    return held === undefined || held.isStale ? null : held;
  }

  /** A coarser tile over the same place that is up to date. */
  #standInFor(at: TileAt): HeldTile<Texture> | null {
    const coarsest = coarsestLevel(this.#canvas);
    for (let tile = parentOf(at); tile.level <= coarsest; tile = parentOf(tile)) {
      const held = this.#fresh(tile);
      if (held === null) continue;
      held.seenAt = this.#looks;
      return held;
    }
    return null;
  }

  #bringUpToDate(at: TileAt): void {
    const key = tileKey(at);
    const held = this.#held.get(key);
    const tile = held ?? { at, texture: this.#sink.createTile(), isStale: true, seenAt: this.#looks };
    if (held === undefined) this.#held.set(key, tile);
    this.#draw(tile, { samples: tileSamples(at), row: 0, column: 0 });
    tile.isStale = false;
  }

  #draw(
    tile: HeldTile<Texture>,
    { samples, row, column }: NonNullable<ReturnType<typeof samplesWithin>>,
  ): void {
    const numbers = this.#canvas.samplesFrom(samples);
    for (const uid of this.#raised) {
      const shape = this.#canvas.shapes.get(uid);
      if (shape !== undefined) drawOnSamplesInPlace(shape, samples, this.#canvas.numberOf(uid), numbers);
    }
    if (this.#overlayBox !== null)
      for (const { shape, number } of this.#overlay) drawOnSamplesInPlace(shape, samples, number, numbers);
    this.#sink.upload(tile.texture, numbers, row, column, samples.columns);
  }

  /** Of tiles out of view, those seen longest ago go. */
  #dropSpare(): void {
    const spare = [...this.#held].filter(([, { seenAt }]) => seenAt < this.#looks);
    if (spare.length <= spareTilesMax) return;
    spare.sort(([, a], [, b]) => a.seenAt - b.seenAt);
    for (const [key, { texture }] of spare.slice(0, spare.length - spareTilesMax)) {
      this.#sink.destroyTile(texture);
      this.#held.delete(key);
    }
  }
}

function union(a: BoundingBox | null, b: BoundingBox): BoundingBox {
  if (a === null) return b;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
