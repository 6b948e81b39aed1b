// `npm test`: installs what the tests need, runs every suite, and ends with one line that counts them all.
// A suite that fails does not stop the others. `npm test -- unit types` runs only the named suites.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureWebBuilt } from "./build-web.mjs";
import { ensureChromium } from "./chromium.mjs";
import { findNode, root } from "./find-node.mjs";
import { ensureInstalled } from "./install.mjs";

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
const rows = [];

ensureInstalled(console.log);
const node = findNode();
if (node === undefined) throw new Error("No Node 24 for this machine came with the packages.");

const scratch = mkdtempSync(join(tmpdir(), "cellfoundry-test-"));
try {
  tool("types", "node_modules/typescript/bin/tsc", ["--noEmit", "-p", "tsconfig.json"]);
  tool("lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]);
  tool("arrows", "scripts/lint-arrows.ts", []);
  tool("unused", "node_modules/knip/bin/knip.js", []);
  vitest("unit");
  if (wanted("integration") || wanted("e2e")) attempt("web build", () => ensureWebBuilt(console.log));
  vitest("integration");
  if (wanted("e2e")) attempt("chromium", () => ensureChromium(console.log));
  vitest("e2e");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

console.log("\nsuite         passed  failed  skipped  seconds");
for (const row of rows) {
  const cells = [row.passed, row.failed, row.skipped, row.seconds.toFixed(0)];
  console.log(row.name.padEnd(12) + cells.map((cell, i) => String(cell).padStart([8, 8, 9, 9][i])).join(""));
}
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
const skipped = total("skipped");
console.log(
  `\n${total("passed")} passed, ${total("failed")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`,
);
process.exitCode = total("failed") === 0 && rows.length > 0 ? 0 : 1;

/** A tool that passes or fails as a whole counts as one. */
function tool(name, script, args) {
  if (!wanted(name)) return;
  attempt(name, () => {
    if (run(script, args) !== 0) throw new Error(`${name} found something; it is listed above.`);
  });
}

function attempt(name, work) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  let failed = 0;
  try {
    work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    failed = 1;
  }
  rows.push({ name, passed: 1 - failed, failed, skipped: 0, seconds: (Date.now() - started) / 1000 });
}

function vitest(project) {
  if (!wanted(project)) return;
  console.log(`\n== ${project}`);
  const started = Date.now();
  const report = join(scratch, `${project}.json`);
  const args = [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const code = run("node_modules/vitest/vitest.mjs", args);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) {
    const json = JSON.parse(readFileSync(report, "utf8"));
    counts.passed = json.numPassedTests;
    counts.failed = json.numFailedTests;
    counts.skipped = json.numPendingTests + (json.numTodoTests ?? 0);
  }
  // A file that could not even be loaded has no failed test of its own, but the run has failed all the same.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  rows.push({ name: project, ...counts, seconds: (Date.now() - started) / 1000 });
}

function run(script, args) {
  const path = [join(root, "node_modules", ".bin"), process.env.PATH].join(
    process.platform === "win32" ? ";" : ":",
  );
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PATH: path } };
  return spawnSync(node, [join(root, script), ...args], options).status ?? 1;
}
