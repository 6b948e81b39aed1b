/** The parts of the program that handlers work with; made once at start. */

import type { Queue } from "#jobs/index.ts";
import type { Log } from "#platform/index.ts";
import type { Store, StoredOutcome } from "#store/index.ts";
import type { ServerLimits } from "./limits.ts";
import type { NewsFeed } from "./news-feed.ts";
import type { OpenZarr } from "./open-zarr.ts";
import type { PresenceBoard } from "./presence-board.ts";
import type { SignInGate } from "./rate-gates.ts";
import type { SizedCache } from "./sized-cache.ts";

export interface ServerParts {
  readonly store: Store;
  readonly queue: Queue;
  /** Ids of jobs that changed. */
  readonly feed: NewsFeed;
  /** Ids of layers whose cells or holds changed. */
  readonly layerNews: NewsFeed;
  /** Who is in which layer now. */
  readonly presence: PresenceBoard;
  /** Name of the lab, for the page's header. */
  readonly labName: string;
  /** Version of the running program. */
  readonly version: string;
  /** Encoded pictures by what they show. */
  readonly pictures: SizedCache<Uint8Array>;
  /** Objects of evaluated images, by digest. */
  readonly outcomes: SizedCache<StoredOutcome[]>;
  /** Images and label images as OME-Zarr, by digest. */
  readonly zarr: SizedCache<OpenZarr>;
  /** Fires when the server stops: streams end, waits stop. */
  readonly closing: AbortSignal;
  readonly log: Log;
  readonly limits: ServerLimits;
  readonly signInGate: SignInGate;
}
