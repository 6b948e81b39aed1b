/** The import table is enforced: a forbidden import planted in a copy of the tree makes the lint step fail. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { arrows, checkArrows } from "../../scripts/arrows.ts";

const check = (file: string, text: string) =>
  checkArrows(new Map([[file, text]])).map((fault) => fault.message);

describe("the lint step", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "arrows-"));
    mkdirSync(join(folder, "core", "labels"), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const lint = () => spawnSync(process.execPath, ["scripts/lint-arrows.ts", folder], { encoding: "utf8" });

  test("passes on an allowed import and fails on a forbidden one, naming file and line", () => {
    writeFileSync(join(folder, "core", "labels", "good.ts"), 'import { a } from "../array/index.ts";\n');
    expect(lint().status).toBe(0);
    writeFileSync(
      join(folder, "core", "labels", "bad.ts"),
      '\nimport { openStore } from "#store/index.ts";\n',
    );
    const failed = lint();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("core/labels/bad.ts:2  core must not import store");
  });
});

describe("the table", () => {
  test("every arrow that is not in the table is refused", () => {
    for (const from of Object.keys(arrows)) {
      for (const to of Object.keys(arrows).filter((layer) => layer !== from)) {
        const faults = check(`${from}/x.ts`, `import { a } from "#${to}/index.ts";`);
        expect(faults.length === 0, `${from} -> ${to}: ${faults.join()}`).toBe(arrows[from]?.includes(to));
      }
    }
  });

  test("no arrow leads back: the table has no cycle", () => {
    const reach = (layer: string, seen: readonly string[]): boolean =>
      seen.includes(layer) || (arrows[layer] ?? []).some((next) => reach(next, [...seen, layer]));
    expect(Object.keys(arrows).filter((layer) => reach(layer, []))).toEqual([]);
  });
});

describe("further rules", () => {
  test("pure layers do not touch Node", () => {
    expect(check("core/a.ts", 'import fs from "node:fs";')).toEqual([
      "core is pure and must not import node:fs",
    ]);
    expect(check("store/a.ts", 'import fs from "node:fs";')).toEqual([]);
  });
  test("a relative path does not leave its layer", () => {
    expect(check("jobs/train/a.ts", 'import { a } from "../../store/a.ts";')).toHaveLength(1);
  });
  test("other layers see the surface only", () => {
    expect(check("jobs/a.ts", 'import { a } from "#core/labels/edt.ts";')).toHaveLength(1);
    expect(check("jobs/a.ts", 'import { a } from "#core/errors.ts";')).toEqual([]);
  });
  test("drawers and over-long files are refused", () => {
    expect(check("core/utils.ts", "")).toHaveLength(1);
    expect(check("core/a.ts", "\n".repeat(600))).toHaveLength(1);
  });
  test("dynamic imports and re-exports count", () => {
    expect(check("core/a.ts", 'const a = await import("#store/index.ts");')).toHaveLength(1);
    expect(check("core/a.ts", 'export { a } from "#store/index.ts";')).toHaveLength(1);
    expect(check("core/a.ts", 'export type {\n  A,\n} from "#store/index.ts";')).toHaveLength(1);
  });
});
