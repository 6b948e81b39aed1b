/**
 * The prompt tool in a session, with a network that answers a square around the newest click: drafts, corrections, taking by
 * the next click, neighbours left alone, words when nothing is found or nothing can run.
 */

import { describe, expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { shapeArea } from "#core/labels/index.ts";
import { inView, promptPlanes, viewAround, viewSide } from "#nn/prompt/index.ts";
import { openPlainSession, PlainServer } from "../session/session-under-test.ts";
import { firstChannels } from "./prompt-channels.ts";
import { createPromptRunner, type PromptRunner, type ToPromptWorker } from "./prompt-runner.ts";

const pixels = viewSide ** 2;

/**
 * Answers a square of 13 x 13 pixels of the view, whose centres lie between those of the image: 12 x 12 of it, around the highest
 * place of "inside" (rows and columns from 6 before to 5 behind the click), less one around that of "outside".
 */
function squares(planes: Float32Array): Float32Array {
  const of = (name: (typeof promptPlanes)[number]) => {
    const at = promptPlanes.indexOf(name) * pixels;
    return planes.subarray(at, at + pixels);
  };
  const near = (map: Float32Array): ((i: number) => boolean) => {
    const top = map.reduce((best, value, k) => (value > (map[best] ?? 0) ? k : best), 0);
    if (map[top] === 0) return () => false;
    const far = (i: number): number => {
      const dy = Math.floor(i / viewSide) - Math.floor(top / viewSide);
      return Math.max(Math.abs(dy), Math.abs((i % viewSide) - (top % viewSide)));
    };
    return (i) => far(i) <= 6;
  };
  const [inside, outside] = [near(of("inside")), near(of("outside"))];
  return Float32Array.from({ length: pixels }, (_, i) => (inside(i) && !outside(i) ? 0.9 : 0.1));
}

/** A session of 64 x 64 pixels without cells, at the network's scale. Answers come when they are let go. */
async function open(ask: (planes: Float32Array) => Float32Array = squares) {
  const { session } = await openPlainSession(new PlainServer(), { t: 1, z: 1 });
  const held: (() => void)[] = [];
  const control = { holds: false };
  const runner: PromptRunner = {
    load: async () => undefined,
    ask: async (planes) => {
      if (control.holds) await new Promise<void>((resolve) => held.push(resolve));
      return ask(planes);
    },
    close: () => undefined,
  };
  const picture = plane("uint16", 64, 64);
  picture.data.forEach((_, i) => {
    picture.data[i] = i % 251;
  });
  session.drafts.attachPixels(async () => ({ y0: 0, x0: 0, plane: picture }));
  session.drafts.prompting.attach(runner);
  session.drafts.change({ diameterPx: 28 });
  session.setTool("prompt");
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 60; i++) await Promise.resolve();
  };
  const click = async (
    y: number,
    x: number,
    keys: { shift?: boolean; alt?: boolean } = {},
  ): Promise<void> => {
    session.click({ y, x }, keys.shift === true, keys.alt === true);
    await settle();
  };
  const areas = (): number[] => [...session.model.canvas.shapes.values()].map(shapeArea);
  const letGo = async (): Promise<void> => {
    control.holds = false;
    for (const go of held.splice(0)) go();
    await settle();
  };
  return { session, control, letGo, settle, click, areas };
}

describe("pointing at cells", () => {
  test("a click drafts the cell, Enter takes it as one edit, undo gives it back", async () => {
    const { session, click, areas } = await open();
    await click(30, 30);
    expect(session.drafts.state).toMatchObject({ cells: 1, reading: false, problem: null });
    expect(areas()).toEqual([]);
    expect(session.drafts.apply()).toBe(true);
    expect(areas()).toEqual([144]);
    session.undo();
    expect(areas()).toEqual([]);
  });

  test("the next click takes the draft and begins another; Escape drops only the last", async () => {
    const { session, click, areas } = await open();
    await click(15, 15);
    await click(45, 45);
    expect(areas()).toEqual([144]);
    expect(session.drafts.state.cells).toBe(1);
    expect(session.drafts.escape()).toBe(true);
    expect(areas()).toEqual([144]);
    expect(session.state.tool).toBe("prompt");
  });

  test("a click on the draft itself takes it and begins nothing", async () => {
    const { session, click, areas } = await open();
    await click(30, 30);
    await click(32, 28);
    expect(areas()).toEqual([144]);
    expect(session.drafts.state.target).toBeNull();
  });

  test("clicks that come faster than answers lose no cell", async () => {
    const { session, click, areas, control, letGo } = await open();
    control.holds = true;
    await click(15, 15);
    expect(session.drafts.state.reading).toBe(true);
    await click(45, 45);
    expect(areas()).toEqual([]);
    await letGo();
    expect(areas()).toEqual([144]);
    expect(session.drafts.state.cells).toBe(1);
  });

  test("a box takes the draft before it, and asks for the cell in it when the button comes up", async () => {
    const { session, click, areas, settle } = await open();
    await click(15, 15);
    session.drafts.beginBox({ y: 40, x: 40 });
    expect(areas()).toEqual([144]);
    session.drafts.moveBox({ y: 50, x: 52 });
    expect(session.drafts.state.target).toMatchObject({ prompt: { box: [40, 40, 51, 53] }, found: null });
    session.drafts.endBox({ y: 52, x: 52 });
    await settle();
    // The network of this test answers clicks only.
    expect(session.drafts.state.problem).toMatch(/^No cell is found there/);
    expect(session.drafts.state.target).toMatchObject({ prompt: { box: [40, 40, 53, 53], inside: [] } });
  });

  test("what was dropped before its answer came does not come back", async () => {
    const { session, click, areas, control, letGo } = await open();
    control.holds = true;
    await click(15, 15);
    session.drafts.escape();
    await letGo();
    expect(session.drafts.state).toMatchObject({ target: null, cells: 0, reading: false });
    expect(areas()).toEqual([]);
  });

  test("a neighbour loses nothing, whatever the network says", async () => {
    const { session, click, areas } = await open();
    await click(30, 30);
    session.drafts.apply();
    const [first] = session.model.canvas.shapes.keys();
    const before = session.model.canvas.shapes.get(first as string);
    await click(30, 38);
    session.drafts.apply();
    // Columns 32 to 35 are the first cell's: 4 of 12.
    expect(areas()).toEqual([144, 12 * 8]);
    expect(session.model.canvas.shapes.get(first as string)).toBe(before);
  });

  test("a click on a cell draws it anew under its own name", async () => {
    const { session, click, areas } = await open();
    await click(30, 30);
    session.drafts.apply();
    const [uid] = session.model.canvas.shapes.keys();
    await click(34, 30);
    session.drafts.apply();
    expect([...session.model.canvas.shapes.keys()]).toEqual([uid]);
    expect(areas()).toEqual([144]);
  });

  test("Alt-click takes away, Shift-click adds; both are seen by the network in one draft", async () => {
    const { session, click } = await open();
    await click(30, 30);
    await click(30, 36, { alt: true });
    // Columns 29 to 35 are taken away again: 5 of 12 are left.
    const taken = session.drafts.state.target;
    const area = (target: typeof taken): number =>
      target?.tool === "prompt" ? (target.found?.mask.data.reduce((sum, value) => sum + value, 0) ?? 0) : -1;
    expect(area(taken)).toBe(5 * 12);
    await click(28, 26, { shift: true });
    const target = session.drafts.state.target;
    if (target?.tool !== "prompt") throw new Error("no draft");
    expect(target.prompt.inside).toHaveLength(2);
    expect(target.prompt.outside).toHaveLength(1);
  });

  test("where nothing is found, words say so and nothing is drawn", async () => {
    const { session, click, areas } = await open(() => new Float32Array(pixels));
    await click(30, 30);
    expect(session.drafts.state.problem).toMatch(/^No cell is found there/);
    expect(session.drafts.state.cells).toBe(0);
    session.drafts.apply();
    expect(areas()).toEqual([]);
  });

  test("a network that does not run is told with what to do instead", async () => {
    const { session, click } = await open(() => {
      throw new FoundryError("engine.unavailable", {
        message: "The neural-network runtime does not start on this device (wasm): no SIMD",
        hint: "Use another browser.",
      });
    });
    await click(30, 30);
    expect(session.drafts.state.problem).toBe(
      "The neural-network runtime does not start on this device (wasm): no SIMD Use another browser.",
    );
  });

  test("the tool's size is a key away: larger cells are looked at from further off", async () => {
    const { session, click } = await open();
    await click(30, 30);
    session.drafts.step(1);
    expect(session.drafts.state.settings.diameterPx).toBe(35);
    session.drafts.step(-1);
    expect(session.drafts.state.settings.diameterPx).toBe(28);
    expect(inView(viewAround({ y: 30, x: 30 }, 28), { y: 30, x: 31 }).x).toBeCloseTo(
      (viewSide - 1) / 2 + 1,
      9,
    );
  });
});

test("channels by role: nuclei by their own channel, whole cells by the membrane with the nuclei beside", () => {
  const roles = (...names: string[]) => names.map((role) => ({ role }));
  expect(firstChannels(roles("nuclear"), "wholeCell")).toEqual({
    outlineChannel: null,
    nuclearChannel: null,
  });
  expect(firstChannels(roles("other", "nuclear", "membrane"), "nuclear")).toEqual({
    ...{ outlineChannel: 1, nuclearChannel: null },
  });
  expect(firstChannels(roles("nuclear", "cytoplasm", "membrane"), "wholeCell")).toEqual({
    ...{ outlineChannel: 2, nuclearChannel: 0 },
  });
  expect(firstChannels(roles("nuclear", "other"), "wholeCell")).toEqual({
    ...{ outlineChannel: null, nuclearChannel: null },
  });
});

describe("the page's end of the network", () => {
  const model = { id: "M", name: "prompt-cell@1.0.0", onnxDigest: "d", onnxBytes: 1, contract: {} };

  /** A worker that answers with the planes it was given, until it dies. */
  function workers() {
    const started: { kinds: string[]; die: () => void }[] = [];
    const start = (): Worker => {
      const kinds: string[] = [];
      const worker = {
        onmessage: null as ((event: { data: unknown }) => void) | null,
        onerror: null as (() => void) | null,
        postMessage(message: ToPromptWorker) {
          kinds.push(message.kind);
          const answer = message.kind === "ask" ? message.planes : null;
          if (message.kind !== "ask" || message.planes[0] !== 13)
            queueMicrotask(() => worker.onmessage?.({ data: { id: message.id, answer } }));
        },
        terminate: () => undefined,
      };
      started.push({ kinds, die: () => worker.onerror?.() });
      return worker as unknown as Worker;
    };
    return { started, start };
  }

  test("loads once, at the first question", async () => {
    const { started, start } = workers();
    const runner = createPromptRunner(async () => model, start);
    expect(started).toHaveLength(0);
    const [a, b] = await Promise.all([runner.ask(Float32Array.of(1)), runner.ask(Float32Array.of(2))]);
    expect([a[0], b[0]]).toEqual([1, 2]);
    expect(started.map(({ kinds }) => kinds)).toEqual([["load", "ask", "ask"]]);
  });

  test("a worker that dies fails its question, and the next one starts another", async () => {
    const { started, start } = workers();
    const runner = createPromptRunner(async () => model, start);
    const lost = runner.ask(Float32Array.of(13));
    const told = expect(lost).rejects.toMatchObject({ code: "engine.failed" });
    for (let i = 0; i < 20; i++) await Promise.resolve();
    started[0]?.die();
    await told;
    expect((await runner.ask(Float32Array.of(4)))[0]).toBe(4);
    expect(started).toHaveLength(2);
  });

  test("a server without such a model is told in words, and asked again later", async () => {
    let calls = 0;
    const runner = createPromptRunner(async () => (calls++ === 0 ? null : model), workers().start);
    await expect(runner.load()).rejects.toMatchObject({ code: "engine.unavailable" });
    await expect(runner.load()).resolves.toBeUndefined();
  });
});
