/**
 * A label image and its colours in the memory of the graphics card.
 *
 * Numbers lie in a 32-bit integer texture, the same bytes as the canvas, so a changed rectangle is copied without
 * conversion (`texSubImage2D` with a row length). Colours lie in a small second texture, one texel per number: a
 * selection changes one texel, not the image.
 */

import type { Device, Texture } from "@luma.gl/core";
import type { WEBGLTexture } from "@luma.gl/webgl";
import type { BoundingBox } from "#core/array/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { colourTextureWidth } from "./label-shader.ts";

const nearest = {
  minFilter: "nearest",
  magFilter: "nearest",
  addressModeU: "clamp-to-edge",
  addressModeV: "clamp-to-edge",
} as const;

/** 65,536 numbers: more cells than most images have; grows when they are used up. */
const firstColourRows = 64;

export class LabelTextures {
  readonly height: number;
  readonly width: number;
  readonly numbers: Texture;
  readonly #device: Device;
  #colours: Texture;
  #entries: Uint8Array;
  #changedRows: { first: number; last: number } | null = null;

  /** @throws Error when the card cannot hold an image of this size: see `canHold`. */
  constructor(device: Device, height: number, width: number) {
    this.#device = device;
    this.height = height;
    this.width = width;
    this.numbers = device.createTexture({ width, height, format: "r32uint", mipLevels: 1, sampler: nearest });
    this.#entries = new Uint8Array(colourTextureWidth * firstColourRows * 4);
    this.#colours = this.#createColours();
  }

  static canHold(device: Device, height: number, width: number): boolean {
    return Math.max(height, width) <= device.limits.maxTextureDimension2D;
  }

  /**
   * Copies a rectangle of a raster to the card.
   *
   * @param raster      int32, row-major.
   * @param rasterWidth pixels per row of `raster`.
   * @param at          where the rectangle starts in the raster.
   * @param box         where it goes in the image.
   */
  upload(raster: Int32Array, rasterWidth: number, at: { y: number; x: number }, box: BoundingBox): void {
    const [y0, x0, y1, x1] = box;
    if (y1 <= y0 || x1 <= x0) return;
    const { gl, handle, glTarget, glFormat, glType } = this.numbers as WEBGLTexture;
    // Numbers are positive: the same bytes read as unsigned are the same numbers.
    const pixels = new Uint32Array(raster.buffer, raster.byteOffset, raster.length);
    gl.bindTexture(glTarget, handle);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, rasterWidth);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, at.y);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, at.x);
    gl.texSubImage2D(glTarget, 0, x0, y0, x1 - x0, y1 - y0, glFormat, glType, pixels);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
    gl.bindTexture(glTarget, null);
  }

  /** Sets colour and flags of a number; reaches the card with the next `colours`. */
  setEntry(number: number, colour: Rgb, flags: number): void {
    const row = Math.floor(number / colourTextureWidth);
    if (number * 4 + 4 > this.#entries.length) this.#grow(number);
    this.#entries.set([colour[0], colour[1], colour[2], flags], number * 4);
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
    this.numbers.destroy();
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
