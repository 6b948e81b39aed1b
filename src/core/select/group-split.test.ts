import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { assignGroupSplit, type SplitGroup, type SplitRole, splitRoles } from "./index.ts";

const shareOf = (
  groups: readonly SplitGroup[],
  roles: ReadonlyMap<string, SplitRole>,
  role: SplitRole,
): number => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return (
    groups.filter(({ key }) => roles.get(key) === role).reduce((sum, { weight }) => sum + weight, 0) / total
  );
};

describe("assignGroupSplit", () => {
  test("law: order-independent, sticky, complete; every role filled from three groups on; shares near their targets", () =>
    forSeeds(200, (random, seed) => {
      const groups = Array.from({ length: 1 + random.int(60) }, (_, k) => ({
        key: `g${k}`,
        weight: 1 + random.int(10),
      }));
      const roles = assignGroupSplit(groups, { seed });
      expect([...roles.keys()].sort()).toEqual(groups.map(({ key }) => key).sort());
      expect(new Map([...assignGroupSplit(random.shuffle(groups), { seed })].sort())).toEqual(
        new Map([...roles].sort()),
      );
      if (groups.length >= 3) for (const role of splitRoles) expect([...roles.values()]).toContain(role);
      // Largest deficit first: no role is off by more than one group.
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      const targets = { train: 0.7, validation: 0.15, test: 0.15 };
      for (const role of splitRoles) {
        const off = Math.abs(shareOf(groups, roles, role) - targets[role]) * total;
        if (groups.length >= 20) expect(off).toBeLessThanOrEqual(10);
      }
      // New groups arrive: those with a role keep it.
      const more = [...groups, ...Array.from({ length: 5 }, (_, k) => ({ key: `new${k}`, weight: 3 }))];
      const later = assignGroupSplit(more, { seed: seed + 1, fixed: roles });
      for (const [key, role] of roles) expect(later.get(key)).toBe(role);
      expect(later.size).toBe(more.length);
    }));

  test("equal weights: 70, 15, 15 of a hundred", () => {
    const groups = Array.from({ length: 100 }, (_, k) => ({ key: `g${k}`, weight: 1 }));
    const counts = { train: 0, validation: 0, test: 0 };
    for (const role of assignGroupSplit(groups, { seed: 7 }).values()) counts[role]++;
    expect(counts).toEqual({ train: 70, validation: 15, test: 15 });
  });

  test("another seed gives another split", () => {
    const groups = Array.from({ length: 30 }, (_, k) => ({ key: `g${k}`, weight: 1 }));
    const [one, two] = [assignGroupSplit(groups, { seed: 1 }), assignGroupSplit(groups, { seed: 2 })];
    expect([...one.values()].join()).not.toBe([...two.values()].join());
  });

  test("a share of 0 gives a role nothing", () => {
    const groups = Array.from({ length: 10 }, (_, k) => ({ key: `g${k}`, weight: 1 }));
    expect([...assignGroupSplit(groups, { seed: 1, validation: 0 }).values()]).not.toContain("validation");
  });

  test("one giant group trains; the rest fill the other roles", () => {
    const groups = [
      { key: "giant", weight: 1000 },
      { key: "a", weight: 1 },
      { key: "b", weight: 1 },
    ];
    const roles = assignGroupSplit(groups, { seed: 3 });
    expect(roles.get("giant")).toBe("train");
    expect([...roles.values()].sort()).toEqual(["test", "train", "validation"]);
  });

  test("wrong input is a programmer's mistake", () => {
    expect(() => assignGroupSplit([{ key: "a", weight: 0 }], { seed: 1 })).toThrow(/internal: weights/);
    expect(() =>
      assignGroupSplit(
        [
          { key: "a", weight: 1 },
          { key: "a", weight: 1 },
        ],
        { seed: 1 },
      ),
    ).toThrow(/twice/);
    expect(() => assignGroupSplit([], { seed: 1, test: 1 })).toThrow(/shares/);
  });
});

describe("strata", () => {
  /** Share of a stratum's weight that a role holds. */
  const held = (
    groups: readonly SplitGroup[],
    roles: ReadonlyMap<string, SplitRole>,
    stratum: string,
    role: SplitRole,
  ): number => {
    const all = groups.reduce((sum, { strata }) => sum + (strata?.[stratum] ?? 0), 0);
    const mine = groups.filter(({ key }) => roles.get(key) === role);
    return mine.reduce((sum, { strata }) => sum + (strata?.[stratum] ?? 0), 0) / all;
  };

  test("each stratum keeps the shares, also a rare one that chance would often leave out of test", () => {
    const groups = Array.from({ length: 120 }, (_, k) => {
      const organ = k < 8 ? "thymus" : k % 2 === 0 ? "lung" : "liver";
      return { key: `g${k}`, weight: 4, strata: { [`organ=${organ}`]: 4 } };
    });
    for (let seed = 0; seed < 20; seed++) {
      const roles = assignGroupSplit(groups, { seed });
      expect(held(groups, roles, "organ=thymus", "test")).toBeCloseTo(1 / 8, 5);
      for (const organ of ["organ=lung", "organ=liver"]) {
        expect(Math.abs(held(groups, roles, organ, "test") - 0.15)).toBeLessThan(0.03);
        expect(Math.abs(held(groups, roles, organ, "train") - 0.7)).toBeLessThan(0.04);
      }
    }
  });

  test("law: complete, order-independent and sticky with strata too", () =>
    forSeeds(60, (random, seed) => {
      const groups = Array.from({ length: 3 + random.int(40) }, (_, k) => ({
        key: `g${k}`,
        weight: 1 + random.int(9),
        strata: { [`organ=${random.int(3)}`]: 1, [`platform=${random.int(4)}`]: 1 + random.int(3) },
      }));
      const roles = assignGroupSplit(groups, { seed });
      expect(new Map([...assignGroupSplit(random.shuffle(groups), { seed })].sort())).toEqual(
        new Map([...roles].sort()),
      );
      for (const role of splitRoles) expect([...roles.values()]).toContain(role);
      const later = assignGroupSplit([...groups, { key: "new", weight: 2, strata: {} }], {
        seed: 1,
        fixed: roles,
      });
      for (const [key, role] of roles) expect(later.get(key)).toBe(role);
    }));
});
