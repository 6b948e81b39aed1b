/** The desk with a worker that lives in the test: tables of what is there, made anew after edits, by frame, never late. */

import { describe, expect, test } from "vitest";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { plane } from "#core/array/index.ts";
import { errorToWire, FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";
import { columnNamed, measureCells } from "#core/measure/index.ts";
import { maskOf } from "#testing/index.ts";
import { openPlainSession, PlainServer, paint } from "../session/session-under-test.ts";
import { MeasureDesk, type MeasureWorker } from "./measure-desk.ts";
import type { MeasureAnswer, MeasureQuestion } from "./measure-messages.ts";
import { measurePixels } from "./measure-pixels.ts";

const light = plane(
  "uint16",
  64,
  64,
  Uint16Array.from({ length: 4096 }, (_, i) => (i * 37) % 1000),
);

/** Frame t is as bright as frame 0 plus 1000 t. */
const pyramid = {
  readRegion: async (
    selection: Readonly<Record<string, number>>,
    y0: number,
    x0: number,
    y1: number,
    x1: number,
  ) => {
    const data = new Uint16Array((y1 - y0) * (x1 - x0));
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++)
        data[(y - y0) * (x1 - x0) + x - x0] =
          (light.data[y * 64 + x] as number) + 1000 * (selection["t"] ?? 0);
    return { data, height: y1 - y0, width: x1 - x0 };
  },
};

async function openDesk(frames = 1, nuclear: readonly ObjectShape[] = []) {
  const server = new PlainServer();
  const { session } = await openPlainSession(server, { t: frames, z: 1 });
  const layer = {
    id: "L",
    compartment: nuclear.length > 0 ? "wholeCell" : "nuclear",
    kind: "instances",
    branchOf: null,
  };
  const other = { ...layer, id: "N", compartment: "nuclear", objectCount: nuclear.length };
  const image = {
    id: "I",
    name: "cells.tif",
    height: 64,
    width: 64,
    axes: "tyx",
    shape: [frames, 64, 64],
    mpp: null,
    channels: [{ index: 0, name: "DAPI", role: "nuclear" }],
    layers: nuclear.length > 0 ? [layer, other] : [layer],
  } as unknown as ImageDetail;
  const timers: (() => void)[] = [];
  const clock = { now: 0, cost: 10 };
  const faults: FoundryError[] = [];
  const ended: number[] = [];
  const newWorker = (): MeasureWorker => {
    let alive = true;
    const worker: MeasureWorker = {
      onmessage: null,
      onerror: null,
      terminate: () => {
        alive = false;
        ended.push(1);
      },
      postMessage: (question: MeasureQuestion) => {
        const tell = (data: MeasureAnswer): void => {
          if (alive) worker.onmessage?.call(worker as Worker, { data } as MessageEvent);
        };
        const fault = faults.shift();
        const id = question.id;
        if (question.kind !== "measure") return;
        clock.now += clock.cost;
        if (fault !== undefined) setTimeout(() => tell({ id, kind: "error", error: errorToWire(fault) }), 0);
        else
          measurePixels(structuredClone(question), pyramid, (share) =>
            tell({ id, kind: "progress", share }),
          ).then((table) => tell({ id, kind: "table", table }));
      },
    };
    return worker;
  };
  const desk = new MeasureDesk({
    session,
    image,
    layer: layer as unknown as LayerSummary,
    imageUrl: "",
    newWorker,
    readShapes: async () => nuclear,
    now: () => clock.now,
    schedule: (work) => {
      timers.push(work);
      return () => timers.splice(timers.indexOf(work) >>> 0, 1);
    },
  });
  const tick = async (): Promise<void> => {
    for (const work of timers.splice(0)) work();
    await expect.poll(() => desk.store.get().phase).not.toBe("working");
  };
  return { desk, session, clock, faults, timers, tick };
}

describe("measurements of an open image", () => {
  test("are those of the cells that are there, with labels", async () => {
    const { desk, session } = await openDesk();
    paint(session, [20, 20], [20, 30]);
    paint(session, [50, 50]);
    await session.settled();
    await desk.measure();
    const { table, phase, rowOf, stale } = desk.store.get();
    expect([phase, stale]).toEqual(["ready", 0]);
    const cells = [...session.model.canvas.shapes].map(([id, shape]) => ({ id, shape }));
    const expected = measureCells(cells, [light], {
      height: 64,
      width: 64,
      mpp: null,
      channels: ["DAPI"],
      neighbourDistance: 60,
    });
    expect(table?.ids).toEqual(expected.ids);
    expect(table?.columns.slice(2)).toEqual(expected.columns);
    const labels = table === null ? undefined : columnNamed(table, "label");
    for (const [uid, row] of rowOf) expect(labels?.values[row]).toBe(session.model.cells.get(uid)?.label);
  });

  test("are made anew after an edit when that is quick, else they say how many cells changed", async () => {
    const { desk, session, clock, timers, tick } = await openDesk();
    paint(session, [20, 20]);
    await desk.measure();
    paint(session, [50, 50]);
    expect(desk.store.get().stale).toBe(1);
    await tick();
    expect(desk.store.get()).toMatchObject({ stale: 0, phase: "ready" });
    expect(desk.store.get().table?.ids).toHaveLength(2);
    clock.cost = 60_000;
    await desk.measure();
    paint(session, [50, 20]);
    expect(timers).toEqual([]);
    expect(desk.store.get()).toMatchObject({ stale: 1, phase: "ready" });
    session.undo();
    expect(desk.store.get().stale).toBe(0);
  });

  test("asked twice, only the newer answer counts; called off, the old table stays", async () => {
    const { desk, session } = await openDesk();
    paint(session, [20, 20]);
    const first = desk.measure();
    paint(session, [50, 50]);
    const second = desk.measure();
    await second;
    expect(desk.store.get().table?.ids).toHaveLength(2);
    await first;
    paint(session, [50, 20]);
    void desk.measure();
    desk.cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(desk.store.get().phase).toBe("ready");
    expect(desk.store.get().table?.ids).toHaveLength(2);
  });

  test("a failure is told, and the next try works", async () => {
    const { desk, session, faults } = await openDesk();
    paint(session, [20, 20]);
    faults.push(new FoundryError("net.unreachable", { message: "no answer" }));
    await desk.measure();
    expect(desk.store.get()).toMatchObject({ phase: "failed", error: { code: "net.unreachable" } });
    await desk.measure();
    expect(desk.store.get()).toMatchObject({ phase: "ready", error: null });
  });
});

describe("movies and compartments", () => {
  test("the frame on the screen, or all of them with the light of their own frame", async () => {
    const { desk, session, tick } = await openDesk(3);
    paint(session, [20, 20]);
    session.planes.goTo({ t: 2, z: 0 });
    paint(session, [20, 20]);
    await session.settled();
    await desk.measure();
    expect(desk.store.get().table?.ids).toEqual([...session.model.cells.keys()]);
    desk.setScope("all");
    await tick();
    const { table } = desk.store.get();
    if (table === null) throw new Error("no table");
    const [t, mean] = [columnNamed(table, "t")?.values, columnNamed(table, "c0_mean")?.values];
    expect([...(t ?? [])]).toEqual([0, 2]);
    expect([...(columnNamed(table, "label")?.values ?? [])]).toEqual([1, 2]);
    expect((mean?.[1] ?? 0) - (mean?.[0] ?? 0)).toBeCloseTo(2000, 9);
  });

  test("whole cells are measured with the nuclei of the image", async () => {
    const nucleus = objectShapeFromMask(maskOf("11", "11"), { y: 20, x: 20 }) as ObjectShape;
    const { desk, session } = await openDesk(1, [nucleus]);
    paint(session, [20, 20], [20, 26]);
    await desk.measure();
    const { table } = desk.store.get();
    if (table === null) throw new Error("no table");
    expect(columnNamed(table, "nucleus_count")?.values[0]).toBe(1);
    const sums = ["c0_nuclear_sum", "c0_cytoplasm_sum", "c0_sum"].map(
      (key) => columnNamed(table, key)?.values[0] ?? 0,
    );
    expect((sums[0] as number) + (sums[1] as number)).toBe(sums[2]);
  });
});
