/**
 * What a person does to tracks, as changes of origins: join, cut, set a parent, add and remove daughters, swap.
 *
 * Each command says what it wants of single objects; what stands in its way (the cell went on as another, the daughter
 * had a parent) gives way in the same edit, so that the laws hold afterwards: one parent, daughters later, no cycle. What
 * cannot be wanted (a daughter that is not later) is refused with words. Links that a person makes carry confidence 1.
 */

import { type ObjectOrigin, type OriginChange, OriginDraft, type OriginIndex } from "../edits/index.ts";
import { FoundryError } from "../errors.ts";

export interface RelinkGround {
  readonly origins: OriginIndex;
  readonly lives: (uid: string) => boolean;
  /** Frame of a living object. */
  readonly frameOf: (uid: string) => number | undefined;
  /** What a cell is called in messages. */
  readonly nameOf: (uid: string) => string;
}

export type RelinkCommand =
  /** The later of the two goes on from the earlier: one cell. */
  | { readonly type: "join"; readonly uid: string; readonly to: string }
  /** The track ends before this cell; a new one begins with it. */
  | { readonly type: "cut"; readonly uid: string }
  /** The track ends with this cell; what came from it begins anew. */
  | { readonly type: "end"; readonly uid: string }
  /** The cells are daughters of the parent; those it has stay, and what it went on as becomes one of them. */
  | { readonly type: "addDaughters"; readonly parent: string; readonly daughters: readonly string[] }
  /** The cell is no daughter; an only sister goes on as the same cell. */
  | { readonly type: "removeDaughter"; readonly uid: string }
  /** From this frame on the two change places: each goes on as the other did. */
  | { readonly type: "swap"; readonly uid: string; readonly with: string }
  /** They are right as they are: what each comes from is confirmed. */
  | { readonly type: "confirm"; readonly uids: readonly string[] };

/** More daughters of one cell are a mistake of the hand. */
const daughtersMax = 8;

/**
 * Changes of origins that carry out a command; empty when all is so already.
 *
 * @throws FoundryError `edit.invalid` with the law that would be broken. Cost: O(objects named).
 */
export function relink(command: RelinkCommand, ground: RelinkGround): OriginChange[] {
  const draft = new OriginDraft(ground.origins, ground.lives);
  switch (command.type) {
    case "join":
      join(draft, command, ground);
      break;
    case "cut":
      assertComesFrom(draft, command.uid, ground);
      clear(draft, command.uid);
      break;
    case "end":
      for (const child of draft.livingChildrenOf(command.uid)) draft.set(child, null);
      break;
    case "addDaughters":
      addDaughters(draft, command, ground);
      break;
    case "removeDaughter":
      assertComesFrom(draft, command.uid, ground);
      clear(draft, command.uid);
      break;
    case "swap":
      swap(draft, command, ground);
      break;
    case "confirm":
      for (const uid of command.uids) {
        const origin = draft.livingOriginOf(uid);
        if (origin !== null) draft.set(uid, sure(origin));
      }
      break;
  }
  return draft.changes();
}

const sure = ({ uid, kind }: Pick<ObjectOrigin, "uid" | "kind">): ObjectOrigin => ({
  uid,
  kind,
  confidence: 1,
});

function refuse(message: string, details: Readonly<Record<string, unknown>>, hint?: string): never {
  throw new FoundryError("edit.invalid", { message, details, ...(hint === undefined ? {} : { hint }) });
}

function frameOf(uid: string, { frameOf: ask, nameOf }: RelinkGround): number {
  const t = ask(uid);
  return t ?? refuse(`The cell ${nameOf(uid)} is not there any more.`, { uid });
}

function assertLater(from: string, to: string, ground: RelinkGround, role: string): void {
  const [before, after] = [frameOf(from, ground), frameOf(to, ground)];
  if (before < after) return;
  const name = ground.nameOf;
  refuse(
    before === after
      ? `Cells ${name(from)} and ${name(to)} are in one frame: ${role}`
      : `Cell ${name(to)} in frame ${after + 1} is not later than ${name(from)} in frame ${before + 1}: ${role}`,
    { from, to },
    "Mark the earlier cell, go to a later frame, and choose the cell there.",
  );
}

function assertComesFrom(draft: OriginDraft, uid: string, ground: RelinkGround): void {
  if (draft.livingOriginOf(uid) === null)
    refuse(`Cell ${ground.nameOf(uid)} is the first of its track: nothing comes before it.`, { uid });
}

/** Takes an origin away; where one daughter is left, she is the cell that goes on. */
function clear(draft: OriginDraft, uid: string): void {
  const origin = draft.livingOriginOf(uid);
  draft.set(uid, null);
  if (origin?.kind !== "division") return;
  const left = draft.livingChildrenOf(origin.uid).filter((child) => child !== uid);
  const [only] = left;
  if (left.length === 1 && only !== undefined) draft.set(only, sure({ uid: origin.uid, kind: "link" }));
}

function join(draft: OriginDraft, { uid, to }: { uid: string; to: string }, ground: RelinkGround): void {
  const swapped = frameOf(uid, ground) > frameOf(to, ground);
  const [from, later] = swapped ? [to, uid] : [uid, to];
  assertLater(from, later, ground, "one cell cannot be in a frame twice.");
  for (const child of draft.livingChildrenOf(from)) if (child !== later) draft.set(child, null);
  const origin = draft.livingOriginOf(later);
  if (origin !== null && origin.uid !== from) clear(draft, later);
  draft.set(later, sure({ uid: from, kind: "link" }));
}

function addDaughters(
  draft: OriginDraft,
  { parent, daughters }: { parent: string; daughters: readonly string[] },
  ground: RelinkGround,
): void {
  for (const uid of daughters)
    assertLater(parent, uid, ground, "a daughter is in a later frame than its parent.");
  for (const uid of daughters) {
    const origin = draft.livingOriginOf(uid);
    if (origin !== null && origin.uid !== parent) clear(draft, uid);
  }
  const all = new Set([...draft.livingChildrenOf(parent), ...daughters]);
  if (all.size > daughtersMax)
    refuse(`A cell has at most ${daughtersMax} daughters.`, { parent, daughters: all.size });
  // One daughter whose sister is out of view is a division too: the person said so.
  for (const uid of all) {
    const before = draft.livingOriginOf(uid);
    if (before?.uid !== parent || before.kind !== "division" || daughters.includes(uid))
      draft.set(uid, sure({ uid: parent, kind: "division" }));
  }
}

function swap(
  draft: OriginDraft,
  { uid, with: other }: { uid: string; with: string },
  ground: RelinkGround,
): void {
  if (frameOf(uid, ground) !== frameOf(other, ground))
    refuse("Two cells change places in one frame; these are in different frames.", { uid, other });
  const [a, b] = [draft.livingOriginOf(uid), draft.livingOriginOf(other)];
  if (a !== null && a.uid === b?.uid)
    refuse("Both cells come from the same cell: there is nothing to swap.", { uid, other });
  if (a === null && b === null)
    refuse(
      "Both cells are the first of their tracks: there is nothing to swap before them.",
      { uid, other },
      "Go to the first frame in which the tracks are wrong.",
    );
  draft.set(uid, b === null ? null : sure(b));
  draft.set(other, a === null ? null : sure(a));
}
