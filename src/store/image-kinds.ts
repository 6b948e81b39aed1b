/** What kinds of images a project has, by their channels and modality: what a list of models is ordered by. */

import * as text from "./sql/image-facts.ts";
import type { Store } from "./store.ts";
import type { Channel } from "./types.ts";

export interface ImageKind {
  readonly channels: Channel[];
  readonly modality: string | null;
  /** Images of this kind, of those looked at. */
  readonly count: number;
}

/** Newest images that are looked at; a project of more is seldom of more kinds. */
const imagesMax = 500;

/** Cost: one statement over at most 500 images. */
export async function readImageKinds(store: Store, projectId: string): Promise<ImageKind[]> {
  return store.sql.query<ImageKind>(text.selectImageKinds, [projectId, imagesMax]);
}
