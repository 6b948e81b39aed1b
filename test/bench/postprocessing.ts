/**
 * Post-processing against scikit-image on the same maps: speed in interleaved pairs, and equality of the results.
 *
 * The map is that of the peer's script: 6,000 overlapping discs of radius 10.9 px on 2,048 x 2,048 pixels, seeds where
 * the distance is above 7 (about 3,010). One thread on both sides.
 *
 *     node test/bench/postprocessing.ts [pairs=7] [python=/usr/bin/python3]
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LabelImage, Mask, Plane } from "#core/array/index.ts";
import {
  connectedComponents,
  distanceTransform,
  fillHoles,
  findSeeds,
  forEachOutlinePixel,
  labelsFromDeepWatershed,
  labelsToOutlines,
  regionProperties,
  removeSmallObjects,
  watershedFromSeeds,
} from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";

const side = 2048;
const pairs = Number(process.argv[2] ?? 7);
const python = process.argv[3] ?? "/usr/bin/python3";
const folder = mkdtempSync(join(tmpdir(), "postprocessing-"));

function makeMask(): Mask {
  const random = rng(0, "discs");
  const data = new Uint8Array(side * side);
  for (let k = 0; k < 6000; k++) {
    const [cy, cx] = [random.int(side), random.int(side)];
    for (let y = Math.max(0, cy - 12); y < Math.min(side, cy + 13); y++) {
      for (let x = Math.max(0, cx - 12); x < Math.min(side, cx + 13); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 <= 120) data[y * side + x] = 1;
      }
    }
  }
  return { dtype: "uint8", height: side, width: side, data };
}

/** The peer: one process that answers a line with a line. */
function startPeer(): { ask(line: string): Promise<Record<string, number>>; end(): void } {
  const script = fileURLToPath(new URL("./postprocessing_peer.py", import.meta.url));
  const child = spawn(python, [script], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const answer = await lines.next();
      if (answer.done === true) throw new Error("the peer has ended");
      return JSON.parse(answer.value) as Record<string, number>;
    },
    end: () => child.stdin.end(),
  };
}

type Seconds = Record<string, number>;

function timed<T>(seconds: Seconds, name: string, work: () => T): T {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  seconds[name] = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  seconds[`${name} cpu`] = (used.user + used.system) / 1e6;
  return result;
}

interface Results {
  readonly distance: Plane<"float32">;
  readonly seeds: LabelImage;
  readonly watershed: LabelImage;
}

/** The three steps that count, on the same input and with the same meaning as the peer's. */
function runOurs(mask: Mask, seconds: Seconds): Results {
  const distance = timed(seconds, "distance", () => distanceTransform(mask));
  const seeds = timed(seconds, "seeds", () => connectedComponents(above(distance, 7), 4));
  const watershed = timed(seconds, "watershed", () =>
    watershedFromSeeds(distance, seeds, { mask, connectivity: 4, first: "high" }),
  );
  return { distance, seeds, watershed };
}

function above({ height, width, data }: Plane<"float32">, threshold: number): Mask {
  const found = new Uint8Array(data.length);
  for (let i = 0; i < found.length; i++) found[i] = (data[i] as number) > threshold ? 1 : 0;
  return { dtype: "uint8", height, width, data: found };
}

function runExtra(mask: Mask, { distance, seeds, watershed }: Results, seconds: Seconds) {
  const outlines = new Uint8Array(mask.data.length);
  const one: LabelImage = { ...watershed, data: Int32Array.from(mask.data) };
  return {
    components8: timed(seconds, "components8", () => connectedComponents(mask, 8)),
    watershed8: timed(seconds, "watershed8", () =>
      watershedFromSeeds(distance, seeds, { mask, connectivity: 8, first: "high" }),
    ),
    hmaxima: timed(seconds, "hmaxima", () => findSeeds(distance, { prominence: 0.5, mask })),
    holes: timed(seconds, "holes", () => fillHoles(one)),
    small: timed(seconds, "small", () => removeSmallObjects(watershed, 64)),
    properties: timed(seconds, "properties", () => regionProperties(watershed)),
    outlines: timed(seconds, "outlines", () => {
      forEachOutlinePixel(watershed, (i) => {
        outlines[i] = 1;
      });
      return outlines;
    }),
    rings: timed(seconds, "rings (no peer)", () => labelsToOutlines(watershed).size),
    whole: timed(seconds, "deep watershed, all steps (no peer)", () =>
      labelsFromDeepWatershed({
        innerDistance: { ...distance, data: distance.data.map((v) => v / 11) },
        foreground: mask,
      }),
    ),
  };
}

async function ints(name: string): Promise<Int32Array> {
  return new Int32Array((await readFile(join(folder, `${name}.i32`))).buffer.slice(0));
}

async function bytes(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(folder, `${name}.u8`)));
}

/** Pixels that differ, and whether the two images are one partition under other numbers. */
function compare(a: ArrayLike<number>, b: ArrayLike<number>): { differing: number; renumbered: boolean } {
  let differing = 0;
  let renumbered = true;
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i] as number, b[i] as number];
    if (p !== q) differing++;
    if (!there.has(p)) there.set(p, q);
    if (!back.has(q)) back.set(q, p);
    if (there.get(p) !== q || back.get(q) !== p) renumbered = false;
  }
  return { differing, renumbered };
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((x, y) => x - y);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};

const ms = (seconds: number): string => `${(1000 * seconds).toFixed(1).padStart(8)} ms`;

async function compareSpeed(mask: Mask): Promise<void> {
  const peer = startPeer();
  await peer.ask(`load ${folder} ${side} ${side}`);
  const steps = ["distance", "seeds", "watershed"] as const;
  const ours: Seconds[] = [];
  const theirs: Seconds[] = [];
  // Two rounds for each side to warm up; not counted.
  for (let round = -2; round < pairs; round++) {
    const mine: Seconds = {};
    runOurs(mask, mine);
    const answer = await peer.ask("run");
    if (round < 0) continue;
    ours.push(mine);
    theirs.push(answer);
  }
  for (const clock of ["", " cpu"]) {
    process.stdout.write(
      clock === "" ? "by the clock\n" : "by processor time (all threads), fair on a busy machine\n",
    );
    for (const step of steps) {
      const a = median(ours.map((s) => s[step + clock] as number));
      const b = median(theirs.map((s) => s[step + clock] as number));
      process.stdout.write(
        `${step.padEnd(12)} ours ${ms(a)}  scikit-image ${ms(b)}  ${(b / a).toFixed(1)}x\n`,
      );
    }
    const total = (s: Seconds): number => steps.reduce((sum, step) => sum + (s[step + clock] as number), 0);
    const ratios = ours.map((s, k) => total(theirs[k] as Seconds) / total(s));
    process.stdout.write(
      `together     ours ${ms(median(ours.map(total)))}  scikit-image ${ms(median(theirs.map(total)))}  median of pairs ${median(ratios).toFixed(2)}x (${ratios.map((r) => r.toFixed(2)).join(", ")})\n`,
    );
  }
  const results = runOurs(mask, {});
  const mine: Seconds[] = [];
  const other: Seconds[] = [];
  let extra = runExtra(mask, results, {});
  for (let round = 0; round < Math.min(3, pairs); round++) {
    const seconds: Seconds = {};
    extra = runExtra(mask, results, seconds);
    mine.push(seconds);
    other.push(await peer.ask("extra"));
  }
  process.stdout.write("other steps, by processor time\n");
  for (const step of Object.keys(mine[0] as Seconds).filter((name) => name.endsWith(" cpu"))) {
    const a = median(mine.map((s) => s[step] as number));
    const b = (other[0] as Seconds)[step] === undefined ? null : median(other.map((s) => s[step] as number));
    process.stdout.write(
      `${step.padEnd(36)} ours ${ms(a)}${b === null ? "" : `  scikit-image ${ms(b)}  ${(b / a).toFixed(1)}x`}\n`,
    );
  }
  const unequal = withoutTies(results.distance);
  await writeFile(join(folder, "elevation.f32"), unequal.data);
  const flooded = watershedFromSeeds(unequal, results.seeds, { mask, connectivity: 4 });
  await compareResults(mask, results, { ...extra, unequal: flooded }, await peer.ask("save"));
  peer.end();
}

/** The negative of a plane with a little noise, so that hardly any two heights are equal. */
function withoutTies(plane: Plane<"float32">): Plane<"float32"> {
  const random = rng(1, "noise");
  return { ...plane, data: plane.data.map((value) => -value - 0.01 * random.next()) };
}

async function compareResults(
  mask: Mask,
  results: Results,
  extra: ReturnType<typeof runExtra> & { readonly unequal: LabelImage },
  saved: Record<string, number>,
): Promise<void> {
  const say = (what: string, found: string): boolean => process.stdout.write(`${what.padEnd(36)} ${found}\n`);
  const inside = mask.data.reduce((sum, value) => sum + value, 0);
  const distance = new Float32Array((await readFile(join(folder, "distance.f32"))).buffer.slice(0));
  const off = distance.reduce(
    (worst, d, i) => Math.max(worst, Math.abs(d - (results.distance.data[i] as number))),
    0,
  );
  say("distance, largest difference", `${off} px`);
  const labels = async (name: string, mine: LabelImage): Promise<void> => {
    const { differing, renumbered } = compare(mine.data, await ints(name));
    say(
      name,
      `${differing} pixels differ of ${inside} (${((100 * differing) / inside).toFixed(3)} %); same partition: ${renumbered}`,
    );
  };
  await labels("seeds", results.seeds);
  await labels("watershed", results.watershed);
  await labels("components8", extra.components8);
  await labels("watershed8", extra.watershed8);
  await labels("unequal", extra.unequal);
  const peaks = await bytes("hmaxima");
  const onlyTheirs = peaks.filter((peak, i) => peak === 1 && extra.hmaxima.data[i] === 0).length;
  const onlyOurs = peaks.filter((peak, i) => peak === 0 && extra.hmaxima.data[i] !== 0).length;
  say("hmaxima", `${onlyTheirs} pixels theirs only, ${onlyOurs} ours only`);
  say("holes", `${compare(extra.holes.data, await bytes("holes")).differing} pixels differ`);
  // Of the same labels, theirs, so that the ties of the watershed are not counted again.
  const theirs: LabelImage = { ...results.watershed, data: await ints("watershed") };
  await labels("small", removeSmallObjects(theirs, 64));
  const outlines = new Uint8Array(theirs.data.length);
  forEachOutlinePixel(theirs, (i) => {
    outlines[i] = 1;
  });
  say("outlines", `${compare(outlines, await bytes("outlines")).differing} pixels differ`);
  const area = extra.properties.reduce((sum, { areaPx }) => sum + areaPx, 0);
  say(
    "properties",
    `${extra.properties.length} objects, ${area} px; theirs ${saved.objects}, ${saved.areaSum} px`,
  );
  say("rings", `${extra.rings} objects; deep watershed ${Math.max(...new Set(extra.whole.data))} objects`);
}

try {
  const mask = makeMask();
  await writeFile(join(folder, "mask.u8"), mask.data);
  await compareSpeed(mask);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
