/**
 * JPEG and WebP pixels by the reference decoders, compiled to WebAssembly.
 *
 * Decoding lossy formats ourselves would differ from every other program in the last bit. The seam is one function:
 * whoever starts the program says where a compiled module comes from (`provideWasm`; the server compiles the file that
 * the package brings). In the page nobody needs to: the bundler serves the file and the package fetches it. A decoder
 * is loaded on first use and then answers at once, so readers stay plain functions after one `await`.
 */
import { fault } from "../../fault.ts";

export type WasmCodec = "jpeg" | "webp";

export type WasmProvider = (codec: WasmCodec) => Promise<WebAssembly.Module>;

interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  /** Four bytes per pixel, not premultiplied. */
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

type DecodeOutcome =
  | { readonly ok: true; readonly pixels: RgbaPixels }
  | { readonly ok: false; readonly reason: string };

/** Decodes one image; callers have checked its size from its own header before. Never throws for bad data. */
export type PixelDecoder = (bytes: Uint8Array) => DecodeOutcome;

/** 8,192 x 8,192: 256 MiB of RGBA inside the decoder's memory, which ends at 2 GiB and holds two copies. */
export const WASM_PIXELS_MAX = 2 ** 26;

// A decoder keeps the memory of its largest image. Beyond this it is thrown away after use.
const KEPT_PIXELS_MAX = 2 ** 22;

interface RawDecoder {
  decode(bytes: Uint8Array): ImageData | null;
}

interface Instance {
  readonly decoder: RawDecoder;
  /** What the decoder prints: its warnings, in order. */
  readonly printed: string[];
}

let provider: WasmProvider | null = null;
const instances = new Map<WasmCodec, Promise<Instance>>();

/** Says where compiled decoders come from; called once by each program that has no bundler. */
export function provideWasm(load: WasmProvider): void {
  provider = load;
  instances.clear();
}

/**
 * Loads a decoder, or hands out the one already loaded.
 *
 * @param file  name for the message when it cannot be loaded.
 * @throws FoundryError `format.decoder`.
 */
export async function loadDecoder(codec: WasmCodec, file: string): Promise<PixelDecoder> {
  const loading = instances.get(codec) ?? instantiate(codec);
  instances.set(codec, loading);
  try {
    const instance = await loading;
    return (bytes) => run(codec, instance, bytes);
  } catch (cause) {
    instances.delete(codec);
    throw fault("format.decoder", {
      file,
      reason: `the ${codec === "jpeg" ? "JPEG" : "WebP"} decoder could not be loaded`,
      remedy: "Install the program again; its node_modules folder is incomplete.",
      cause,
    });
  }
}

async function instantiate(codec: WasmCodec): Promise<Instance> {
  const module = await provider?.(codec);
  const printed: string[] = [];
  const options = {
    noInitialRun: true,
    print: (text: string) => void printed.push(text),
    printErr: (text: string) => void printed.push(text),
    ...(module === undefined ? {} : { instantiateWasm: instantiateFrom(module) }),
  };
  // Imported here so that a page loads a decoder when the first image needs it.
  if (codec === "webp") {
    const { default: factory } = await import("@jsquash/webp/codec/dec/webp_dec.js");
    return { decoder: await factory(options), printed };
  }
  const { default: factory } = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
  const jpeg = await factory(options);
  // Orientation is ours to honour: the decoder would turn the pixels without a word.
  return { decoder: { decode: (bytes) => jpeg.decode(bytes, false) }, printed };
}

function instantiateFrom(module: WebAssembly.Module) {
  return (imports: WebAssembly.Imports, received: (instance: WebAssembly.Instance) => void) => {
    const instance = new WebAssembly.Instance(module, imports);
    received(instance);
    return instance.exports;
  };
}

// Stray bytes between markers do not touch the pixels; cameras write them.
const HARMLESS = /extraneous bytes before marker/;

function run(codec: WasmCodec, { decoder, printed }: Instance, bytes: Uint8Array): DecodeOutcome {
  printed.length = 0;
  try {
    const image = decoder.decode(bytes);
    const warning = printed.find((line) => !HARMLESS.test(line));
    if (image === null) return failed(codec, warning);
    if (image.width * image.height > KEPT_PIXELS_MAX) instances.delete(codec);
    // The decoder fills missing pixels with grey and only mentions it.
    if (warning !== undefined) return failed(codec, warning);
    return { ok: true, pixels: { width: image.width, height: image.height, rgba: image.data } };
  } catch {
    // After an error the decoder's memory is not given back; the next use starts a fresh one.
    instances.delete(codec);
    return failed(codec, printed[0]);
  }
}

function failed(codec: WasmCodec, said: string | undefined): DecodeOutcome {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  const words = (said ?? "").replace(/[\u0000-\u001f]/g, " ").slice(0, 120);
  const name = codec === "jpeg" ? "JPEG" : "WebP";
  return { ok: false, reason: `its ${name} data are damaged${words === "" ? "" : ` (${words})`}` };
}
