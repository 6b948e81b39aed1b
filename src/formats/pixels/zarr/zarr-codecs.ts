/**
 * Codecs of Zarr chunks that are bounded and compare checksums.
 *
 * zarrita's own crc32c drops the checksum without looking, its gzip and zlib inflate without a bound, and the compiled
 * codecs take the size that a chunk announces. They are replaced here by codecs that know how large a chunk can be.
 * Blosc and LZ4 stay with numcodecs, after a look at their headers. Texts and shuffling are read here because zarrita
 * loops as often as a chunk or its metadata say.
 */
import * as zarr from "zarrita";
import { type InflateOutcome, inflateZlib } from "../../inflate.ts";
import { crc32c } from "../codecs/crc32c.ts";
import { gunzip } from "../codecs/gunzip.ts";
import { decompressZstd } from "../codecs/zstd.ts";
import { decodeTexts, unshuffle } from "./text-codec.ts";
import { isRecord } from "./zarr-metadata.ts";

interface ChunkFacts {
  readonly shape: readonly number[];
  readonly dataType: string;
}

type Decode = (bytes: Uint8Array, capacity: number) => Uint8Array | Promise<Uint8Array>;

// Checksums and the headers of inner codecs may add to a chunk before it is unpacked again.
const OVERHEAD_BYTES = 64 * 1024;
// A chunk of texts has no fixed size.
const TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** Most bytes a chunk can hold at any step between its values and its stored form. */
function capacityOf({ shape, dataType }: ChunkFacts): number {
  if (dataType === "string" || dataType === "v2:object") return TEXT_BYTES_MAX;
  const letters = /^v2:([US])(\d+)$/.exec(dataType);
  // 8 bytes is the largest number; filters of v2 may store a narrow type as a wide one.
  const each = letters === null ? 8 : Number(letters[2]) * (letters[1] === "U" ? 4 : 1);
  return shape.reduce((product, size) => product * size, 1) * each + OVERHEAD_BYTES;
}

function codec(decode: Decode, computeEncodedSize?: (size: number) => number) {
  return async () => ({
    kind: "bytes_to_bytes" as const,
    fromConfig: (_: unknown, chunk: ChunkFacts) => {
      const capacity = capacityOf(chunk);
      return {
        kind: "bytes_to_bytes" as const,
        encode: () => Promise.reject(new Error("this codec only decodes")),
        decode: async (bytes: Uint8Array) => decode(bytes, capacity),
        ...(computeEncodedSize === undefined ? {} : { computeEncodedSize }),
      };
    },
  });
}

function unpacked(outcome: InflateOutcome): Uint8Array {
  if (outcome.ok) return outcome.bytes;
  throw new Error(outcome.reason);
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  if (end < 0) throw new Error("the checksum is missing");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content = bytes.subarray(0, end);
  if (view.getUint32(end, true) !== crc32c(content)) throw new Error("the checksum does not match");
  return content;
}

interface CompiledCodec {
  fromConfig(configuration: unknown, chunk: unknown): { decode(bytes: Uint8Array): Promise<Uint8Array> };
}

/** zarrita's own loaders of compiled codecs, kept before its registry is changed. */
const loaders = new Map<string, () => Promise<CompiledCodec>>();

async function compiled(name: string, configuration: unknown, bytes: Uint8Array): Promise<Uint8Array> {
  const load = loaders.get(name);
  if (load === undefined) throw new Error(`the codec ${name} is not there`);
  return (await load()).fromConfig(configuration, undefined).decode(bytes);
}

// Blosc 1 container: version, version of its compressor, flags, type size, then three lengths.
const BLOSC_HEADER_BYTES = 16;

async function unblosc(bytes: Uint8Array, capacity: number): Promise<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < BLOSC_HEADER_BYTES) throw new Error("the Blosc header is cut short");
  const unpackedBytes = view.getUint32(4, true);
  const blockBytes = view.getUint32(8, true);
  if (unpackedBytes > capacity || blockBytes > Math.max(unpackedBytes, 1))
    throw new Error("the compressed data hold more than the metadata announce");
  if (view.getUint32(12, true) !== bytes.length) throw new Error("the compressed data are cut short");
  const out = await compiled("blosc", { clevel: 5, cname: "lz4", shuffle: 1, blocksize: 0 }, bytes);
  if (out.length !== unpackedBytes) throw new Error("the compressed data are damaged");
  return out;
}

async function unlz4(bytes: Uint8Array, capacity: number): Promise<Uint8Array> {
  if (bytes.length < 4) throw new Error("the compressed data are cut short");
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (size > capacity) throw new Error("the compressed data hold more than the metadata announce");
  const out = await compiled("lz4", { acceleration: 1 }, bytes);
  if (out.length !== size) throw new Error("the compressed data are damaged");
  return out;
}

const codecs: Readonly<Record<string, ReturnType<typeof codec>>> = {
  gzip: codec((bytes, capacity) => unpacked(gunzip(bytes, capacity))),
  zlib: codec((bytes, capacity) => unpacked(inflateZlib(bytes, capacity))),
  zstd: codec((bytes, capacity) => unpacked(decompressZstd(bytes, capacity))),
  blosc: codec(unblosc),
  lz4: codec(unlz4),
};

/** Codecs that read as they are, because they neither allocate what a chunk says nor carry a checksum. */
const harmless = [
  "bytes",
  "transpose",
  "json2",
  "bitround",
  "cast_value",
  "scale_offset",
  "numcodecs.delta",
  "numcodecs.bitround",
  "numcodecs.json2",
];

const text = async () => ({
  kind: "array_to_bytes" as const,
  fromConfig: (_: unknown, { shape }: ChunkFacts) => ({
    kind: "array_to_bytes" as const,
    encode: () => Promise.reject(new Error("this codec only decodes")),
    decode: (bytes: Uint8Array) => decodeTexts(bytes, shape),
  }),
});

const shuffle = async () => ({
  kind: "bytes_to_bytes" as const,
  fromConfig: (configuration: unknown) => {
    const { elementsize = 4 } = isRecord(configuration) ? configuration : {};
    return {
      kind: "bytes_to_bytes" as const,
      encode: () => Promise.reject(new Error("this codec only decodes")),
      decode: async (bytes: Uint8Array) => unshuffle(bytes, Number(elementsize)),
    };
  },
});

let installed = false;

/** Puts the codecs into zarrita's registry and takes out every other; once per program. */
export function installZarrCodecs(): void {
  if (installed) return;
  installed = true;
  const { registry } = zarr;
  for (const name of ["blosc", "lz4"])
    loaders.set(name, registry.get(name) as unknown as () => Promise<CompiledCodec>);
  for (const name of registry.keys()) if (!harmless.includes(name)) registry.delete(name);
  // The registry's type wants numcodecs' classes; these have the parts of them that reading uses.
  const put = (name: string, load: unknown) => registry.set(name, load as never);
  for (const [name, load] of Object.entries(codecs)) {
    put(name, load);
    put(`numcodecs.${name}`, load);
  }
  for (const prefix of ["", "numcodecs."]) {
    put(`${prefix}vlen-utf8`, text);
    put(`${prefix}shuffle`, shuffle);
  }
  put(
    "crc32c",
    codec(withChecksum, (size) => size + 4),
  );
  put(
    "numcodecs.crc32c",
    codec(withChecksum, (size) => size + 4),
  );
}
