/**
 * Chunks and rectangles of one Zarr v3 array over HTTP.
 *
 * Chunks are fetched once and kept while the image is open, up to a limit; two readers of a chunk share one request.
 * Gzip goes through the platform's own decompressor, which checks the CRC that JavaScript libraries skip, and runs
 * beside the page. A chunk the server does not have is fill value, as the specification says.
 */

import { FoundryError } from "#core/errors.ts";
import {
  chunkKey,
  type Elements,
  type ElementType,
  elementTypes,
  type ZarrArrayFacts,
} from "./zarr-metadata.ts";

/** Bytes at a key below the group, or null when there are none. */
export type FetchBytes = (key: string) => Promise<Uint8Array<ArrayBuffer> | null>;

/** Half-open rectangle of a plane, in pixels of its level. */
export interface PlaneRegion {
  readonly y0: number;
  readonly x0: number;
  readonly y1: number;
  readonly x1: number;
}

/** 256 MiB of decoded chunks: sixteen 2048² planes of 16 bit, less than a browser tab may hold. */
const cachedBytesMax = 256 * 2 ** 20;

export class ZarrArray {
  readonly facts: ZarrArrayFacts;
  readonly #path: string;
  readonly #fetchBytes: FetchBytes;
  readonly #pending = new Map<string, Promise<Elements>>();
  /** In order of last use: the first key is the one to drop. */
  readonly #loaded = new Map<string, Elements>();
  #loadedBytes = 0;

  constructor(path: string, facts: ZarrArrayFacts, fetchBytes: FetchBytes) {
    this.#path = path;
    this.facts = facts;
    this.#fetchBytes = fetchBytes;
  }

  /**
   * Elements of a rectangle of one plane.
   *
   * @param leading  index of each axis before y and x.
   * @returns row-major elements of the region, which must lie inside the array.
   */
  async readRegion(leading: readonly number[], region: PlaneRegion): Promise<Elements> {
    const width = region.x1 - region.x0;
    const out = newElements(this.facts.dtype, (region.y1 - region.y0) * width);
    await Promise.all(
      this.#chunksOf(region).map(async ([cy, cx]) =>
        this.#copyChunk(await this.#chunk(leading, cy, cx), leading, cy, cx, region, out),
      ),
    );
    return out;
  }

  /** Whether all chunks of a rectangle are in memory. */
  hasRegion(leading: readonly number[], region: PlaneRegion): boolean {
    return this.#chunksOf(region).every(([cy, cx]) => this.#loaded.has(this.#key(leading, cy, cx)));
  }

  /** Brings all chunks of a rectangle into memory, as far as it holds them. */
  async holdRegion(leading: readonly number[], region: PlaneRegion): Promise<void> {
    await Promise.all(this.#chunksOf(region).map(([cy, cx]) => this.#chunk(leading, cy, cx)));
  }

  #chunksOf(region: PlaneRegion): (readonly [cy: number, cx: number])[] {
    const [chunkHeight, chunkWidth] = this.#planeChunk();
    const chunks: (readonly [number, number])[] = [];
    for (let cy = Math.floor(region.y0 / chunkHeight); cy * chunkHeight < region.y1; cy++) {
      for (let cx = Math.floor(region.x0 / chunkWidth); cx * chunkWidth < region.x1; cx++)
        chunks.push([cy, cx]);
    }
    return chunks;
  }

  /** The value at a pixel, when its chunk is in memory; never fetches. */
  valueIfLoaded(leading: readonly number[], y: number, x: number): number | null {
    const [chunkHeight, chunkWidth] = this.#planeChunk();
    const cy = Math.floor(y / chunkHeight);
    const cx = Math.floor(x / chunkWidth);
    const chunk = this.#loaded.get(this.#key(leading, cy, cx));
    if (chunk === undefined) return null;
    const offset = this.#planeOffset(leading) + (y - cy * chunkHeight) * chunkWidth + x - cx * chunkWidth;
    return chunk[offset] ?? null;
  }

  #planeChunk(): [height: number, width: number] {
    const { chunkShape } = this.facts;
    return [chunkShape.at(-2) as number, chunkShape.at(-1) as number];
  }

  #key(leading: readonly number[], cy: number, cx: number): string {
    const index = leading.map((at, axis) => Math.floor(at / (this.facts.chunkShape[axis] as number)));
    return chunkKey(this.facts, [...index, cy, cx]);
  }

  /** Where the plane starts inside a chunk that holds several planes. */
  #planeOffset(leading: readonly number[]): number {
    const { chunkShape } = this.facts;
    let plane = 0;
    leading.forEach((at, axis) => {
      const size = chunkShape[axis] as number;
      plane = plane * size + (at % size);
    });
    const [height, width] = this.#planeChunk();
    return plane * height * width;
  }

  #copyChunk(
    chunk: Elements,
    leading: readonly number[],
    cy: number,
    cx: number,
    region: PlaneRegion,
    out: Elements,
  ): void {
    const [height, width] = this.#planeChunk();
    const x0 = Math.max(region.x0, cx * width);
    const x1 = Math.min(region.x1, (cx + 1) * width);
    const y0 = Math.max(region.y0, cy * height);
    const y1 = Math.min(region.y1, (cy + 1) * height);
    const start = this.#planeOffset(leading);
    const outWidth = region.x1 - region.x0;
    for (let y = y0; y < y1; y++) {
      const from = start + (y - cy * height) * width + x0 - cx * width;
      out.set(chunk.subarray(from, from + x1 - x0), (y - region.y0) * outWidth + x0 - region.x0);
    }
  }

  #chunk(leading: readonly number[], cy: number, cx: number): Promise<Elements> {
    const key = this.#key(leading, cy, cx);
    const loaded = this.#loaded.get(key);
    if (loaded !== undefined) {
      this.#loaded.delete(key);
      this.#loaded.set(key, loaded);
      return Promise.resolve(loaded);
    }
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const started = this.#load(key).finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }

  async #load(key: string): Promise<Elements> {
    const stored = await this.#fetchBytes(`${this.#path}/${key}`);
    const elements = await decodeChunk(this.facts, stored, `${this.#path}/${key}`);
    this.#loaded.set(key, elements);
    this.#loadedBytes += elements.byteLength;
    for (const [oldest, dropped] of this.#loaded) {
      if (this.#loadedBytes <= cachedBytesMax || oldest === key) break;
      this.#loaded.delete(oldest);
      this.#loadedBytes -= dropped.byteLength;
    }
    return elements;
  }
}

function newElements(dtype: ElementType, length: number): Elements {
  return new elementTypes[dtype](length);
}

/**
 * Elements of a chunk as stored; `null` gives fill values.
 *
 * @throws FoundryError `format.zarr` when the bytes are damaged or do not have the size the metadata announce.
 */
export async function decodeChunk(
  facts: ZarrArrayFacts,
  stored: Uint8Array<ArrayBuffer> | null,
  name: string,
): Promise<Elements> {
  const count = facts.chunkShape.reduce((a, b) => a * b, 1);
  const elements = newElements(facts.dtype, count);
  if (stored === null) return facts.fillValue === 0 ? elements : elements.fill(facts.fillValue);
  const bytes = facts.gzip ? await gunzip(stored, elements.byteLength, name) : stored;
  if (bytes.length !== elements.byteLength) throw damaged(name);
  new Uint8Array(elements.buffer).set(bytes);
  return elements;
}

const damaged = (name: string): FoundryError =>
  new FoundryError("format.zarr", {
    message: `A piece of the image (${name}) is damaged and cannot be shown.`,
    hint: "Ask the person who runs the server to run `cellfoundry doctor`.",
  });

async function gunzip(
  stored: Uint8Array<ArrayBuffer>,
  expectedBytes: number,
  name: string,
): Promise<Uint8Array> {
  const out = new Uint8Array(expectedBytes);
  let filled = 0;
  try {
    const reader = new Blob([stored]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.length > expectedBytes) throw damaged(name);
      out.set(value, filled);
      filled += value.length;
    }
  } catch {
    throw damaged(name);
  }
  return out.subarray(0, filled);
}
