/** The WebAssembly engine in Node gives what the native one gives, and refuses what it refuses. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { createOrtNodeEngine } from "./ort-node.ts";
import { createOrtWebEngine } from "./ort-web.ts";

const model = readFileSync(new URL("../../../models/nuclei-fluorescence/1.0.0/model.onnx", import.meta.url));
const web = () => createOrtWebEngine({ device: "wasm", threads: 1, load: () => import("onnxruntime-web") });

test("the shipped model gives the native runtime's numbers", async () => {
  const random = rng(8);
  const data = Float32Array.from({ length: 64 * 48 }, () => random.next());
  const feeds = { image: { shape: [1, 1, 64, 48], data } };
  const [wasm, native] = await Promise.all(
    [web(), createOrtNodeEngine({ threads: 1 })].map(async (engine) => {
      const session = await (await engine).createSession(model);
      const outputs = await session.run(feeds);
      await session.release();
      return outputs;
    }),
  );
  for (const name of ["innerDistance", "foreground"]) {
    const [a, b] = [wasm?.[name]?.data, native?.[name]?.data] as [Float32Array, Float32Array];
    expect(a.length).toBe(64 * 48);
    // Both are float32 sums of some thousand products in another order.
    expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))).toBeLessThan(1e-5);
    expect(Math.max(...b) - Math.min(...b)).toBeGreaterThan(0.1);
  }
});

test("a damaged model, a wrong shape and a runtime that does not load are coded errors", async () => {
  const engine = await web();
  await expect(engine.createSession(model.subarray(0, 1000))).rejects.toMatchObject({
    code: "model.invalid",
  });
  const session = await engine.createSession(model);
  const run = (shape: readonly number[], length: number) =>
    session.run({ image: { shape, data: new Float32Array(length) } });
  await expect(run([1, 1, 8, 8], 63)).rejects.toMatchObject({ code: "array.shapeMismatch" });
  await expect(run([1, 2, 8, 8], 128)).rejects.toMatchObject({ code: "engine.failed" });
  await session.release();
  const load = () => Promise.reject(new Error("not here"));
  await expect(createOrtWebEngine({ device: "wasm", threads: 1, load })).rejects.toMatchObject({
    code: "engine.unavailable",
  });
});
