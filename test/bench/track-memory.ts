/**
 * Memory of the job `track` against the length of a stored movie: the peak of a process that tracks a layer of N frames.
 *
 * Usage: node test/bench/track-memory.ts --frames 100 [--side 512]      (one length per process: a peak never falls)
 * Prints the peak before the job (store, database client, simulator) and after it. The movie is made in another process.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { simulateMovie } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import {
  agentOf,
  appendEdits,
  createProject,
  ensureLayer,
  ensureOwner,
  insertImage,
  openStore,
  type Store,
} from "#store/index.ts";
import { runJobHere } from "../../src/jobs/index.ts";

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "100" },
    side: { type: "string", default: "512" },
    home: { type: "string" },
    make: { type: "boolean", default: false },
    layer: { type: "string" },
  },
});
const side = Number(values.side);
const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/** Twelve simulated frames shown forth and back, with noise of their own: long movies without long simulations. */
async function make(store: Store): Promise<string> {
  const person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "long");
  const movie = simulateMovie(
    {
      look: "nuclear",
      density: "medium",
      frameCount: 12,
      height: side,
      width: side,
      closed: true,
      missedFrames: 0,
    },
    4,
  );
  const made = [...movie.frames];
  const count = Number(values.frames);
  const pixels = imageArray(made[0]!.image.dtype, "tyx", [count, side, side]);
  const random = rng(4, "noise");
  const { imageId } = await (async () => {
    for (let t = 0; t < count; t++) {
      const { data } = frameAt(made, t).image;
      const plane = pixels.data.subarray(t * side * side, (t + 1) * side * side);
      for (let i = 0; i < plane.length; i++) plane[i] = data[i]! + ((random.int(4) + t) & 3);
    }
    const source = { title: "simulated", licence: "CC0-1.0" };
    return insertImage(store, person, { projectId, name: "long", image: pixels, source });
  })();
  const layer = await ensureLayer(store, person, imageId, "nuclear");
  for (let t = 0; t < count; t++) {
    const shapes = objectShapesFromLabels(frameAt(made, t).labels, { t, z: 0 });
    const changes = [...shapes.values()].map((after) => ({ uid: store.ids.next(), before: null, after }));
    const edit = { operationId: store.ids.next(), kind: "draw" as const, tool: "bench", msSpent: 0, changes };
    const [result] = await appendEdits(store, person, layer.id, [edit]);
    if (result?.state !== "saved") throw new Error(JSON.stringify(result));
  }
  return layer.id;
}

function frameAt<T>(made: readonly T[], t: number): T {
  const period = 2 * (made.length - 1);
  const at = t % period;
  return made[at < made.length ? at : period - at]!;
}

if (values.home !== undefined) {
  const store = await openStore({ home: values.home });
  if (values.make) console.log(await make(store));
  else {
    const person = agentOf(await ensureOwner(store));
    const before = peakMiB();
    const spec = {
      kind: "track",
      projectId: null,
      title: "Track",
      params: { layerId: values.layer!, linker: "plain" },
    } as const;
    const job = await runJobHere(store, person, spec);
    if (job.state !== "done") throw new Error(JSON.stringify(job.error));
    const { cells, tracks } = job.result as { cells: number; tracks: number };
    console.log(
      JSON.stringify({
        frames: Number(values.frames),
        moviePixelsMiB: Math.round((Number(values.frames) * side * side * 2) / 2 ** 20),
        cells,
        tracks,
        before,
        peak: peakMiB(),
      }),
    );
  }
  await store.close();
} else {
  const home = mkdtempSync(join(tmpdir(), "track-memory-"));
  const again = (...more: string[]): string => {
    const program = fileURLToPath(import.meta.url);
    const same = ["--frames", values.frames, "--side", values.side, "--home", home];
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...same, ...more], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split("\n").at(-1)!;
  };
  try {
    const layerId = again("--make");
    console.log(again("--layer", layerId));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
