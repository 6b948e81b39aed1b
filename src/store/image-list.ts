/**
 * Lists of images: the metadata query, free text, facets and pages.
 */

import type { Query } from "#core/select/index.ts";
import type { Store } from "./store.ts";
import type { ImageList } from "./types.ts";

export interface ImageListOptions {
  readonly projectId: string;
  /** Parsed metadata query; default all. */
  readonly query?: Query | undefined;
  /** Free text over name and metadata values. */
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export async function listImages(_store: Store, _options: ImageListOptions): Promise<ImageList> {
  return notYet();
}

export async function imageIdsForQuery(_store: Store, _projectId: string, _query: Query): Promise<string[]> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
