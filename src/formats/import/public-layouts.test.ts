import { describe, expect, test } from "vitest";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { madeDatasets } from "#testing/datasets/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { groupKey, groupRules } from "./group-rules.ts";
import { groupLevels } from "./layout.ts";
import { detectLayout, layouts } from "./registry.ts";

/** The layouts of public sets: those with made-up files, and the one that is refused. */
const publicLayouts = layouts.filter(
  ({ format }) => Object.hasOwn(madeDatasets, format) || format === "spotnet",
);
const layoutOf = (format: string) => publicLayouts.find((layout) => layout.format === format)!;

describe.each(Object.keys(madeDatasets))("%s", (format) => {
  const made = madeDatasets[format]!(7);

  test("the made-up set is read exactly, with every file accounted for", async () => {
    const { plan, files } = await checkMadeDataset(layoutOf(format), made);
    expect(new Set(plan.items.map(({ name }) => name)).size).toBe(plan.items.length);
    // Items are plain data: they travel to another thread and survive a restart.
    expect(JSON.parse(JSON.stringify(plan.items))).toEqual(plan.items);
    for (const { path } of plan.ignored) expect(files.entries.map((entry) => entry.path)).toContain(path);
  });

  test("an import of its files finds it among all layouts", async () => {
    const { layout } = await detectLayout(memoryFiles("made", made.files));
    expect(layout.format).toBe(format);
  });

  test("no other layout of a public set takes it", async () => {
    const files = memoryFiles("made", made.files);
    const takers: string[] = [];
    for (const layout of publicLayouts) if ((await layout.plan(files)) !== null) takers.push(layout.format);
    expect(takers).toEqual([format]);
  });

  test("without ranges, from whole files only, it reads the same", async () => {
    const files = memoryFiles("made", made.files, { ranges: false });
    const plan = (await layoutOf(format).plan(files))!;
    const last = await layoutOf(format).open(files).read(plan.items.at(-1)!);
    expect(last.layers.map(({ objects }) => objects.length)).toEqual(
      made.images.at(-1)!.layers.map(({ objects }) => objects.length),
    );
  });

  test("the group follows the format's rule", async () => {
    const plan = (await layoutOf(format).plan(memoryFiles("made", made.files)))!;
    const rule = groupRules.find((one) => one.format === format)!;
    for (const { group } of plan.items) if (group !== null) expect(group.level).toBe(rule.level);
    if (rule.level === null) expect(plan.items.every(({ group }) => group === null)).toBe(true);
  });
});

describe("group rules", () => {
  test("every layout has one rule, with a level of the hierarchy or none", () => {
    const formats = publicLayouts.map(({ format }) => format).filter((format) => format !== "spotnet");
    expect(groupRules.map(({ format }) => format).sort()).toEqual([...formats, "dsb2018"].sort());
    for (const { level, facts } of groupRules) {
      if (level === null) expect(facts).toEqual([]);
      else expect(groupLevels).toContain(level);
    }
  });

  test("facts make the key; a missing one makes it unknown, never an image's own", () => {
    expect(groupKey("livecell", { cellLine: "A172", well: "B7" })).toEqual({ key: "A172 B7", level: "well" });
    expect(groupKey("livecell", { cellLine: "A172" })).toBeNull();
    expect(groupKey("livecell", { cellLine: "A172", well: " " })).toBeNull();
    expect(groupKey("pannuke", { fold: "1" })).toBeNull();
    expect(() => groupKey("other", {})).toThrow(/internal/);
  });
});

test("no layout takes plain images, and none fails on foreign files", async () => {
  const files = memoryFiles("mine", {
    "a.png": new Uint8Array([1, 2, 3]),
    "b.npz": new Uint8Array([1, 2, 3]),
    "c.zip": new Uint8Array([1, 2, 3]),
    "d.json": '{"images": 3}',
    "e.xml": "<a/>",
    "f.gz": new Uint8Array([0x1f, 0x8b, 8, 0]),
    "images.npy": new Uint8Array(10),
    "masks.npy": new Uint8Array(10),
    README: "text",
  });
  for (const layout of publicLayouts) expect(await layout.plan(files), layout.format).toBeNull();
});
