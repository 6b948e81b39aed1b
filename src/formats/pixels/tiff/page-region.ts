/**
 * A rectangle of one TIFF page, from the strips or tiles it touches.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import type { ByteSource } from "../../byte-source.ts";
import { checkDecodedSize, type ReadLimits } from "../../limits.ts";
import { type BlockPlace, blockPlace, decodeBlock, type PageRegion, placeBlock } from "./decode-page.ts";
import { loadTiffDecoders } from "./decompress.ts";
import { damaged, type TiffFile } from "./directory.ts";
import { Compression, type TiffPage } from "./page.ts";
import { rowBytesOf } from "./samples.ts";

/**
 * @param out  samples of the region, axes cyx; filled.
 * @throws FoundryError `format.tiff`, `format.decoder`, `limit.*`, and what the source throws.
 */
export async function readPageRegion(
  source: ByteSource,
  file: TiffFile,
  page: TiffPage,
  region: PageRegion,
  out: TypedArrays[Dtype],
  limits: ReadLimits,
): Promise<void> {
  const decoders = await loadTiffDecoders([page], file.name);
  const side = page.planar ? 1 : page.samples;
  const rowBytes = rowBytesOf(page.blockWidth * side, page.bits);
  for (const block of blocksOf(page, region)) {
    const whole = blockPlace(page, block);
    // Plain rows are read alone: a page may be one strip of gigabytes.
    const at = page.compression === Compression.none ? rowsOf(whole, region) : whole;
    const samples = at.rows * page.blockWidth * side;
    const what = `a strip or tile of ${at.rows} x ${page.blockWidth} pixels`;
    checkDecodedSize(file.name, { samples, bytes: at.rows * rowBytes, what }, limits);
    const start = page.offsets[block]! + (at.y0 - whole.y0) * rowBytes;
    const end =
      page.compression === Compression.none ? start + at.rows * rowBytes : start + page.byteCounts[block]!;
    checkDecodedSize(file.name, { samples: 0, bytes: end - start, what }, limits);
    if (end > page.offsets[block]! + page.byteCounts[block]! || end > source.size) {
      throw damaged(file.name, `page ${page.index}, block ${block}`, "it holds fewer rows than it should");
    }
    placeBlock(out, page, decodeBlock(file, page, at, await source.read(start, end), decoders), at, region);
  }
}

/** Rows of a block that the region needs. */
function rowsOf(whole: BlockPlace, region: PageRegion): BlockPlace {
  const y0 = Math.max(whole.y0, region.y0);
  const y1 = Math.min(whole.y0 + whole.rows, region.y0 + region.height);
  return { ...whole, y0, rows: y1 - y0 };
}

function blocksOf(page: TiffPage, { y0, x0, height, width }: PageRegion): number[] {
  const across = Math.ceil(page.width / page.blockWidth);
  const down = Math.ceil(page.height / page.blockHeight);
  const blocks: number[] = [];
  for (let plane = 0; plane < (page.planar ? page.samples : 1); plane++) {
    for (let row = Math.floor(y0 / page.blockHeight); row <= (y0 + height - 1) / page.blockHeight; row++) {
      for (
        let column = Math.floor(x0 / page.blockWidth);
        column <= (x0 + width - 1) / page.blockWidth;
        column++
      )
        blocks.push((plane * down + row) * across + column);
    }
  }
  return blocks;
}
