/**
 * What browsers may do with our answers.
 *
 * Scripts come from this server only, and WebAssembly may be compiled for predictions in the browser; workers may also
 * come from blobs, which the pixel decoders make. Styles may be inline: the interface parts position floating panels
 * that way, and a style cannot run code. The page is isolated from other origins, which gives it shared memory for
 * threads. Nothing may frame it.
 */

import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

export async function installSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        scriptSrcAttr: ["'none'"],
        workerSrc: ["'self'", "blob:"],
        connectSrc: ["'self'", "blob:", "data:"],
        imgSrc: ["'self'", "data:", "blob:"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", "data:"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    // Whoever terminates TLS in front of us decides about it; over plain HTTP the header means nothing.
    strictTransportSecurity: false,
  });
}
