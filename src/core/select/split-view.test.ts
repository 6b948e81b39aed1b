/** Folds, leave-one-out and tranches of a frozen version: laws that must hold for any items. */

import { expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { type Rng, rng } from "../rng.ts";
import {
  formatSplitView,
  keepsFrozenTest,
  parseSplitView,
  rolesInView,
  type SplitRole,
  splitRoles,
  type ViewItem,
} from "./index.ts";

function someItems(random: Rng): ViewItem[] {
  const groups = Array.from({ length: 8 + random.int(12) }, (_, k) => ({
    group: `g${k}`,
    role: (k === 0 ? "train" : k === 1 ? "test" : random.pick(splitRoles)) as SplitRole,
    platform: random.pick(["codex", "mibi", "vectra"]),
  }));
  return Array.from({ length: 60 + random.int(60) }, (_, i) => {
    const { group, role, platform } = random.pick(groups);
    return { id: `i${i}`, group, role, weight: 1 + random.int(30), strata: { platform } };
  });
}

test("law: k folds validate every image that is not for test exactly once, whole groups at a time", () =>
  forSeeds(40, (random, seed) => {
    const items = someItems(random);
    const folds = 2 + random.int(4);
    const times = items.map(() => 0);
    for (let fold = 1; fold <= folds; fold++) {
      const roles = rolesInView(items, { kind: "fold", folds, fold }, seed);
      const byGroup = new Map<string, SplitRole | null>();
      roles.forEach((role, i) => {
        const { group } = items[i] as ViewItem;
        expect(byGroup.get(group) ?? role).toBe(role);
        byGroup.set(group, role);
        expect(role === "test").toBe(items[i]?.role === "test");
        if (role === "validation") times[i] = (times[i] as number) + 1;
      });
    }
    expect(times).toEqual(items.map(({ role }) => (role === "test" ? 0 : 1)));
  }));

test("law: nothing of the left-out value trains, nothing of the frozen test trains", () =>
  forSeeds(40, (random, seed) => {
    const items = someItems(random);
    const roles = rolesInView(items, { kind: "leaveOut", field: "platform", value: "codex" }, seed);
    const heldOut = new Set(
      items.filter(({ strata }) => strata["platform"] === "codex").map(({ group }) => group),
    );
    roles.forEach((role, i) => {
      const item = items[i] as ViewItem;
      if (heldOut.has(item.group)) expect(role).toBe("test");
      else expect(role).toBe(item.role === "test" ? null : item.role);
    });
  }));

test("with-test: test groups train, validation stays, and only such views change what is tested", () => {
  const items = someItems(rng(3));
  expect(rolesInView(items, parseSplitView("with-test"), 1)).toEqual(
    items.map(({ role }) => (role === "validation" ? "validation" : "train")),
  );
  const views = ["whole", "fold:1/5", "tranche:25", "with-test", "leave-out:platform=codex"];
  expect(views.map((text) => keepsFrozenTest(parseSplitView(text)))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(views.map((text) => formatSplitView(parseSplitView(text)))).toEqual(views);
});

test("law: tranches are nested, 100 % is everything, the other roles stay; order of items does not matter", () =>
  forSeeds(40, (random, seed) => {
    const items = someItems(random);
    for (const by of ["group", "image"] as const) {
      let before = new Set<string>();
      for (const percent of [5, 10, 25, 50, 75, 100]) {
        const roles = rolesInView(items, { kind: "tranche", percent, by }, seed);
        const kept = new Set(items.filter((_, i) => roles[i] === "train").map(({ id }) => id));
        for (const id of before) expect(kept.has(id)).toBe(true);
        const shuffled = random.shuffle(items);
        const again = rolesInView(shuffled, { kind: "tranche", percent, by }, seed);
        expect(new Set(shuffled.filter((_, i) => again[i] === "train").map(({ id }) => id))).toEqual(kept);
        before = kept;
        const total = items.filter(({ role }) => role === "train").length;
        if (by === "image") expect(kept.size).toBe(Math.max(1, Math.ceil((total * percent) / 100)));
        if (percent === 100) expect(kept.size).toBe(total);
        roles.forEach((role, i) => {
          if (items[i]?.role !== "train") expect(role).toBe(items[i]?.role);
        });
      }
    }
  }));

test.each(["whole", "fold:2/5", "leave-out:platform=CODEX", "tranche:25", "tranche:12.5:image"])(
  "%s comes back",
  (text) => {
    expect(formatSplitView(parseSplitView(text))).toBe(text);
  },
);

test.each(["fold:0/5", "fold:6/5", "fold:1/1", "tranche:0", "tranche:101", "leave-out:=x", "half"])(
  "%s is refused",
  (text) => {
    expect(() => parseSplitView(text)).toThrowError(expect.objectContaining({ code: "request.invalid" }));
  },
);
