/** Looks of channels that a project keeps under a name, for everyone in it. */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import * as text from "./sql/palettes.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface PaletteChannel {
  readonly name: string;
  readonly visible: boolean;
  /** Red, green, blue, 0..255. */
  readonly colour: [number, number, number];
  /** Intensities shown as black and as full brightness, in the image's own units. */
  readonly limits: [number, number];
  readonly gamma: number;
  readonly inverted: boolean;
}

export interface Palette {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly channels: PaletteChannel[];
}

/** More would no longer be a list one looks through. */
const palettesMax = 50;

/** By name. */
export const listPalettes = (store: Store, projectId: string): Promise<Palette[]> =>
  store.sql.query<Palette>(text.selectPalettes, [projectId]);

/**
 * Keeps a palette; the same name again replaces its channels.
 *
 * @throws FoundryError `limit.objects` when a project has too many.
 */
export async function savePalette(
  store: Store,
  actor: Agent,
  palette: Omit<Palette, "id">,
): Promise<Palette> {
  const { projectId, name, channels } = palette;
  const present = await listPalettes(store, projectId);
  if (present.length >= palettesMax && !present.some((one) => one.name === name)) {
    throw new FoundryError("limit.objects", {
      message: `A project keeps at most ${palettesMax} palettes.`,
      hint: "Delete one that is no longer used.",
    });
  }
  const values = [
    store.ids.next(),
    projectId,
    name,
    JSON.stringify(channels),
    actor.id,
    isoTime(store.clock),
  ];
  const [row] = await store.sql.query<Palette>(text.upsertPalette, values);
  return row as Palette;
}

/** One palette's project, or null. */
export async function findPalette(
  store: Store,
  id: string,
): Promise<{ readonly id: string; readonly projectId: string } | null> {
  const [row] = await store.sql.query<{ id: string; projectId: string }>(text.selectPalette, [id]);
  return row ?? null;
}

export async function deletePalette(store: Store, id: string): Promise<void> {
  await store.sql.query(text.deletePalette, [id]);
}
