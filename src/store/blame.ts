/**
 * Blame per cell: who or which model made it what it is, with what tool, when, and from what.
 *
 * Everything follows from the log of the layer. Undo gives a shape back to who made it; work taken in from a branch
 * stays the work of who did it there; a branch's untouched cells are blamed as in the layer they came from.
 */

import { acceptedCells } from "./accepted-cells.ts";
import { agentsById } from "./agents.ts";
import { assignBlame, type CellHistory, readHistories } from "./cell-histories.ts";
import { type ObjectAt, objectsAt } from "./layer-log.ts";
import { type LayerRow, readLayerRow } from "./layers.ts";
import { readRevisionRow, revisionSeq } from "./revisions.ts";
import { selectTypeAuthors } from "./sql/beside.ts";
import * as branchText from "./sql/branches.ts";
import * as text from "./sql/log.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";
import {
  type Attention,
  attentions,
  type CellBlame,
  type LayerBlame,
  type VersionRef,
} from "./version-types.ts";

/** Branches of branches of branches: deeper chains are not followed. */
const depthMax = 8;

/**
 * Blame of every living cell of a revision, or of the layer as it is now, in order of label.
 *
 * @throws FoundryError `layer.notFound`, `revision.notFound`. Cost: O(objects ever born + edits of the layer and of
 * the branches it took in).
 *
 * @param acceptances  which ones count as attention: those of whole layers, which may follow a revision later, or only
 * those of single cells, which are edits of the log and never change.
 */
export async function blameLayer(
  store: Store,
  ref: VersionRef,
  acceptances: Acceptances = "all",
): Promise<LayerBlame> {
  const revision = "revisionId" in ref ? await readRevisionRow(store, ref.revisionId) : null;
  const layer = await readLayerRow(store, "layerId" in ref ? ref.layerId : (revision?.layerId ?? ""));
  const cells = await blameCells(
    store,
    layer,
    revision === null ? layer.seq : await revisionSeq(store, revision.id),
    { depth: 0, acceptances },
  );
  return {
    layerId: layer.id,
    revisionId: revision?.id ?? null,
    cells: cells.map(({ digest: _digest, ...cell }) => cell),
    summary: summarise(cells),
  };
}

type Acceptances = "all" | "singleCells";

interface Blaming {
  /** Branches of branches followed so far. */
  readonly depth: number;
  readonly acceptances: Acceptances;
}

interface BlamedCell extends CellBlame {
  /** Of the present shape, in hex. */
  readonly digest: string;
}

async function blameCells(
  store: Store,
  layer: LayerRow,
  seq: number,
  blaming: Blaming,
): Promise<BlamedCell[]> {
  const living = await objectsAt(store, layer.id, seq);
  const histories = await readHistories(store, layer.id, seq);
  const earlier = await blameOfBase(store, layer, blaming);
  const branches =
    blaming.depth < depthMax && histories.tookIn ? await branchWork(store, layer.id, blaming) : new Map();
  const accepted = blaming.acceptances === "all" ? await acceptedPlaces(store, layer.id, seq) : [];
  const singly = await acceptedCells(store, layer.id, seq);
  const authors = await typeAuthors(store, layer.id, seq);
  const agents = await agentsById(store, new Set([...histories.agentIds(), ...authors.values()]));
  const agentOf = (id: string): Agent => agents.get(id) as Agent;
  return living.flatMap((object): BlamedCell[] => {
    const history = histories.of(object.label);
    const inherited = earlier.get(object.uid);
    const named = namedBy(object, authors, agents);
    if (history === null)
      return inherited === undefined ? [] : [{ ...inherited, ...named, label: object.label }];
    const own = assignBlame(object.uid, history, { agentOf, uidOf: histories.uidOf, inherited });
    const one = singly.get(object.uid);
    const places = one === undefined ? accepted : [...accepted, one];
    const attention = attentionOf(own.attention, history, places);
    const cell = { ...own, ...named, attention, label: object.label, digest: object.digest };
    const done = history.tookIn ? branches.get(keyOf(object)) : undefined;
    return [done === undefined ? cell : { ...cell, ...fromBranch(done) }];
  });
}

/** Who made the present list of types of each cell, as far as it is no newer than the place of the log. */
async function typeAuthors(store: Store, layerId: string, seq: number): Promise<Map<string, string>> {
  const rows = await store.sql.query<{ uid: string; agentId: string; seq: number }>(selectTypeAuthors, [
    layerId,
  ]);
  return new Map(rows.flatMap((row) => (row.seq <= seq ? [[row.uid, row.agentId]] : [])));
}

function namedBy(
  { uid, types }: ObjectAt,
  authors: ReadonlyMap<string, string>,
  agents: ReadonlyMap<string, Agent>,
): Pick<CellBlame, "types" | "typesBy"> {
  return { types, typesBy: types === null ? null : (agents.get(authors.get(uid) ?? "") ?? null) };
}

const keyOf = ({ uid, digest }: Pick<ObjectAt, "uid" | "digest">): string => `${uid} ${digest}`;

/** What stays of the blame in a branch when its work is taken in. */
function fromBranch(cell: BlamedCell): Partial<BlamedCell> {
  const { agent, kind, tool, at, origin, attention, branch, msSpent, changeCount } = cell;
  return { agent, kind, tool, at, origin, attention, branch, msSpent, changeCount };
}

/** Blame of the revision a branch began at, by uid. */
async function blameOfBase(
  store: Store,
  layer: LayerRow,
  blaming: Blaming,
): Promise<Map<string, BlamedCell>> {
  if (layer.branchOf === null || layer.baseRevisionId === null || blaming.depth >= depthMax) return new Map();
  const base = await readLayerRow(store, layer.branchOf);
  const cells = await blameCells(
    store,
    base,
    await revisionSeq(store, layer.baseRevisionId),
    deeper(blaming),
  );
  return new Map(cells.map((cell) => [cell.uid, cell]));
}

const deeper = (blaming: Blaming): Blaming => ({ ...blaming, depth: blaming.depth + 1 });

/** Cells of the branches of a layer, by uid and shape. */
async function branchWork(store: Store, layerId: string, blaming: Blaming): Promise<Map<string, BlamedCell>> {
  const found = new Map<string, BlamedCell>();
  const branches = await store.sql.query<{ id: string; name: string }>(branchText.selectBranches, [layerId]);
  for (const { id, name } of branches) {
    const branch = await readLayerRow(store, id);
    for (const cell of await blameCells(store, branch, branch.seq, deeper(blaming))) {
      found.set(keyOf(cell), { ...cell, branch: name });
    }
  }
  return found;
}

/** Places of the log at which a person accepted the labels. */
async function acceptedPlaces(store: Store, layerId: string, seq: number): Promise<number[]> {
  const rows = await store.sql.query<{ seq: number }>(text.selectAcceptedPlaces, [layerId, seq]);
  return rows.map((row) => row.seq);
}

/** Accepting is looking at: of cells that came before. An import's own acceptance is not. */
function attentionOf(own: Attention, history: CellHistory, accepted: readonly number[]): Attention {
  if (own === "drawn" || own === "corrected") return own;
  const looked = accepted.some((seq) =>
    own === "imported" ? seq > history.lastSeq : seq >= history.lastSeq,
  );
  return looked ? "accepted" : own;
}

function summarise(cells: readonly CellBlame[]): LayerBlame["summary"] {
  const attention = Object.fromEntries(attentions.map((one) => [one, 0])) as Record<Attention, number>;
  const authors = new Map<string, { agent: Agent; cells: number }>();
  let msSpent = 0;
  for (const cell of cells) {
    attention[cell.attention]++;
    msSpent += cell.msSpent;
    const author = authors.get(cell.agent.id) ?? { agent: cell.agent, cells: 0 };
    author.cells++;
    authors.set(cell.agent.id, author);
  }
  return {
    cells: cells.length,
    seen: attention.drawn + attention.corrected + attention.accepted,
    attention,
    authors: [...authors.values()].sort(
      (a, b) => b.cells - a.cells || (a.agent.name < b.agent.name ? -1 : 1),
    ),
    msSpent: Math.round(msSpent),
  };
}
