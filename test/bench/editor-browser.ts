/**
 * The editor in a real Chromium on a large image: script time of brush moves, splits and merges, opening, memory.
 *
 *   node test/bench/editor-browser.ts [--sides 512,4096] [--labels 20000] [--many 70000,100000] [--strokes 12] [--profile FOLDER]
 *
 * Images are made: four channels of uint16, round cells on a shaken grid of one density for all sides. What is measured of
 * a move is what the main thread computes (`tdur` of the trace, processor time) in the event and in the animation frame
 * after it: the picture itself is drawn in software here, in another process, and says nothing about a graphics card.
 * Opening is wall time: from the click on the image in the grid to the frame in which pixels and labels are all there.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, CDPSession, Page } from "playwright-core";
import { ensureWebBuilt } from "../../scripts/build-web.mjs";
import { imageArray, type LabelImage, labelImage } from "../../src/core/array/index.ts";
import { rng } from "../../src/core/rng.ts";
import { type Agent, createProject, insertImage, type Store } from "../../src/store/index.ts";
import { cellCount, click, editorReady, onScreen, type Point } from "../e2e/editor-driver.ts";
import { openFilledSite } from "../e2e/harness.ts";
import { say } from "./label-edits.ts";

const { values } = parseArgs({
  options: {
    sides: { type: "string", default: "512,4096" },
    labels: { type: "string", default: "20000" },
    many: { type: "string", default: "70000,100000" },
    strokes: { type: "string", default: "12" },
    /** A folder for the raw trace of the brush and a processor profile of opening. */
    profile: { type: "string" },
  },
});
const numbers = (list: string): number[] => (list === "" ? [] : list.split(",").map(Number));
const largeSide = 4096;
const strokeCount = Number(values.strokes);

interface Scene {
  readonly name: string;
  readonly side: number;
  readonly labels: LabelImage;
  readonly count: number;
}

/** Round cells on a shaken grid: as many as asked for, apart from each other. */
function makeScene(name: string, side: number, wanted: number): Scene {
  const columns = Math.ceil(Math.sqrt(wanted));
  const pitch = side / columns;
  const random = rng(wanted, name);
  const labels = labelImage(side, side);
  let count = 0;
  for (let k = 0; k < columns * columns && count < wanted; k++) {
    const cy = (Math.floor(k / columns) + 0.5 + 0.1 * (random.next() - 0.5)) * pitch;
    const cx = ((k % columns) + 0.5 + 0.1 * (random.next() - 0.5)) * pitch;
    const radius = pitch * (0.28 + 0.1 * random.next());
    count++;
    for (let y = Math.ceil(cy - radius); y <= cy + radius; y++) {
      const reach = Math.sqrt(radius * radius - (y - cy) ** 2);
      labels.data.fill(count, y * side + Math.ceil(cx - reach), y * side + Math.floor(cx + reach) + 1);
    }
  }
  return { name, side, labels, count };
}

async function insertScene(store: Store, owner: Agent, projectId: string, scene: Scene): Promise<string> {
  const { side, labels } = scene;
  const data = new Uint16Array(4 * side * side);
  let noise = 1;
  for (let i = 0; i < data.length; i++) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
    const inside = labels.data[i % (side * side)] !== 0;
    data[i] = (inside ? 6_000 : 900) + (noise >>> 22);
  }
  const inserted = await insertImage(store, owner, {
    projectId,
    name: scene.name,
    image: imageArray("uint16", "cyx", [4, side, side], data),
    labels,
    mpp: { y: 0.325, x: 0.325 },
    source: { title: "bench", licence: "CC0-1.0" },
  });
  if (inserted.state !== "inserted") throw new Error("the image is there already");
  return inserted.imageId;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<TraceEvent[]> {
  const categories = ["devtools.timeline", "toplevel"];
  await browser.startTracing(page, { categories });
  await work();
  const buffer = await browser.stopTracing();
  if (values.profile !== undefined) writeFileSync(join(values.profile, `trace-${Date.now()}.json`), buffer);
  return (JSON.parse(buffer.toString("utf8")) as { traceEvents: TraceEvent[] }).traceEvents;
}

const scriptMs = (event: TraceEvent): number => (event.tdur ?? event.dur ?? 0) / 1000;
const ofType = (events: readonly TraceEvent[], ...types: string[]): TraceEvent[] =>
  events.filter(
    ({ name, ph, args }) => name === "EventDispatch" && ph === "X" && types.includes(args?.data?.type ?? ""),
  );

function quantile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Zooms to full resolution and gives a place in view that lies on a cell. */
async function zoomIn(page: Page, scene: Scene): Promise<void> {
  const box = await page.getByTestId("surface").boundingBox();
  if (box === null) throw new Error("no surface");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let turn = 0; turn < 40; turn++) {
    const { zoom } = await viewOf(page);
    if (zoom >= 0) break;
    await page.mouse.wheel(0, -120);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(scene.side > 2048 ? 3000 : 1000);
}

/** Waits until the server has every edit. */
const saved = (page: Page): Promise<unknown> =>
  page
    .locator('[data-testid="editor"][data-waiting="0"][data-saved-state="saved"]')
    .waitFor({ timeout: 120_000, state: "attached" });

const viewOf = async (page: Page): Promise<{ zoom: number; target: [number, number] }> =>
  JSON.parse((await page.getByTestId("editor").getAttribute("data-view")) ?? "null");

/** Middles of cells in view, far enough from its rim and panels. */
async function cellsInView(page: Page, scene: Scene, count: number): Promise<Point[]> {
  const { target } = await viewOf(page);
  const found = new Map<number, { y: number; x: number; n: number }>();
  const reach = Math.min(180, scene.side / 2 - 40);
  for (let y = Math.round(target[1] - reach); y < target[1] + reach; y++) {
    for (let x = Math.round(target[0] - reach); x < target[0] + reach; x++) {
      const label = scene.labels.data[y * scene.side + x] ?? 0;
      if (label === 0) continue;
      const sum = found.get(label) ?? { y: 0, x: 0, n: 0 };
      found.set(label, { y: sum.y + y, x: sum.x + x, n: sum.n + 1 });
    }
  }
  const cells = [...found.values()].filter(({ n }) => n > 40).map(({ y, x, n }) => ({ y: y / n, x: x / n }));
  return cells.filter((_, k) => k % Math.max(1, Math.floor(cells.length / count)) === 0).slice(0, count);
}

interface Moves {
  readonly p95: number;
  readonly framesP95: number;
  readonly count: number;
}

async function brush(browser: Browser, page: Page, scene: Scene): Promise<Moves> {
  const starts = await cellsInView(page, scene, strokeCount);
  await page.keyboard.press("b");
  const events = await traced(browser, page, async () => {
    for (const [k, start] of starts.entries()) {
      const at = await onScreen(page, start);
      await page.mouse.move(at.x, at.y);
      await page.mouse.down();
      for (let step = 1; step <= 25; step++) {
        const angle = k + step / 4;
        await page.mouse.move(at.x + 30 * Math.sin(angle) + step, at.y + 20 * Math.cos(angle));
      }
      await page.mouse.up();
    }
  });
  const moves = ofType(events, "pointermove").map(scriptMs);
  const frames = events.filter(({ name, ph }) => name === "FireAnimationFrame" && ph === "X").map(scriptMs);
  const ups = ofType(events, "pointerup").map(scriptMs);
  say(
    `${scene.name}: brush move, script`,
    `median ${quantile(moves, 0.5).toFixed(2)} ms, p95 ${quantile(moves, 0.95).toFixed(2)} ms, max ${Math.max(...moves).toFixed(1)} ms of ${moves.length}`,
  );
  say(
    `${scene.name}: animation frame after it, script`,
    `median ${quantile(frames, 0.5).toFixed(2)} ms, p95 ${quantile(frames, 0.95).toFixed(2)} ms`,
  );
  say(
    `${scene.name}: end of the stroke, script`,
    `median ${quantile(ups, 0.5).toFixed(2)} ms, max ${Math.max(...ups).toFixed(1)} ms`,
  );
  await saved(page);
  return { p95: quantile(moves, 0.95), framesP95: quantile(frames, 0.95), count: moves.length };
}

async function splitAndMerge(
  browser: Browser,
  page: Page,
  scene: Scene,
): Promise<{ split: number; merge: number }> {
  const cells = (await cellsInView(page, scene, 2 * strokeCount)).slice(0, strokeCount);
  const before = await cellCount(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  const splitEvents = await traced(browser, page, async () => {
    for (const cell of cells) {
      const [a, b] = [
        await onScreen(page, { y: cell.y - 14, x: cell.x }),
        await onScreen(page, { y: cell.y + 14, x: cell.x }),
      ];
      await page.mouse.move(a.x, a.y);
      await page.mouse.down();
      await page.mouse.move(b.x, b.y, { steps: 3 });
      await page.mouse.up();
    }
  });
  const splits = (await cellCount(page)) - before;
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  const mergeEvents = await traced(browser, page, async () => {
    for (const cell of cells) {
      await click(page, { y: cell.y, x: cell.x - 3 });
      await click(page, { y: cell.y, x: cell.x + 3 });
      await page.keyboard.press("v");
      await page.keyboard.press("Escape");
      await page.keyboard.press("m");
    }
  });
  const merges = before + splits - (await cellCount(page));
  const split = Math.max(...ofType(splitEvents, "pointerup").map(scriptMs));
  const merge = Math.max(...ofType(mergeEvents, "pointerup").map(scriptMs));
  say(`${scene.name}: split, script`, `max ${split.toFixed(1)} ms of ${splits}`);
  say(`${scene.name}: merge, script`, `max ${merge.toFixed(1)} ms of ${merges}`);
  await saved(page);
  if (splits < cells.length / 2 || merges < splits / 2) verdict("splits and merges were made", false);
  return { split, merge };
}

interface Opening {
  /** Milliseconds from the click in the grid to the full picture, by the page's own clock. */
  readonly wall: number;
  /** Of those, what the page's main thread computed: what a busy machine changes least. */
  readonly processor: number;
}

/** Milliseconds the main thread of the page has computed so far. */
async function mainThreadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

async function open(page: Page, session: CDPSession, scene: Scene, projectUrl: string): Promise<Opening> {
  await page.goto(projectUrl);
  const link = page.locator('a[href*="/i/"]').filter({ hasText: scene.name }).first();
  await link.waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1500);
  await page.evaluate(() => {
    const marks = window as unknown as { openedAt?: number; fullAt?: number };
    marks.fullAt = undefined as never;
    document.addEventListener("click", () => (marks.openedAt = performance.now()), {
      once: true,
      capture: true,
    });
    const look = (): void => {
      const surface = document.querySelector(
        '[data-testid="surface"][data-pixels="ready"][data-labels="ready"]',
      );
      if (surface !== null) marks.fullAt = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const before = await mainThreadMs(session);
  await link.click();
  await page.waitForFunction(() => (window as unknown as { fullAt?: number }).fullAt !== undefined, null, {
    timeout: 120_000,
  });
  const processor = (await mainThreadMs(session)) - before;
  const wall = await page.evaluate(() => {
    const marks = window as unknown as { openedAt: number; fullAt: number };
    return marks.fullAt - marks.openedAt;
  });
  return { wall, processor };
}

interface Memory {
  readonly scriptMb: number;
  readonly processMb: number;
}

/** What scripts hold (objects and buffers, after a collection), and all of the page's process. */
async function memory(browser: Browser, session: CDPSession): Promise<Memory> {
  await session.send("HeapProfiler.collectGarbage");
  const heap = (await session.send("Runtime.getHeapUsage")) as unknown as Record<string, number>;
  const top = await browser.newBrowserCDPSession();
  const { processInfo } = await top.send("SystemInfo.getProcessInfo");
  await top.detach();
  const resident = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      try {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024;
      } catch {
        return 0;
      }
    });
  const scriptMb = ((heap["usedSize"] ?? 0) + (heap["backingStorageSize"] ?? 0)) / 2 ** 20;
  return { scriptMb, processMb: Math.max(0, ...resident) };
}

function verdict(what: string, holds: boolean): void {
  say(what, holds ? "yes" : "NO");
  if (!holds) process.exitCode = 1;
}

async function withProfile<T>(session: CDPSession, name: string, work: () => Promise<T>): Promise<T> {
  if (values.profile === undefined) return work();
  await session.send("Profiler.enable");
  await session.send("Profiler.start");
  const result = await work();
  const { profile } = await session.send("Profiler.stop");
  writeFileSync(join(values.profile, `${name}.cpuprofile`), JSON.stringify(profile));
  return result;
}

async function main(): Promise<void> {
  ensureWebBuilt();
  const density = Number(values.labels) / largeSide ** 2;
  const scenes = [
    ...numbers(values.sides).map((side) =>
      makeScene(`side-${side}`, side, Math.round(density * side * side)),
    ),
    ...numbers(values.many).map((count) => makeScene(`labels-${count}`, largeSide, count)),
  ];
  say("machine", `${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  const site = await openFilledSite(async (store, owner) => {
    const project = await createProject(store, owner, "Bench");
    for (const scene of scenes) await insertScene(store, owner, project.id, scene);
    return project.id;
  });
  try {
    const { page, context, origin } = site;
    const browser = context.browser() as Browser;
    const projectUrl = `${origin}/p/${site.filled}`;
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const moves = new Map<number, Moves>();
    for (const scene of scenes) {
      const first = await open(page, session, scene, projectUrl);
      await editorReady(page);
      const warm: Opening[] = [];
      for (let k = 0; k < 2; k++)
        warm.push(
          await withProfile(session, `open-${scene.name}-${k}`, () => open(page, session, scene, projectUrl)),
        );
      say(
        `${scene.name}: opening, ${await cellCount(page)} cells`,
        `first ${first.wall.toFixed(0)} ms, then ${warm.map(({ wall }) => wall.toFixed(0)).join(", ")} ms, of which the main thread ${warm.map(({ processor }) => processor.toFixed(0)).join(", ")} ms (load ${loadavg()[0]?.toFixed(1)})`,
      );
      verdict(`${scene.name}: all cells are there`, (await cellCount(page)) === scene.count);
      await zoomIn(page, scene);
      const made = await withProfile(session, `brush-${scene.name}`, () => brush(browser, page, scene));
      const { split, merge } = await splitAndMerge(browser, page, scene);
      const used = await memory(browser, session);
      say(
        `${scene.name}: memory`,
        `scripts ${used.scriptMb.toFixed(0)} MB, the page's process ${used.processMb.toFixed(0)} MB`,
      );
      verdict(`${scene.name}: brush move within 8 ms (p95)`, made.p95 <= 8);
      verdict(`${scene.name}: split and merge within 30 ms`, Math.max(split, merge) < 30);
      if (scene.name === `side-${largeSide}`)
        verdict(`${scene.name}: opens within 1.5 s`, Math.min(...warm.map(({ wall }) => wall)) < 1500);
      verdict(`${scene.name}: memory below 800 MB`, used.processMb < 800);
      if (scene.name.startsWith("side-")) moves.set(scene.side, made);
    }
    const [small, large] = [moves.get(512), moves.get(largeSide)];
    if (small !== undefined && large !== undefined) {
      const ratio = large.p95 / small.p95;
      say("brush move, 4,096² to 512²", ratio.toFixed(2));
      verdict("ratio at most 1.5", ratio <= 1.5);
    }
    verdict("the page threw nothing", site.problems.length === 0);
  } finally {
    await site.stop();
  }
}

await main();
