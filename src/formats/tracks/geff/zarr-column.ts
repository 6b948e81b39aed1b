/**
 * One column of a table as a Zarr array, version 2 or 3: ids, times, places, flags.
 *
 * Chunks of whole rows, gzip (which every reader of either version has), little-endian. A table without rows has
 * metadata and no chunks. The same values give the same bytes.
 */
import { gzipSync } from "fflate";
import { littleEndianBytes } from "../../little-endian.ts";
import { jsonBytes } from "../../pixels/zarr/zarr-array.ts";

/** What the columns of a graph are made of; 64-bit ids because readers of GEFF expect them. */
export type ColumnType = "bool" | "int32" | "uint64" | "float64";

export interface ZarrColumn {
  readonly type: ColumnType;
  /** Row-major; whole numbers for all but float64, 0 or 1 for bool. */
  readonly values: ArrayLike<number>;
  /** Values per row; default 1, and then the array has one dimension. */
  readonly width?: number;
}

// 512 KiB of 64-bit values before compression.
const ROWS_PER_CHUNK = 65_536;
const GZIP_LEVEL = 1;
const typesV2: Readonly<Record<ColumnType, string>> = {
  bool: "|b1",
  int32: "<i4",
  uint64: "<u8",
  float64: "<f8",
};

export type ZarrVersion = 2 | 3;

/** Metadata, then chunks; keys begin with `path`. */
export function* zarrColumn(
  path: string,
  column: ZarrColumn,
  version: ZarrVersion,
): Generator<readonly [key: string, bytes: Uint8Array]> {
  const { width = 1, values } = column;
  const rows = values.length / width;
  const chunkRows = Math.max(1, Math.min(rows, ROWS_PER_CHUNK));
  const twoAxes = column.width !== undefined;
  const shape = twoAxes ? [rows, width] : [rows];
  const chunks = twoAxes ? [chunkRows, width] : [chunkRows];
  yield* columnMetadata(path, column.type, shape, chunks, version);
  for (let chunk = 0; chunk * chunkRows < rows; chunk++) {
    const from = chunk * chunkRows * width;
    const bytes = packed(column, from, chunkRows * width);
    const place = version === 3 ? `c/${chunk}${twoAxes ? "/0" : ""}` : `${chunk}${twoAxes ? ".0" : ""}`;
    yield [`${path}/${place}`, gzipSync(bytes, { level: GZIP_LEVEL, mtime: 0 })];
  }
}

function* columnMetadata(
  path: string,
  type: ColumnType,
  shape: readonly number[],
  chunks: readonly number[],
  version: ZarrVersion,
): Generator<readonly [string, Uint8Array]> {
  const fill = type === "bool" ? false : type === "float64" ? 0.0 : 0;
  if (version === 2) {
    const facts = {
      zarr_format: 2,
      shape,
      chunks,
      dtype: typesV2[type],
      compressor: { id: "gzip", level: GZIP_LEVEL },
      fill_value: fill,
      order: "C",
      filters: null,
      dimension_separator: ".",
    };
    yield [`${path}/.zarray`, jsonBytes(facts)];
    return;
  }
  const facts = {
    zarr_format: 3,
    node_type: "array",
    shape,
    data_type: type,
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: fill,
    codecs: [
      type === "bool" ? { name: "bytes" } : { name: "bytes", configuration: { endian: "little" } },
      { name: "gzip", configuration: { level: GZIP_LEVEL } },
    ],
    attributes: {},
  };
  yield [`${path}/zarr.json`, jsonBytes(facts)];
}

/** Values of one chunk; what lies beyond the last row is 0. */
function packed({ type, values }: ZarrColumn, from: number, length: number): Uint8Array {
  const given = Math.min(length, values.length - from);
  if (type === "uint64") {
    // Two words of 32 bits: whole numbers up to 2^53 without a BigInt for each.
    const words = new Uint32Array(2 * length);
    for (let i = 0; i < given; i++) {
      const value = values[from + i]!;
      words[2 * i] = value >>> 0;
      words[2 * i + 1] = Math.floor(value / 2 ** 32);
    }
    return littleEndianBytes(words);
  }
  const out =
    type === "float64"
      ? new Float64Array(length)
      : type === "int32"
        ? new Int32Array(length)
        : new Uint8Array(length);
  for (let i = 0; i < given; i++) out[i] = values[from + i]!;
  return littleEndianBytes(out);
}

/** A group with its attributes: one file in version 3, two in version 2. */
export function* zarrGroup(
  path: string,
  version: ZarrVersion,
  attributes: Readonly<Record<string, unknown>> = {},
): Generator<readonly [key: string, bytes: Uint8Array]> {
  const at = (file: string) => (path === "" ? file : `${path}/${file}`);
  if (version === 3) {
    yield [at("zarr.json"), jsonBytes({ zarr_format: 3, node_type: "group", attributes })];
    return;
  }
  yield [at(".zgroup"), jsonBytes({ zarr_format: 2 })];
  if (Object.keys(attributes).length > 0) yield [at(".zattrs"), jsonBytes(attributes)];
}
