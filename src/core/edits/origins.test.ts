import { describe, expect, test } from "vitest";
import { rng } from "../rng.ts";
import { applyOriginsInPlace, type ObjectOrigin, OriginIndex } from "./origins.ts";

const frames = new Map(["a", "b", "c", "d", "e"].map((uid, t) => [uid, t]));
const facts = { frameOf: (uid: string) => frames.get(uid), lives: () => true };
const link = (uid: string): ObjectOrigin => ({ uid, kind: "link" });
const born = (uid: string): ObjectOrigin => ({ uid, kind: "division" });

describe("origins of objects", () => {
  test("a change is made when its before is true, and taken back by the change the other way round", () => {
    const index = new OriginIndex();
    applyOriginsInPlace(index, [{ uid: "c", before: null, after: link("a") }], facts);
    // b is put between a and c.
    const between = [
      { uid: "b", before: null, after: link("a") },
      { uid: "c", before: link("a"), after: link("b") },
    ];
    applyOriginsInPlace(index, between, facts);
    expect([index.originOf("b"), index.originOf("c")]).toEqual([link("a"), link("b")]);
    expect(index.childrenOf("a")).toEqual([["b", "link"]]);
    const back = between.map(({ uid, before, after }) => ({ uid, before: after, after: before }));
    applyOriginsInPlace(index, back, facts);
    expect([index.originOf("b"), index.originOf("c")]).toEqual([null, link("a")]);
  });

  test("refuses what is not so any more, what is not earlier, what nobody knows, and leaves all as it was", () => {
    const index = new OriginIndex();
    index.set("c", link("a"));
    const refused = (uid: string, before: ObjectOrigin | null, after: ObjectOrigin | null) => () =>
      applyOriginsInPlace(index, [{ uid, before, after }], facts);
    expect(refused("c", null, link("b"))).toThrow(/track was changed/);
    expect(refused("b", null, link("c"))).toThrow(/not in an earlier frame/);
    expect(refused("b", null, link("b"))).toThrow(/not in an earlier frame/);
    expect(refused("d", null, link("z"))).toThrow(/not known/);
    expect(refused("b", null, link("a"))).toThrow(/go on as two/);
    expect(index.originOf("b")).toBeNull();
    expect(index.childrenOf("a")).toEqual([["c", "link"]]);
  });

  test("two daughters are a division; a dead cell does not stand in the way of another", () => {
    const index = new OriginIndex();
    const both = ["b", "c"].map((uid) => ({ uid, before: null, after: born("a") }));
    applyOriginsInPlace(index, both, facts);
    expect(() => applyOriginsInPlace(index, [{ uid: "d", before: null, after: link("a") }], facts)).toThrow(
      /as two/,
    );
    const alone = { ...facts, lives: (uid: string) => uid !== "b" && uid !== "c" };
    applyOriginsInPlace(index, [{ uid: "d", before: null, after: link("a") }], alone);
    expect(index.originOf("d")).toEqual(link("a"));
  });

  test("law: whatever is asked, links stay earlier and single; all taken back is the beginning", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = rng(seed);
      const count = 12;
      const t = (uid: string): number => Math.floor(Number(uid) / 3);
      const all = { frameOf: t, lives: () => true };
      const index = new OriginIndex();
      const done: { uid: string; before: ObjectOrigin | null; after: ObjectOrigin | null }[] = [];
      for (let k = 0; k < 60; k++) {
        const uid = String(random.int(count));
        const from = String(random.int(count));
        const after = random.chance(0.2) ? null : random.chance(0.7) ? link(from) : born(from);
        const change = { uid, before: index.originOf(uid), after };
        try {
          applyOriginsInPlace(index, [change], all);
          done.push(change);
        } catch {
          // Refused; the state is checked below all the same.
        }
        for (let i = 0; i < count; i++) {
          const origin = index.originOf(String(i));
          if (origin !== null) expect(t(origin.uid)).toBeLessThan(t(String(i)));
          const children = index.childrenOf(String(i));
          if (children.some(([, kind]) => kind === "link")) expect(children).toHaveLength(1);
        }
      }
      expect(done.length).toBeGreaterThan(10);
      for (const { uid, before, after } of done.reverse()) {
        applyOriginsInPlace(index, [{ uid, before: after, after: before }], all);
      }
      for (let i = 0; i < count; i++) expect(index.originOf(String(i))).toBeNull();
    }
  });
});
