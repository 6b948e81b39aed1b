/**
 * Images: import, look up, change, trash.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent, Channel, Compartment, ImageDetail, LayerTruth, Mpp } from "./types.ts";

export interface NewImage {
  readonly projectId: string;
  readonly name: string;
  readonly image: ImageArray;
  /** Default: one per index of axis c, role `other`. */
  readonly channels?: readonly Channel[];
  readonly mpp?: Mpp | null;
  /** Why `mpp` is unknown; default "not given by the source". */
  readonly mppReason?: string | null;
  /** Leakage group; default: the image alone. */
  readonly group?: string;
  readonly metadata?: Readonly<Record<string, string | undefined>>;
  readonly source: { readonly title: string; readonly licence: string; readonly url?: string };
  /** Imported label image, axes yx, of the image's size. */
  readonly labels?: LabelImage;
  readonly compartment?: Compartment;
  /** Default `gold`. */
  readonly labelTruth?: LayerTruth;
  /** Whether imported labels count as accepted; default true. */
  readonly accepted?: boolean;
}

export type InsertedImage =
  | { readonly state: "inserted"; readonly imageId: string; readonly layerId: string | null }
  | { readonly state: "duplicate"; readonly imageId: string };

export async function insertImage(_store: Store, _actor: Agent, _image: NewImage): Promise<InsertedImage> {
  return notYet();
}

export async function getImage(_store: Store, _imageId: string): Promise<ImageDetail> {
  return notYet();
}

export async function readImageArray(_store: Store, _imageId: string): Promise<ImageArray> {
  return notYet();
}

export async function updateImage(
  _store: Store,
  _actor: Agent,
  _imageId: string,
  _changes: {
    readonly name?: string | undefined;
    readonly group?: string | undefined;
    readonly mpp?: Mpp | null | undefined;
    readonly metadata?: Readonly<Record<string, string | undefined>> | undefined;
  },
): Promise<ImageDetail> {
  return notYet();
}

export async function trashImage(_store: Store, _actor: Agent, _imageId: string): Promise<void> {
  return notYet();
}

export async function restoreImage(_store: Store, _actor: Agent, _imageId: string): Promise<ImageDetail> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
