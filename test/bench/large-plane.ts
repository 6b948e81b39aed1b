/**
 * A slide of 40,000 by 40,000 pixels from the file to a saved stroke: time and memory of each step.
 *
 *   node test/bench/large-plane.ts [--side 40000] [--folder FOLDER]
 *
 * The file is a tiled BigTIFF of uint8 (Deflate) written by `test/large-tiff.ts`. Import is the command `cellfoundry import`;
 * memory is the peak of resident memory of each process of the command, as Linux counts it. Opening is wall time from the
 * address to the frame with pixels and labels, in Chromium with a picture drawn in software. Everything is removed at the end.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { ensureWebBuilt } from "../../scripts/build-web.mjs";
import { removeHome } from "../../src/store/testing/temporary-store.ts";
import { drag, editorReady } from "../e2e/editor-driver.ts";
import { openBrowser } from "../e2e/harness.ts";
import { allSaved, ask, viewAtRest } from "../e2e/page-ready.ts";
import { writeLargeTiff } from "../large-tiff.ts";
import { startServe } from "../serve-command.ts";
import { say } from "./label-edits.ts";

const { values } = parseArgs({
  options: { side: { type: "string", default: "40000" }, folder: { type: "string" } },
});
const side = Number(values.side);
const folder = mkdtempSync(join(values.folder ?? tmpdir(), "cf-bench-slide-"));
const [slide, home] = [join(folder, "slide.tif"), join(folder, "home")];
const main = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");
const tell = (line: string): void =>
  say(line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2));
const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Peaks of resident memory by what the process is, bytes. */
type Peaks = Map<string, number>;

/** Looks at a process and those it started, five times a second. @returns stops and tells the peaks. */
function watchMemory(root: number): () => Peaks {
  const peaks: Peaks = new Map();
  const look = (): void => {
    for (const pid of descendants(root)) {
      const kind = kindOf(pid);
      const peak = peakOf(pid);
      if (kind !== null && peak !== null) peaks.set(kind, Math.max(peaks.get(kind) ?? 0, peak));
    }
  };
  const timer = setInterval(look, 200);
  return () => {
    clearInterval(timer);
    return peaks;
  };
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(")") + 4).split(" ")[0]));
    } catch {
      // It has ended since the folder was listed.
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function kindOf(pid: number): string | null {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (command.includes("decoder/child")) return "decoder";
    if (command.includes("postgres")) return "database";
    if (command.includes("worker-process")) return "worker";
    return command.includes("main.ts") ? "command or server" : null;
  } catch {
    return null;
  }
}

function peakOf(pid: number): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

const told = (peaks: Peaks): string =>
  [...peaks].map(([kind, bytes]) => `${kind} ${(bytes / 2 ** 20).toFixed(0)} MiB`).join(", ");

async function importSlide(): Promise<void> {
  const began = performance.now();
  const args = [main, "import", slide, "--home", home, "--project", "Slides", "--mpp", "0.5", "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  const stop = watchMemory(child.pid ?? 0);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  tell(`import: ${seconds(began)}, exit ${code}; peak memory: ${told(stop())}`);
  if (code !== 0) throw new Error(out);
}

/** "Run the model here": a box of 512 x 512 amid the slide, from the request to the draft. */
async function modelOnPart(page: Page): Promise<void> {
  const { imageId } = await findSlide(page);
  const { layers } = await ask<{ layers: Listed[] }>(page, `/images/${imageId}`);
  const { models } = await ask<{ models: { name: string; versions: { id: string }[] }[] }>(page, "/models");
  const nuclei = models.find(({ name }) => name === "nuclei-fluorescence");
  const modelVersionId = nuclei?.versions[0]?.id ?? "";
  const middle = Math.floor(side / 2);
  const box = [middle, middle, middle + 512, middle + 512];
  for (const which of ["first, with the intensities of the slide counted", "again"]) {
    const began = performance.now();
    const found = await page.evaluate(
      async ({ layerId, body }) => {
        const answer = await fetch(`/api/layers/${layerId}/predict-part`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-cellfoundry": "1" },
          body: JSON.stringify(body),
        });
        let job = await answer.json();
        while (job.state === "waiting" || job.state === "running") {
          await new Promise((resolve) => setTimeout(resolve, 100));
          job = await (await fetch(`/api/jobs/${job.id}`)).json();
        }
        return `${job.state} ${job.error?.message ?? ""} ${job.result?.cells} cells`;
      },
      { layerId: layers[0]?.id, body: { modelVersionId, t: 0, z: 0, box } },
    );
    tell(`the model on a box of 512 x 512, ${which}: ${seconds(began)} (${found})`);
  }
}

interface Listed {
  readonly id: string;
  readonly name: string;
}

async function findSlide(page: Page): Promise<{ readonly projectId: string; readonly imageId: string }> {
  const { projects } = await ask<{ projects: Listed[] }>(page, "/projects");
  const projectId = projects.find(({ name }) => name === "Slides")?.id ?? "";
  const { items } = await ask<{ items: Listed[] }>(page, `/projects/${projectId}/images`);
  return { projectId, imageId: items[0]?.id ?? "" };
}

async function look(page: Page, origin: string): Promise<void> {
  const { projectId, imageId } = await findSlide(page);
  const address = `${origin}/p/${projectId}/i/${imageId}`;
  for (const which of ["first", "second"]) {
    const began = performance.now();
    await page.goto(address);
    await editorReady(page);
    tell(`${which} opening, first full picture: ${seconds(began)}`);
  }
  const place = { y: side - 900, x: side - 1100 };
  const began = performance.now();
  await page.goto(`${address}?y=${place.y}&x=${place.x}&z=0`);
  await editorReady(page);
  tell(`opening at full size in the far corner: ${seconds(began)}`);
  await viewAtRest(page);
  await page.keyboard.press("b");
  const strokes: number[] = [];
  for (let k = 0; k < 8; k++) {
    await drag(page, [
      { y: place.y - 200 + k * 40, x: place.x - 100 },
      { y: place.y - 190 + k * 40, x: place.x + 60 },
    ]);
    const lifted = performance.now();
    await allSaved(page);
    strokes.push(performance.now() - lifted);
  }
  strokes.sort((a, b) => a - b);
  tell(
    `a stroke, pen up to acknowledged: median ${strokes[4]?.toFixed(0)} ms, slowest ${strokes[7]?.toFixed(0)} ms`,
  );
}

async function chunkTimes(page: Page, origin: string): Promise<void> {
  const { imageId } = await findSlide(page);
  const times = await page.evaluate(
    async ({ root, last }) => {
      const found: number[] = [];
      for (let k = 0; k < 40; k++) {
        const from = performance.now();
        await (await fetch(`${root}/0/c/${(k * 17) % last}/${(k * 31) % last}`)).arrayBuffer();
        found.push(performance.now() - from);
      }
      return found.sort((a, b) => a - b);
    },
    { root: `${origin}/api/images/${imageId}/zarr`, last: Math.floor(side / 512) },
  );
  tell(
    `a chunk of 512 x 512 of the full size: median ${times[20]?.toFixed(0)} ms, p95 ${times[38]?.toFixed(0)} ms`,
  );
}

try {
  await ensureWebBuilt();
  const began = performance.now();
  const bytes = await writeLargeTiff(slide, { height: side, width: side, big: true });
  tell(`file: ${side} x ${side} uint8, ${gib(bytes)}, written in ${seconds(began)}`);
  await importSlide();
  const size = (path: string): number =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  tell(
    `stored: pixels ${gib(size(join(home, "blobs")))}, smaller levels ${gib(size(join(home, "derived")))}`,
  );
  const { child, signInUrl } = await startServe(home, ["--port", "0"]);
  const stop = watchMemory(child.pid ?? 0);
  const { browser, page } = await openBrowser();
  try {
    await page.goto(signInUrl);
    await page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
    const { origin } = new URL(signInUrl);
    await look(page, origin);
    await chunkTimes(page, origin);
    await modelOnPart(page);
    const heap = await page.evaluate(
      () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    );
    tell(`heap of the page: ${(heap / 2 ** 20).toFixed(0)} MiB; peak memory of the server: ${told(stop())}`);
  } finally {
    await browser.close();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
} finally {
  // The database of the folder stops a little after the last process that used it.
  await removeHome(home);
  rmSync(folder, { recursive: true, force: true });
}
