/**
 * The parts of a three-way merge: base objects that belong together because a change of either side touches them, with
 * what each side made of them.
 */

import { shapesEqual } from "../labels/index.ts";
import { comparePlaces, typeOf, type VersionObject } from "./object-change.ts";
import { pairObjects } from "./pair-objects.ts";

export interface MergeGroup {
  /** Objects of the base; none for objects that are new. */
  readonly base: readonly VersionObject[];
  /** What they are in each side, untouched ones included; none when the side removed them. */
  readonly ours: readonly VersionObject[];
  readonly theirs: readonly VersionObject[];
  /** Which side changed it; "alike": both, to the same pixels and types; "conflict": both, differently. */
  readonly state: "ours" | "theirs" | "alike" | "conflict";
}

export interface MergeGroups {
  /** Base objects that stand in both sides as they were. */
  readonly unchanged: readonly VersionObject[];
  readonly groups: readonly MergeGroup[];
}

/** What one side did to some base objects. */
interface SideChange {
  readonly side: "ours" | "theirs";
  readonly before: readonly VersionObject[];
  readonly after: readonly VersionObject[];
}

export function mergeGroups(
  base: readonly VersionObject[],
  ours: readonly VersionObject[],
  theirs: readonly VersionObject[],
): MergeGroups {
  const changes = [...sideChanges("ours", base, ours), ...sideChanges("theirs", base, theirs)];
  const births = changes.filter(({ before }) => before.length === 0);
  const onBase = changes.filter(({ before }) => before.length > 0);
  const touched = new Set(onBase.flatMap(({ before }) => before.map(({ id }) => id)));
  return {
    unchanged: base.filter(({ id }) => !touched.has(id)),
    groups: [...groupsOnBase(onBase), ...groupsOfBirths(births)],
  };
}

function sideChanges(
  side: SideChange["side"],
  base: readonly VersionObject[],
  objects: readonly VersionObject[],
): SideChange[] {
  const { identical, groups } = pairObjects(base, objects, "id");
  const retyped = identical.filter(([old, now]) => old.id !== now.id || typeOf(old) !== typeOf(now));
  return [
    ...groups.map(({ before, after }) => ({ side, before, after })),
    ...retyped.map(([old, now]) => ({ side, before: [old], after: [now] })),
  ];
}

/** Joins changes that share a base object. */
function groupsOnBase(changes: readonly SideChange[]): MergeGroup[] {
  const groupOf = new Map<string, SideChange[]>();
  for (const change of changes) {
    const joined = new Set([change]);
    for (const { id } of change.before) for (const other of groupOf.get(id) ?? []) joined.add(other);
    const members = [...joined];
    for (const member of members) for (const { id } of member.before) groupOf.set(id, members);
  }
  return [...new Set(groupOf.values())].map(toGroup);
}

function toGroup(changes: readonly SideChange[]): MergeGroup {
  const base = [
    ...new Map(changes.flatMap(({ before }) => before.map((object) => [object.id, object]))).values(),
  ];
  const stateOf = (side: SideChange["side"]): VersionObject[] => {
    const own = changes.filter((change) => change.side === side);
    const gone = new Set(own.flatMap(({ before }) => before.map(({ id }) => id)));
    return [...base.filter(({ id }) => !gone.has(id)), ...own.flatMap(({ after }) => after)].sort(
      comparePlaces,
    );
  };
  const changed = (side: SideChange["side"]): boolean => changes.some((change) => change.side === side);
  const sides = { base: base.sort(comparePlaces), ours: stateOf("ours"), theirs: stateOf("theirs") };
  if (!changed("theirs")) return { ...sides, state: "ours" };
  if (!changed("ours")) return { ...sides, state: "theirs" };
  return alike(sides.ours, sides.theirs) ? agreed(sides) : { ...sides, state: "conflict" };
}

/** New objects; the same pixels and type drawn by both sides are one. */
function groupsOfBirths(changes: readonly SideChange[]): MergeGroup[] {
  const keyOf = ({ shape: { t, z, bbox } }: VersionObject): string => `${t},${z},${bbox.join()}`;
  const born = (side: SideChange["side"]): VersionObject[] =>
    changes.filter((change) => change.side === side).flatMap(({ after }) => after);
  const theirs = Map.groupBy(born("theirs"), keyOf);
  const found = new Set<VersionObject>();
  const groups = born("ours").map((object): MergeGroup => {
    const twin = theirs.get(keyOf(object))?.find((other) => !found.has(other) && alike([object], [other]));
    if (twin === undefined) return { base: [], ours: [object], theirs: [], state: "ours" };
    found.add(twin);
    return agreed({ base: [], ours: [object], theirs: [twin] });
  });
  for (const object of born("theirs")) {
    if (!found.has(object)) groups.push({ base: [], ours: [], theirs: [object], state: "theirs" });
  }
  return groups;
}

/** Both sides came to the same; the smaller ids are taken, whichever side is called ours. */
function agreed(sides: Omit<MergeGroup, "state">): MergeGroup {
  const idsOf = (objects: readonly VersionObject[]): string =>
    objects
      .map(({ id }) => id)
      .sort()
      .join(" ");
  const kept = idsOf(sides.ours) <= idsOf(sides.theirs) ? sides.ours : sides.theirs;
  return { base: sides.base, ours: kept, theirs: kept, state: "alike" };
}

/** Same pixels and types, whatever the ids. Both are in order of place. */
function alike(a: readonly VersionObject[], b: readonly VersionObject[]): boolean {
  return (
    a.length === b.length &&
    a.every((object, i) => {
      const other = b[i] as VersionObject;
      return shapesEqual(object.shape, other.shape) && typeOf(object) === typeOf(other);
    })
  );
}
