import { describe, expect, test } from "vitest";
import { applyOriginsInPlace, type ObjectChange, type ObjectOrigin, OriginIndex } from "../edits/index.ts";
import { type ObjectShape, objectShapeFromMask } from "../labels/index.ts";
import { keepTracks } from "./keep-tracks.ts";

/** A box of 10 x `width` pixels from column x. */
function box(t: number, x: number, width = 10): ObjectShape {
  const data = new Uint8Array(10 * width).fill(1);
  return objectShapeFromMask({ dtype: "uint8", height: 10, width, data }, { t, z: 0, y: 20, x })!;
}
const link = (uid: string): ObjectOrigin => ({ uid, kind: "link" });

function movie(
  shapes: Readonly<Record<string, ObjectShape>>,
  origins: Readonly<Record<string, ObjectOrigin>>,
) {
  const index = new OriginIndex();
  for (const [uid, origin] of Object.entries(origins)) index.set(uid, origin);
  const shapesAt = ({ t }: { readonly t: number }): Map<string, ObjectShape> =>
    new Map(Object.entries(shapes).filter(([, shape]) => shape.t === t));
  const keep = (changes: readonly ObjectChange[]): Record<string, string | null> => {
    const found = keepTracks(changes, { origins: index, lives: (uid) => uid in shapes, shapesAt });
    const after = new Map(changes.map((change) => [change.uid, change.after]));
    // What is proposed keeps the laws.
    applyOriginsInPlace(index, found, {
      frameOf: (uid) => after.get(uid)?.t ?? shapes[uid]?.t,
      lives: (uid) => (after.has(uid) ? after.get(uid) !== null : uid in shapes),
    });
    return Object.fromEntries(found.map((change) => [change.uid, change.after?.uid ?? null]));
  };
  return { keep };
}

describe("edits of masks keep tracks", () => {
  const before = { p0: box(0, 0), q0: box(0, 12), p2: box(2, 0), q2: box(2, 12) };

  test("a merged mask that is split: each half goes on from the cell behind it, and as the one before it", () => {
    const { keep } = movie({ ...before, m1: box(1, 0, 22) }, { m1: link("p0"), p2: link("m1") });
    expect(
      keep([
        { uid: "m1", before: box(1, 0, 22), after: box(1, 0, 11) },
        { uid: "n1", before: null, after: box(1, 11, 11) },
      ]),
    ).toEqual({ n1: "q0", q2: "n1" });
  });

  test("the half that keeps its id may be the other cell: links change hands", () => {
    const { keep } = movie({ ...before, m1: box(1, 0, 22) }, { m1: link("p0"), p2: link("m1") });
    expect(
      keep([
        { uid: "m1", before: box(1, 0, 22), after: box(1, 11, 11) },
        { uid: "n1", before: null, after: box(1, 0, 11) },
      ]),
    ).toEqual({ m1: "q0", n1: "p0", p2: "n1", q2: "m1" });
  });

  test("a cell drawn into the hole of a track closes it; far from every end it is a cell of its own", () => {
    const { keep } = movie(before, { p2: link("p0") });
    expect(keep([{ uid: "n1", before: null, after: box(1, 12) }])).toEqual({ n1: "q0", q2: "n1" });
    const far = movie(before, {});
    expect(far.keep([{ uid: "n1", before: null, after: box(1, 50) }])).toEqual({});
  });

  test("two masks merged: what the swallowed one was linked to is not lost", () => {
    const { keep } = movie(
      { ...before, a1: box(1, 0, 5), b1: box(1, 5, 5) },
      { b1: link("p0"), p2: link("b1") },
    );
    expect(
      keep([
        { uid: "a1", before: box(1, 0, 5), after: box(1, 0, 10) },
        { uid: "b1", before: box(1, 5, 5), after: null },
      ]),
    ).toEqual({ a1: "p0", p2: "a1" });
  });

  test("daughters are not torn from their parent, and edits of several planes say for themselves", () => {
    const born: ObjectOrigin = { uid: "m1", kind: "division" };
    const { keep } = movie({ ...before, m1: box(1, 0, 22) }, { m1: link("p0"), p2: born, q2: born });
    expect(
      keep([
        { uid: "m1", before: box(1, 0, 22), after: box(1, 0, 11) },
        { uid: "n1", before: null, after: box(1, 11, 11) },
      ]),
    ).toEqual({ n1: "q0" });
    expect(
      keep([
        { uid: "x", before: null, after: box(1, 40) },
        { uid: "y", before: null, after: box(2, 40) },
      ]),
    ).toEqual({});
  });
});
