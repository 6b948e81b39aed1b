/**
 * Editing together and through failures, in real browsers against the real server. Each part says what held; the process
 * ends with 1 when something did not.
 *
 *   node test/bench/editor-live.ts [--parts together,tab,server,offline] [--edits 500] [--kills 50] [--restarts 5]
 *                                  [--offline-s 600] [--seed 1]
 *
 * together  two browsers, each its edits at once, many on the same cells: both screens and the server end with one digest,
 *           and every edit that met another is set aside with its reason and can be decided.
 * tab       the tab is killed during strokes, in turn with and without a connection: what was drawn more than 500 ms before
 *           is there after the page was opened again.
 * server    the server is killed and started anew while strokes go on: none lost, none twice.
 * offline   the same without a network; `--offline-s` shortens it.
 *
 * The page must be built (`npm run build`).
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { rng } from "#core/rng.ts";
import { agentOf, ensureLab, ensureOwner, openStore } from "#store/index.ts";
import { ask, type WireObject } from "../e2e/editor-driver.ts";
import { openBrowser } from "../e2e/harness.ts";
import * as people from "../e2e/people-driver.ts";
import { type RunningServe, startServe } from "../serve-command.ts";
import { say } from "./label-edits.ts";

const text = (name: string, other: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? other : (process.argv[at + 1] ?? other);
};
const option = (name: string, other: number): number => Number(text(name, String(other)));
const parts = text("parts", "together,tab,server,offline").split(",");
const random = rng(option("seed", 1), "live");
const home = mkdtempSync(join(tmpdir(), "cf-live-"));
const port = 20_000 + random.int(20_000);

function verdict(what: string, holds: boolean, facts = ""): void {
  say(what, `${holds ? "yes" : "NO"}${facts === "" ? "" : ` (${facts})`}`);
  if (!holds) process.exitCode = 1;
}

const serve = (): Promise<RunningServe> => startServe(home, ["--no-sample", "--port", String(port)]);

/** New layers for each part, in one data folder; made before the server starts. */
async function makeLayers(): Promise<Map<string, people.OpenLayer>> {
  const opened = await openStore({ home });
  await ensureLab(opened);
  const owner = agentOf(await ensureOwner(opened));
  const layers = new Map<string, people.OpenLayer>();
  for (const part of parts) layers.set(part, await people.insertEmptyImage(opened, owner, part));
  await opened.close();
  return layers;
}

const layers = await makeLayers();
let server = await serve();
const origin = new URL(server.signInUrl).origin;
const { browser, context, page } = await openBrowser();
await page.goto(server.signInUrl);
await page.getByRole("heading", { level: 1 }).waitFor({ timeout: 120_000 });

/** Waits until the page says that everything is saved. */
async function settled(on: Page, minutes = 10): Promise<void> {
  await on
    .locator('[data-testid="editor"][data-waiting="0"][data-saved-state="saved"]')
    .waitFor({ timeout: minutes * 60_000 });
}

const layerOf = (part: string): people.OpenLayer => layers.get(part) as people.OpenLayer;
const objectsOf = async (layerId: string, on = page): Promise<WireObject[]> =>
  (await ask<{ objects: WireObject[] }>(on, `/layers/${layerId}/objects`)).objects;

/** Strokes all over the image, with an eraser now and then, and steps back and forth: they meet often. */
function wild(count: number): people.Gesture[] {
  const somewhere = () => ({
    y: 30 + random.int(people.imageSide - 60),
    x: 30 + random.int(people.imageSide - 60),
  });
  return Array.from({ length: count }, (): people.Gesture => {
    const what = random.int(12);
    if (what === 0) return { kind: "key", key: "z", ctrl: true };
    if (what === 1) return { kind: "key", key: "y", ctrl: true };
    const at = somewhere();
    const to = { y: at.y + random.int(60) - 30, x: at.x + random.int(60) - 30 };
    return { kind: "stroke", tool: what < 4 ? "eraser" : "brush", points: [at, to] };
  });
}

async function together(): Promise<void> {
  const layer = layerOf("together");
  const count = option("edits", 500);
  await people.openLayer(page, origin, layer);
  const other = await people.joinAs(page, origin, "Eve", layer);
  await page.getByTestId("person").waitFor({ timeout: 60_000 });
  const began = performance.now();
  await Promise.all([people.perform(page, wild(count), 20), people.perform(other.page, wild(count), 20)]);
  await Promise.all([settled(page), settled(other.page)]);
  say("time for both", `${((performance.now() - began) / 1000).toFixed(0)} s`);
  let digests: string[] = [];
  for (let tries = 0; tries < 100; tries++) {
    digests = [
      await people.pageDigest(page),
      await people.pageDigest(other.page),
      await people.serverDigest(page, layer.layerId),
    ];
    if (new Set(digests).size === 1) break;
    await sleep(200);
  }
  verdict("both screens and the server agree", new Set(digests).size === 1, digests[2]?.slice(0, 12));
  const log = await people.wholeLog(page, layer.layerId);
  const ids = new Set(log.map(({ operationId }) => operationId));
  verdict("no edit twice", ids.size === log.length, `${log.length} edits in the log`);
  const names = Map.groupBy(log, ({ agent }) => agent.name);
  say("edits by person", [...names].map(([name, edits]) => `${name} ${edits.length}`).join(", "));
  const refused = async (on: Page): Promise<number> =>
    Number(
      (await on
        .getByTestId("refused-edits")
        .getAttribute("data-count")
        .catch(() => null)) ?? 0,
    );
  for (const on of [page, other.page]) on.setDefaultTimeout(2_000);
  const aside = [await refused(page), await refused(other.page)];
  for (const on of [page, other.page]) on.setDefaultTimeout(60_000);
  say("edits set aside and shown", aside.join(" and "));
  // Each is decided: mine, theirs, both in turn; what has no conflict left is tried again.
  let decided = 0;
  for (const on of [page, other.page]) {
    for (let tries = 0; tries < 2_000; tries++) {
      const choice = ["keep-mine", "keep-theirs", "keep-both"][tries % 3] as string;
      const first = on.getByTestId("refused-edit").first();
      if ((await first.count()) === 0) break;
      const button = [
        first.getByTestId(choice),
        first.getByTestId("keep-mine"),
        first.getByTestId("refused-again"),
      ];
      for (const one of button) {
        if ((await one.count()) === 0) continue;
        // What the other decides at the same moment may change what there is to decide here.
        const clicked = await one
          .first()
          .click({ timeout: 3_000 })
          .then(
            () => true,
            () => false,
          );
        if (clicked) decided++;
        break;
      }
    }
  }
  await Promise.all([settled(page), settled(other.page)]);
  await sleep(1_000);
  const after = [
    await people.pageDigest(page),
    await people.pageDigest(other.page),
    await people.serverDigest(page, layer.layerId),
  ];
  verdict("they agree when all is decided", new Set(after).size === 1, `${decided} decisions`);
  await other.browser.close();
}

async function tab(): Promise<void> {
  const layer = layerOf("tab");
  const kills = option("kills", 50);
  let [next, due, missing, young] = [0, 0, 0, 0];
  for (let kill = 0; kill < kills; kill++) {
    const offline = kill % 2 === 1;
    let shown = await context.newPage();
    await people.openLayer(shown, origin, layer);
    if (offline) await shown.route("**/edits", (route) => route.abort());
    const done: { readonly place: ReturnType<typeof people.placeOf>; readonly atMs: number }[] = [];
    const lifeMs = 700 + random.int(1_500);
    const drawing = (async () => {
      for (;;) {
        const place = people.placeOf(next++ % 1_600);
        const times = await people.perform(shown, people.dots([place]), 5);
        done.push({ place, atMs: times.at(-1) ?? Date.now() });
      }
    })().catch(() => undefined);
    await sleep(lifeMs);
    const killedAt = Date.now();
    const crashed = shown.waitForEvent("crash", { timeout: 60_000 });
    await people.killTabs(browser);
    await crashed;
    await drawing;
    await shown.close().catch(() => undefined);
    shown = await context.newPage();
    await people.openLayer(shown, origin, layer);
    await settled(shown);
    const old = done.filter(({ atMs }) => killedAt - atMs > 500).map(({ place }) => place);
    const there = people.covered(await objectsOf(layer.layerId, shown), old);
    due += old.length;
    young += done.length - old.length;
    missing += there.filter((is) => !is).length;
    await shown.close();
    if ((kill + 1) % 10 === 0) say(`after ${kill + 1} kills`, `${due} strokes due, ${missing} missing`);
  }
  verdict(
    "strokes older than 500 ms are there",
    missing === 0 && due > 0,
    `${due} strokes, ${missing} missing`,
  );
  say("younger strokes, which may be missing", String(young));
  say("tabs killed", String(kills));
}

async function serverKilled(): Promise<void> {
  const layer = layerOf("server");
  await people.openLayer(page, origin, layer);
  let next = 0;
  for (let restart = 0; restart < option("restarts", 5); restart++) {
    const many = Array.from({ length: 60 }, () => people.placeOf(next++));
    const drawing = people.perform(page, people.dots(many), 20);
    await sleep(300 + random.int(900));
    const ended = new Promise((resolve) => server.child.once("exit", resolve));
    server.child.kill("SIGKILL");
    await ended;
    await sleep(random.int(2_000));
    server = await serve();
    await drawing;
  }
  await page
    .getByRole("button", { name: "Try now" })
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  await settled(page);
  await compareDots("server", next);
}

async function offline(): Promise<void> {
  const layer = layerOf("offline");
  await people.openLayer(page, origin, layer);
  const seconds = option("offline-s", 600);
  const until = performance.now() + seconds * 1000;
  await context.setOffline(true);
  let next = 0;
  // A stroke every half second, as a person at work; at most as many as there are places.
  while (performance.now() < until && next < 1_600) {
    await people.perform(page, people.dots([people.placeOf(next++)]), 250);
  }
  while (performance.now() < until) await sleep(100);
  say(
    "drawn without a network",
    `${next} strokes in ${seconds} s, ${await page.getByTestId("save-status").textContent()}`,
  );
  await context.setOffline(false);
  const began = performance.now();
  await settled(page);
  say("saved after the network was back", `${((performance.now() - began) / 1000).toFixed(1)} s`);
  await compareDots("offline", next);
}

/** Each stroke is one cell of the server and one line of its log; the screen shows the same. */
async function compareDots(part: string, count: number): Promise<void> {
  const { layerId } = layerOf(part);
  const objects = await objectsOf(layerId);
  const places = Array.from({ length: count }, (_, k) => people.placeOf(k));
  const lost = people.covered(objects, places).filter((is) => !is).length;
  const log = await people.wholeLog(page, layerId);
  verdict(
    `${part}: none lost, none twice`,
    lost === 0 && log.length === count && objects.length === count,
    `${count} strokes, ${lost} lost, ${log.length} in the log`,
  );
  verdict(
    `${part}: the screen shows what the server has`,
    (await people.pageDigest(page)) === (await people.serverDigest(page, layerId)),
  );
}

try {
  if (parts.includes("together")) await together();
  if (parts.includes("server")) await serverKilled();
  if (parts.includes("offline")) await offline();
  if (parts.includes("tab")) await tab();
} finally {
  await browser.close();
  const ended = new Promise((resolve) => server.child.once("exit", resolve));
  server.child.kill("SIGTERM");
  await ended;
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
