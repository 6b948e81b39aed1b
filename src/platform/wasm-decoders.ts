/**
 * Compiled WebAssembly of the pixel decoders, from the packages that bring them.
 *
 * `formats` decodes JPEG and WebP with them but reads no files; programs that run in Node hand this in
 * (`provideWasm(compileDecoder)`), the page's bundler does the same by itself.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const files = {
  jpeg: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  webp: "@jsquash/webp/codec/dec/webp_dec.wasm",
} as const;

/** @throws Error when the package is not installed. Cost: about 10 ms, once. */
export async function compileDecoder(codec: keyof typeof files): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve(files[codec]);
  return WebAssembly.compile(await readFile(path));
}
