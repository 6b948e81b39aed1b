/** Types and spots of a layer, copied into a branch that begins at its head or at an earlier revision. */

import { revisionSeq } from "./revisions.ts";
import * as text from "./sql/beside.ts";
import type { Store } from "./store.ts";
import { spotsAt, typesAt } from "./types-at.ts";

interface CopyRequest {
  /** The branch, whose objects are there already. */
  readonly id: string;
  readonly layerId: string;
  readonly fromHead: boolean;
  /** Revision the branch begins at. */
  readonly baseId: string;
}

/** Who said so stays who said so. Cost: O(typed cells + spots). */
export async function copyBeside(tx: Store, { id, layerId, fromHead, baseId }: CopyRequest): Promise<void> {
  await tx.sql.query(text.copyTypes, [id, layerId]);
  await tx.sql.query(text.copySpots, [id, layerId]);
  if (fromHead) return;
  const seq = await revisionSeq(tx, baseId);
  const types = [...(await typesAt(tx, layerId, seq))];
  const authors = await tx.sql.query<{ agentId: string }>(text.selectAnyAgent, [layerId]);
  const agentId = authors[0]?.agentId;
  if (agentId === undefined) return;
  const spots = await spotsAt(tx, layerId, seq);
  await tx.sql.query(text.deleteAllTypes, [id]);
  await tx.sql.query(text.deleteAllSpots, [id]);
  await tx.sql.query(text.insertTypesOfLiving, [
    id,
    agentId,
    types.map(([uid]) => uid),
    types.map(([, marks]) => JSON.stringify(marks)),
  ]);
  await tx.sql.query(text.insertSpots, [
    id,
    agentId,
    spots.map(({ uid }) => uid),
    spots.map(({ t }) => t),
    spots.map(({ z }) => z),
    spots.map(({ y }) => y),
    spots.map(({ x }) => x),
    spots.map(({ kind }) => kind),
    spots.map(({ score }) => score),
    spots.map(({ cell }) => cell),
    spots.map(() => 0),
  ]);
}
