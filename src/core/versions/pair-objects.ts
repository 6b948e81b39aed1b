/**
 * Which objects of two versions belong together, as groups of before and after.
 *
 * Links between the versions make a graph: an id that is an identity links surely; otherwise two objects are linked
 * when they share more than a fifth of the smaller one. A connected group of one and one is the same object, of one
 * and many a split or a merge. In a group of many and many only each object's best links are kept, which takes it
 * apart; what still is many and many is paired by mutual best. All rules read the same in both directions, so the
 * difference of b and a mirrors that of a and b.
 */

import { createShapeGrid, type ObjectShape, shapeArea, shapesEqual, sharedPixels } from "../labels/index.ts";
import { comparePlaces, type VersionObject } from "./object-change.ts";

/** Share of the smaller object above which two objects are linked: the rule of the DSB2018 study (20 %). */
const linkShareMin = 0.2;

export interface Pairing {
  /** Same pixels in both. */
  readonly identical: readonly (readonly [VersionObject, VersionObject])[];
  /** All others: neither list is empty unless the object is new or gone. */
  readonly groups: readonly ObjectGroup[];
}

export interface ObjectGroup {
  readonly before: readonly VersionObject[];
  readonly after: readonly VersionObject[];
}

interface Node {
  readonly side: "before" | "after";
  readonly object: VersionObject;
  readonly area: number;
  /** Found again by its id: `moved` when hardly any pixel is common, so that others may lie where it was. */
  paired: "no" | "stayed" | "moved";
  links: Link[];
}

interface Link {
  readonly before: Node;
  readonly after: Node;
  readonly shared: number;
  /** The two bear one id, and ids are identities. */
  readonly sure: boolean;
}

/**
 * @param identity  "id": the same id means the same object. "place": ids say nothing.
 * Cost: O(objects + neighbours) for objects of usual size.
 */
export function pairObjects(
  before: readonly VersionObject[],
  after: readonly VersionObject[],
  identity: "id" | "place",
): Pairing {
  const identical: (readonly [VersionObject, VersionObject])[] = [];
  const rest = identity === "id" ? withoutSameIds(before, after, identical) : { before, after };
  const left = withoutSamePixels(rest.before, rest.after, identical);
  const olds = left.before.map((object) => createNode("before", object));
  const news = left.after.map((object) => createNode("after", object));
  if (identity === "id") linkById(olds, news);
  linkByPixels(olds, news);
  return { identical, groups: groupsOf([...olds, ...news]) };
}

const createNode = (side: Node["side"], object: VersionObject): Node => ({
  side,
  object,
  area: shapeArea(object.shape),
  paired: "no",
  links: [],
});

interface Sides {
  readonly before: readonly VersionObject[];
  readonly after: readonly VersionObject[];
}

function withoutSameIds(
  before: readonly VersionObject[],
  after: readonly VersionObject[],
  identical: (readonly [VersionObject, VersionObject])[],
): Sides {
  const olds = new Map(before.map((object) => [object.id, object]));
  const same = new Set<string>();
  for (const object of after) {
    const old = olds.get(object.id);
    if (old === undefined || !shapesEqual(old.shape, object.shape)) continue;
    same.add(object.id);
    identical.push([old, object]);
  }
  const kept = ({ id }: VersionObject): boolean => !same.has(id);
  return { before: before.filter(kept), after: after.filter(kept) };
}

/** Pairs equal pixels, whatever the ids; several equal ones are paired in order of place. */
function withoutSamePixels(
  before: readonly VersionObject[],
  after: readonly VersionObject[],
  identical: (readonly [VersionObject, VersionObject])[],
): Sides {
  const keyOf = ({ t, z, bbox }: ObjectShape): string => `${t},${z},${bbox.join()}`;
  const olds = Map.groupBy([...before].sort(comparePlaces), ({ shape }) => keyOf(shape));
  const used = new Set<VersionObject>();
  const left: VersionObject[] = [];
  for (const object of [...after].sort(comparePlaces)) {
    const twin = olds
      .get(keyOf(object.shape))
      ?.find((old) => !used.has(old) && shapesEqual(old.shape, object.shape));
    if (twin === undefined) {
      left.push(object);
      continue;
    }
    used.add(twin);
    identical.push([twin, object]);
  }
  return { before: before.filter((old) => !used.has(old)), after: left };
}

function linkById(olds: readonly Node[], news: readonly Node[]): void {
  const byId = new Map(olds.map((node) => [node.object.id, node]));
  for (const node of news) {
    const old = byId.get(node.object.id);
    if (old === undefined) continue;
    const shared = sharedPixels(old.object.shape, node.object.shape);
    join(old, node, shared, true);
    old.paired = isLinked(old, node, shared) ? "stayed" : "moved";
    node.paired = old.paired;
  }
}

/** Two objects that both were found by id are never linked to others: a border moved between them, no more. */
function linkByPixels(olds: readonly Node[], news: readonly Node[]): void {
  const grid = createShapeGrid(olds, ({ object }) => object.shape);
  for (const node of news) {
    for (const old of grid.near(node.object.shape)) {
      const [was, is] = [old.paired, node.paired];
      if (was === "moved" || is === "moved" || (was === "stayed" && is === "stayed")) continue;
      const shared = sharedPixels(old.object.shape, node.object.shape);
      if (isLinked(old, node, shared)) join(old, node, shared, false);
    }
  }
}

const isLinked = (a: Node, b: Node, shared: number): boolean =>
  shared > linkShareMin * Math.min(a.area, b.area);

function join(before: Node, after: Node, shared: number, sure: boolean): void {
  const link = { before, after, shared, sure };
  before.links.push(link);
  after.links.push(link);
}

function groupsOf(nodes: readonly Node[]): ObjectGroup[] {
  const groups: ObjectGroup[] = [];
  for (const members of components(nodes)) {
    if (isSimple(members)) {
      groups.push(toGroup(members));
      continue;
    }
    keepLinksInPlace(members, (link) => isBest(link, link.before) || isBest(link, link.after));
    for (const part of components(members)) {
      if (!isSimple(part)) {
        keepLinksInPlace(part, (link) => isBest(link, link.before) && isBest(link, link.after));
      }
      for (const piece of components(part)) groups.push(toGroup(piece));
    }
  }
  return groups;
}

function components(nodes: readonly Node[]): Node[][] {
  const seen = new Set<Node>();
  const found: Node[][] = [];
  for (const start of nodes) {
    if (seen.has(start)) continue;
    seen.add(start);
    const members = [start];
    for (let next = 0; next < members.length; next++) {
      const node = members[next] as Node;
      for (const link of node.links) {
        const other = link.before === node ? link.after : link.before;
        if (seen.has(other)) continue;
        seen.add(other);
        members.push(other);
      }
    }
    found.push(members);
  }
  return found;
}

/** At most one object on one of the sides. */
function isSimple(members: readonly Node[]): boolean {
  const olds = members.filter(({ side }) => side === "before").length;
  return olds < 2 || members.length - olds < 2;
}

function keepLinksInPlace(members: readonly Node[], keep: (link: Link) => boolean): void {
  const kept = new Set(members.flatMap(({ links }) => links).filter(keep));
  for (const node of members) node.links = node.links.filter((link) => kept.has(link));
}

function isBest(link: Link, node: Node): boolean {
  const otherOf = (one: Link): Node => (one.before === node ? one.after : one.before);
  return node.links.every((other) => {
    if (other === link) return true;
    if (other.sure !== link.sure) return link.sure;
    if (other.shared !== link.shared) return link.shared > other.shared;
    const [mine, its] = [otherOf(link), otherOf(other)];
    if (mine.area !== its.area) return mine.area < its.area;
    return comparePlaces(mine.object, its.object) < 0;
  });
}

function toGroup(members: readonly Node[]): ObjectGroup {
  const side = (name: Node["side"]): VersionObject[] =>
    members
      .filter((node) => node.side === name)
      .map(({ object }) => object)
      .sort(comparePlaces);
  return { before: side("before"), after: side("after") };
}
