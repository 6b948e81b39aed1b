/**
 * What changed between two sets of links in time: edges that came and went, divisions that are others.
 *
 * Objects are named by id; where ids changed between the versions, the pairs that `diffObjects` found translate them,
 * so renumbering a movie changes no link.
 */

export interface ObjectLink {
  /** Object in the earlier frame. */
  readonly from: string;
  readonly to: string;
  /** "division": `to` is a daughter of `from`. */
  readonly kind: "link" | "division";
}

export interface DivisionChange {
  /** Id of the parent in the version after, or before when it is gone. */
  readonly parent: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface LinkDiff {
  readonly identical: number;
  readonly added: readonly ObjectLink[];
  readonly removed: readonly ObjectLink[];
  /** Parents whose set of daughters differs; none on one side means the division appeared or vanished. */
  readonly divisions: readonly DivisionChange[];
}

/**
 * @param sameObject  id before -> id after of objects found again; others keep their id.
 * @returns lists sorted by id; links of divisions are told under `divisions` only. Cost: O(links log links).
 */
export function diffLinks(
  before: readonly ObjectLink[],
  after: readonly ObjectLink[],
  sameObject: ReadonlyMap<string, string>,
): LinkDiff {
  const translate = (id: string): string => sameObject.get(id) ?? id;
  const olds = before.map(({ from, to, kind }) => ({ from: translate(from), to: translate(to), kind }));
  const keyOf = ({ from, to }: ObjectLink): string => `${from} ${to}`;
  const plain = (links: readonly ObjectLink[]): Map<string, ObjectLink> =>
    new Map(links.filter(({ kind }) => kind === "link").map((link) => [keyOf(link), link]));
  const [was, is] = [plain(olds), plain(after)];
  const missing = (here: Map<string, ObjectLink>, there: Map<string, ObjectLink>): ObjectLink[] =>
    [...here]
      .filter(([key]) => !there.has(key))
      .map(([, link]) => link)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const divisions = divisionChanges(daughtersOf(olds), daughtersOf(after));
  const same = [...was.keys()].filter((key) => is.has(key)).length;
  return { identical: same, added: missing(is, was), removed: missing(was, is), divisions };
}

function daughtersOf(links: readonly ObjectLink[]): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const { from, to, kind } of links) {
    if (kind !== "division") continue;
    const list = parents.get(from);
    if (list === undefined) parents.set(from, [to]);
    else list.push(to);
  }
  for (const list of parents.values()) list.sort();
  return parents;
}

function divisionChanges(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): DivisionChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((parent) => {
    const [was, is] = [before.get(parent) ?? [], after.get(parent) ?? []];
    const same = was.length === is.length && was.every((id, i) => id === is[i]);
    return same ? [] : [{ parent, before: was, after: is }];
  });
}
