/** The parts of the program that handlers work with; made once at start. */

import type { Queue } from "#jobs/index.ts";
import type { Log } from "#platform/index.ts";
import type { Store } from "#store/index.ts";
import type { JobFeed } from "./job-feed.ts";
import type { SignInGate } from "./rate-gates.ts";
import type { SizedCache } from "./sized-cache.ts";
import type { OpenZarr } from "./zarr.ts";

export interface ServerParts {
  readonly store: Store;
  readonly queue: Queue;
  readonly feed: JobFeed;
  /** Name of the lab, for the page's header. */
  readonly labName: string;
  /** Version of the running program. */
  readonly version: string;
  /** Encoded pictures by what they show. */
  readonly pictures: SizedCache<Uint8Array>;
  /** Images and label images as OME-Zarr, by digest. */
  readonly zarr: SizedCache<OpenZarr>;
  /** Fires when the server stops: streams end, waits stop. */
  readonly closing: AbortSignal;
  readonly log: Log;
  readonly limits: ServerLimits;
  readonly signInGate: SignInGate;
}

/** What one address may do; the defaults fit a lab behind one address, and tests lower them. */
export interface ServerLimits {
  /** Requests per minute. A viewer that opens a large image asks for hundreds of chunks in a second. */
  readonly requestsPerMinute: number;
  /** Failed sign-ins in five minutes. Tokens have 256 bits; the limit keeps the log and the database quiet. */
  readonly signInFailures: number;
  /** Event streams open at one time, over all members. Each is a socket and a timer. */
  readonly eventStreams: number;
  /** Files in one upload. */
  readonly uploadFiles: number;
  /** Bytes of one uploaded file: what the importer can read. */
  readonly uploadFileBytes: number;
  /** Bytes of one upload, all files together. */
  readonly uploadBytes: number;
}

export const defaultLimits: ServerLimits = {
  requestsPerMinute: 12_000,
  signInFailures: 10,
  eventStreams: 500,
  uploadFiles: 20_000,
  uploadFileBytes: 2 ** 31,
  uploadBytes: 64 * 2 ** 30,
};
