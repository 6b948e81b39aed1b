/**
 * Parts of an image that one person holds for a while, so that others do not work where they work.
 *
 * A hold is a lease by the server's clock: it ends by itself a few minutes after the page that asked for it was last heard
 * of. It binds people's edits only. What a model proposes and what a merge brings in is decided by its own rules.
 */

import type { BoundingBox } from "#core/array/index.ts";
import type { EditOperation } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import { lockLayerRow } from "./layers.ts";
import { assertOpen } from "./open-layer.ts";
import * as text from "./sql/holds.ts";
import { notifyLayer } from "./sql/layers.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface Hold {
  readonly id: string;
  readonly layerId: string;
  readonly agent: Agent;
  /** [y0, x0, y1, x1), half open. */
  readonly box: [y0: number, x0: number, y1: number, x1: number];
  /** Null: the box in all frames and slices. */
  readonly plane: { readonly t: number; readonly z: number } | null;
  readonly madeAt: string;
  readonly expiresAt: string;
}

/** A page renews its hold every minute; who lost the network for a moment keeps it, who left frees it soon. */
const leaseMs = 5 * 60_000;

/** A person works in one place, or in a few; more would be taking the image away from the others. */
const holdsPerPersonMax = 4;

interface HoldRow extends Omit<Hold, "box" | "plane"> {
  readonly t: number | null;
  readonly z: number | null;
  readonly y0: number;
  readonly x0: number;
  readonly y1: number;
  readonly x1: number;
}

const toHold = ({ t, z, y0, x0, y1, x1, ...rest }: HoldRow): Hold => ({
  ...rest,
  box: [y0, x0, y1, x1],
  plane: t === null || z === null ? null : { t, z },
});

/** Holds of a layer that have not expired, oldest first. */
export async function listHolds(store: Store, layerId: string): Promise<Hold[]> {
  const rows = await store.sql.query<HoldRow>(text.selectHolds, [layerId, isoTime(store.clock)]);
  return rows.map(toHold);
}

/** One that has not expired, or null. */
export async function findHold(store: Store, holdId: string): Promise<Hold | null> {
  const [row] = await store.sql.query<HoldRow>(text.selectHold, [holdId, isoTime(store.clock)]);
  return row === undefined ? null : toHold(row);
}

/**
 * Holds a part of a layer for a person.
 *
 * @throws FoundryError `layer.held` where someone else holds a part of it; `request.invalid` for an empty box, one outside
 *         the image, a closed branch; `limit.objects` when the person holds too many.
 */
export async function holdRegion(
  store: Store,
  actor: Agent,
  layerId: string,
  wanted: Pick<Hold, "box" | "plane">,
): Promise<Hold> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    assertOpen(layer);
    const [y0, x0, y1, x1] = wanted.box;
    if (y0 >= y1 || x0 >= x1 || y1 > layer.height || x1 > layer.width) {
      throw new FoundryError("request.invalid", {
        message: "The region to hold is empty or reaches out of the image.",
        details: { box: wanted.box, height: layer.height, width: layer.width },
      });
    }
    const now = isoTime(tx.clock);
    await tx.sql.query(text.deleteExpired, [layerId, now]);
    const holds = await listHolds(tx, layerId);
    const inTheWay = holds.find((one) => one.agent.id !== actor.id && meets(one, wanted.plane, wanted.box));
    if (inTheWay !== undefined) throw heldBy(inTheWay);
    if (holds.filter((one) => one.agent.id === actor.id).length >= holdsPerPersonMax) {
      throw new FoundryError("limit.objects", {
        message: `One person can hold ${holdsPerPersonMax} regions of an image at a time.`,
        hint: "Give one back first.",
      });
    }
    const id = tx.ids.next();
    const { t = null, z = null } = wanted.plane ?? {};
    const expiresAt = after(tx, leaseMs);
    await tx.sql.query(text.insertHold, [id, layerId, actor.id, t, z, y0, x0, y1, x1, now, expiresAt]);
    await tx.sql.query(notifyLayer, [layerId]);
    return { id, layerId, agent: actor, ...wanted, madeAt: now, expiresAt };
  });
}

/** The lease begins anew. @returns null when it has ended meanwhile. */
export async function renewHold(store: Store, holdId: string): Promise<Hold | null> {
  return inTransaction(store, async (tx) => {
    const hold = await findHold(tx, holdId);
    if (hold === null) return null;
    const expiresAt = after(tx, leaseMs);
    await tx.sql.query(text.renewHold, [holdId, expiresAt]);
    await tx.sql.query(notifyLayer, [hold.layerId]);
    return { ...hold, expiresAt };
  });
}

export async function releaseHold(store: Store, hold: Hold): Promise<void> {
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.deleteHold, [hold.id]);
    await tx.sql.query(notifyLayer, [hold.layerId]);
  });
}

/** What others hold of a layer; an edit must keep clear of it. */
export async function othersHolds(tx: Store, actor: Agent, layerId: string): Promise<Hold[]> {
  return (await listHolds(tx, layerId)).filter((hold) => hold.agent.id !== actor.id);
}

/** @throws FoundryError `layer.held` when the edit would change pixels in one of the holds. */
export function assertNotHeld({ changes }: EditOperation, holds: readonly Hold[]): void {
  for (const hold of holds) {
    const touches = (shape: ObjectShape | null): boolean => shape !== null && meets(hold, shape, shape.bbox);
    if (changes.some(({ before, after: shape }) => touches(before) || touches(shape))) throw heldBy(hold);
  }
}

function meets(hold: Hold, plane: { t: number; z: number } | null, box: BoundingBox): boolean {
  const samePlane =
    hold.plane === null || plane === null || (hold.plane.t === plane.t && hold.plane.z === plane.z);
  const [y0, x0, y1, x1] = hold.box;
  return samePlane && box[0] < y1 && box[2] > y0 && box[1] < x1 && box[3] > x0;
}

const after = (store: Store, ms: number): string => new Date(store.clock.now() + ms).toISOString();

function heldBy({ agent, expiresAt }: Hold): FoundryError {
  return new FoundryError("layer.held", {
    message: `${agent.name} is working in this part of the image and has asked to have it alone.`,
    hint: `Work elsewhere, or ask ${agent.name} to give it back; it ends by itself when they leave.`,
    details: { memberId: agent.id, expiresAt },
  });
}
