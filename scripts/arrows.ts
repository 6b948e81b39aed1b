/**
 * The arrows of the program: which layer may import which, and a pure check of sources against the table.
 *
 * The table is the one in docs/architecture.md. Imports across layers go through `#layer/…` and land on an
 * `index.ts` or on a file at the top of the layer, so that a layer's surface is visible from its folder list.
 */

/** Layer -> layers it may import. A layer may always import itself. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  platform: ["core"],
  core: [],
  formats: ["core"],
  nn: ["core"],
  api: ["core"],
  store: ["platform", "core", "formats"],
  jobs: ["platform", "core", "formats", "nn", "store"],
  server: ["platform", "core", "formats", "api", "store", "jobs"],
  cli: ["platform", "core", "formats", "api", "store", "jobs", "server"],
  web: ["core", "formats", "nn", "api"],
  testing: ["platform", "core", "formats", "nn", "api", "store", "jobs", "server"],
};

/** Layers that run in a browser as well: no Node built-ins. */
const pureLayers = ["core", "formats", "nn", "api"];

/** Files with a reason to leave the purity rule or to be imported across layers by name. */
const exceptions: readonly string[] = [
  "formats/fixtures/fixtures.ts", // reads test fixtures from disk; imported by tests only
  "nn/fixtures/engines.ts", // starts the process of one engine; imported by tests only
  "nn/engine/ort-node.ts", // the one place that loads the native runtime; named, so that the browser never bundles it
  "nn/engine/open-engine.ts", // chooses among the engines of Node, so it knows the native one
  "nn/engine/ort-web.ts", // the browser's runtime; named, so that only the worker that predicts bundles it
];

/** Names that say nothing about what is inside; a folder or file called so becomes a drawer. */
const drawerName = /^(utils?|helpers?|common|misc|managers?|services?)$/;

/** Longer files hold more than one idea. A waiver is a line `// length-waiver: reason` in the file. */
const linesMax = 500;

export interface ArrowFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\b[^"'`;]*?from\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g;

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/**
 * Checks sources against the table.
 *
 * @param sources  path below `src/` (with `/`) -> text
 * @returns faults in file order; empty means the arrows hold. Pure; linear in the text.
 */
export function checkArrows(sources: ReadonlyMap<string, string>): ArrowFault[] {
  const faults: ArrowFault[] = [];
  for (const [file, text] of sources) {
    faults.push(...nameFaults(file, text));
    const layer = file.split("/")[0] ?? "";
    const allowed = arrows[layer];
    if (allowed === undefined) {
      faults.push({
        file,
        line: 1,
        message: `"${layer}" is not a layer; the layers are ${Object.keys(arrows).join(", ")}`,
      });
      continue;
    }
    for (const match of text.matchAll(importPattern)) {
      const target = match[1] ?? match[2] ?? "";
      const message = importFault(file, layer, allowed, target);
      if (message !== undefined) faults.push({ file, line: lineOf(text, match.index), message });
    }
  }
  return faults;
}

function importFault(
  file: string,
  layer: string,
  allowed: readonly string[],
  target: string,
): string | undefined {
  if (target.startsWith("node:")) {
    const free = !pureLayers.includes(layer) || isTest(file) || exceptions.includes(file);
    return free ? undefined : `${layer} is pure and must not import ${target}`;
  }
  if (target.startsWith(".")) {
    const resolved = resolve(file, target);
    return resolved.startsWith(`${layer}/`)
      ? undefined
      : `import across layers by "#${resolved}", not by a relative path`;
  }
  if (!target.startsWith("#")) return undefined;
  const path = target.slice(1);
  const other = path.split("/")[0] ?? "";
  if (other === layer) return `inside ${layer} import by a relative path, not by "${target}"`;
  if (isTest(file) && other === "testing") return undefined;
  if (!allowed.includes(other))
    return `${layer} must not import ${other} (allowed: ${allowed.join(", ") || "nothing"})`;
  const surface = path.endsWith("/index.ts") || path.split("/").length === 2 || exceptions.includes(path);
  return surface || isTest(file)
    ? undefined
    : `import the surface of ${other} (an index.ts), not "${target}"`;
}

function nameFaults(file: string, text: string): ArrowFault[] {
  const faults: ArrowFault[] = [];
  const drawer = file.split("/").find((part) => drawerName.test(part.replace(/\.(test\.)?tsx?$/, "")));
  if (drawer !== undefined)
    faults.push({ file, line: 1, message: `"${drawer}" names a drawer, not an idea` });
  const lines = text.split("\n").length;
  if (lines > linesMax && !text.includes("// length-waiver: ")) {
    faults.push({ file, line: linesMax, message: `${lines} lines; at most ${linesMax}, split it by idea` });
  }
  return faults;
}

function resolve(file: string, target: string): string {
  const parts = file.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index + 1).split("\n").length;
}
