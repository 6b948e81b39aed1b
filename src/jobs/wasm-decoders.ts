/**
 * Hands the compiled JPEG and WebP decoders to the readers of images; imported for its effect wherever jobs read files.
 *
 * Nothing is loaded before the first image that needs it.
 */
import { provideWasm } from "#formats/index.ts";
import { compileDecoder } from "#platform/index.ts";

provideWasm(compileDecoder);
