/** One label layer on the screen: its canvas as tiles, its colours, and how strongly both are drawn. */

import type { Device, Texture } from "@luma.gl/core";
import type { BoundingBox } from "#core/array/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { LabelDisplay } from "./label-display.ts";
import { LabelLayer } from "./label-layer.ts";
import { LabelTextures } from "./label-textures.ts";

export interface SheetLook {
  readonly shown: boolean;
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
}

export class LabelSheet {
  readonly id: string;
  readonly display: LabelDisplay<Texture>;
  look: SheetLook = { shown: true, fillOpacity: 0, outlineOpacity: 1 };
  /** Number under the pointer, 0 for none. */
  hovered = 0;
  previewColour: Rgb = [255, 255, 255];
  readonly #textures: LabelTextures;
  #revision = 0;

  constructor(id: string, device: Device, canvas: LabelCanvas) {
    this.id = id;
    this.#textures = new LabelTextures(device);
    this.display = new LabelDisplay(this.#textures, canvas);
  }

  /** Makes what is in view ready. @returns whether all of it is. */
  prepare(seen: BoundingBox, zoom: number, pixelRatio: number, isLate: () => boolean): boolean {
    if (!this.look.shown) return true;
    this.display.look(seen, zoom, pixelRatio);
    return this.display.prepare(isLate);
  }

  /** What deck.gl draws; null when it is hidden. */
  layer(): LabelLayer | null {
    const { shown, fillOpacity, outlineOpacity } = this.look;
    if (!shown) return null;
    return new LabelLayer({
      id: `labels-${this.id}`,
      textures: this.#textures,
      tiles: this.display.shown(),
      fillOpacity,
      outlineOpacity,
      hovered: this.hovered,
      previewColour: this.previewColour,
      revision: ++this.#revision,
    });
  }

  close(): void {
    this.display.close();
    this.#textures.destroy();
  }
}
