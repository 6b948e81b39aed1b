import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { assignGroupSplit, auditLeaks, type SplitGroup, type SplitRole, splitRoles } from "./index.ts";

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

describe("auditLeaks", () => {
  const item = (id: string, group: string, role: SplitRole, pixelHash: string) => ({
    id,
    group,
    role,
    pixelHash,
  });
  test("finds a group and pixels on two sides", () => {
    const items = [
      item("1", "A", "train", "h1"),
      item("2", "A", "test", "h2"),
      item("3", "B", "train", "h3"),
      item("4", "C", "validation", "h3"),
    ];
    expect(auditLeaks(items)).toEqual([
      { rule: "groupInTwoRoles", key: "A", roles: ["train", "test"], items: ["1", "2"] },
      { rule: "pixelsInTwoRoles", key: "h3", roles: ["train", "validation"], items: ["3", "4"] },
    ]);
  });
  test("twins within one role are no leak", () => {
    expect(auditLeaks([item("1", "A", "train", "h"), item("2", "B", "train", "h")])).toEqual([]);
  });
});
