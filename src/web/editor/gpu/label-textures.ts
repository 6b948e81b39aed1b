/**
 * Numbers of a layer's labels and their colours in the memory of the graphics card.
 *
 * Numbers lie in 32-bit integer textures, one per tile, the same bytes as the canvas's samples, so a changed rectangle is
 * copied without conversion (`texSubImage2D`). Colours lie in one small texture, one texel per number: a selection
 * changes one texel, not the image.
 */

import type { Device, Texture } from "@luma.gl/core";
import type { WEBGLTexture } from "@luma.gl/webgl";
import type { Rgb } from "#core/labels/index.ts";
import type { TextureSink } from "./label-display.ts";
import { colourTextureWidth } from "./label-shader.ts";
import { textureSide } from "./label-tiles.ts";

const nearest = {
  minFilter: "nearest",
  magFilter: "nearest",
  addressModeU: "clamp-to-edge",
  addressModeV: "clamp-to-edge",
} as const;

/** 65,536 numbers: more cells than most images have; grows when they are used up. */
const firstColourRows = 64;

export class LabelTextures implements TextureSink<Texture> {
  readonly #device: Device;
  #colours: Texture;
  #entries: Uint8Array;
  #changedRows: { first: number; last: number } | null = null;

  constructor(device: Device) {
    this.#device = device;
    this.#entries = new Uint8Array(colourTextureWidth * firstColourRows * 4);
    this.#colours = this.#createColours();
  }

  createTile(): Texture {
    const size = { width: textureSide, height: textureSide };
    return this.#device.createTexture({ ...size, format: "r32uint", mipLevels: 1, sampler: nearest });
  }

  destroyTile(tile: Texture): void {
    tile.destroy();
  }

  upload(tile: Texture, numbers: Int32Array, row: number, column: number, columns: number): void {
    const { gl, handle, glTarget, glFormat, glType } = tile as WEBGLTexture;
    // Numbers are positive: the same bytes read as unsigned are the same numbers.
    const pixels = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
    gl.bindTexture(glTarget, handle);
    gl.texSubImage2D(glTarget, 0, column, row, columns, numbers.length / columns, glFormat, glType, pixels);
    gl.bindTexture(glTarget, null);
  }

  /** Sets colour and flags of a number; reaches the card with the next `colours`. */
  setEntry(number: number, colour: Rgb, flags: number): void {
    const row = Math.floor(number / colourTextureWidth);
    if (number * 4 + 4 > this.#entries.length) this.#grow(number);
    const at = number * 4;
    this.#entries[at] = colour[0];
    this.#entries[at + 1] = colour[1];
    this.#entries[at + 2] = colour[2];
    this.#entries[at + 3] = flags;
    const changed = this.#changedRows;
    this.#changedRows = {
      first: Math.min(changed?.first ?? row, row),
      last: Math.max(changed?.last ?? row, row),
    };
  }

  /** The colour texture with all entries set so far. */
  get colours(): Texture {
    const changed = this.#changedRows;
    if (changed !== null) {
      const { gl, handle, glTarget, glFormat, glType } = this.#colours as WEBGLTexture;
      const rows = changed.last - changed.first + 1;
      const bytes = this.#entries.subarray(
        changed.first * colourTextureWidth * 4,
        (changed.last + 1) * colourTextureWidth * 4,
      );
      gl.bindTexture(glTarget, handle);
      gl.texSubImage2D(glTarget, 0, 0, changed.first, colourTextureWidth, rows, glFormat, glType, bytes);
      gl.bindTexture(glTarget, null);
      this.#changedRows = null;
    }
    return this.#colours;
  }

  destroy(): void {
    this.#colours.destroy();
  }

  #grow(number: number): void {
    let length = this.#entries.length;
    while (number * 4 + 4 > length) length *= 2;
    const entries = new Uint8Array(length);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#colours.destroy();
    this.#colours = this.#createColours();
    this.#changedRows = { first: 0, last: length / 4 / colourTextureWidth - 1 };
  }

  #createColours(): Texture {
    return this.#device.createTexture({
      width: colourTextureWidth,
      height: this.#entries.length / 4 / colourTextureWidth,
      format: "rgba8uint",
      mipLevels: 1,
      sampler: nearest,
    });
  }
}
