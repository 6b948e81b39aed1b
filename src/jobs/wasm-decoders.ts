/**
 * Hands the compiled JPEG and WebP decoders, and the runtime's own zlib, to the readers of images; imported for its effect wherever jobs read files.
 *
 * Nothing is loaded before the first image that needs it.
 */
import { provideInflate, provideWasm } from "#formats/index.ts";
import { compileDecoder, inflateNatively } from "#platform/index.ts";

provideWasm(compileDecoder);
provideInflate(inflateNatively);
