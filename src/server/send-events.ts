/**
 * Server-sent events: one long answer per listener, with a beat so that proxies and laptops notice a dead line.
 *
 * A stream ends when its source ends, when the listener goes, or when the server stops; all three clean up the same
 * way. A slow listener slows only itself: its source waits for the socket and then tells the newest state, not every
 * state between.
 */

import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FoundryError } from "#core/errors.ts";
import type { ServerParts } from "./parts.ts";

/** Shorter than the 30 s after which common proxies cut a silent line. */
const BEAT_MS = 15_000;

/** How long a browser waits before it connects again. */
const RETRY_MS = 2_000;

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Gives events until it ends or the signal fires; must stop waiting when the signal fires. */
export type EventSource = (signal: AbortSignal) => AsyncIterable<ServerEvent>;

/** Streams open now, per running server. */
const openStreams = new WeakMap<ServerParts, number>();

/** @throws FoundryError `limit.rate` when too many streams are open. */
export function sendEvents(
  parts: ServerParts,
  request: FastifyRequest,
  reply: FastifyReply,
  source: EventSource,
): FastifyReply {
  const open = openStreams.get(parts) ?? 0;
  if (open >= parts.limits.eventStreams) {
    throw new FoundryError("limit.rate", {
      message: "Too many pages are listening to this server.",
      hint: "Close pages that are not needed; the state of a job can also be asked for.",
    });
  }
  openStreams.set(parts, open + 1);
  const stream = new PassThrough();
  const gone = new AbortController();
  stream.once("close", () => gone.abort());
  stream.write(`retry: ${RETRY_MS}\n\n`);
  const beat = setInterval(() => stream.write(": beat\n\n"), BEAT_MS);
  copyEvents(source(AbortSignal.any([gone.signal, parts.closing])), stream, gone.signal)
    .catch((error: unknown) => {
      if (!gone.signal.aborted)
        parts.log.write("error", "an event stream broke", { id: request.id, trace: String(error) });
    })
    .finally(() => {
      clearInterval(beat);
      openStreams.set(parts, (openStreams.get(parts) ?? 1) - 1);
      stream.end();
    });
  return reply
    .type("text/event-stream; charset=utf-8")
    .header("cache-control", "no-store")
    .header("x-accel-buffering", "no")
    .send(stream);
}

async function copyEvents(
  events: AsyncIterable<ServerEvent>,
  stream: PassThrough,
  gone: AbortSignal,
): Promise<void> {
  for await (const { event, data } of events) {
    if (gone.aborted) return;
    // JSON has no raw line breaks, so one data line is always enough.
    const room = stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!room) await once(stream, "drain", { signal: gone });
  }
}
