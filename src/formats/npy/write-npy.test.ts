import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { writeNpy } from "./write-npy.ts";

test("header and data lie where the format says", () => {
  const bytes = writeNpy("int32", [2, 3], Int32Array.of(1, -2, 3, 4, 5, 70_000));
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
  const headerBytes = bytes[8]! + 256 * bytes[9]!;
  expect((10 + headerBytes) % 64).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + headerBytes));
  expect(header.trimEnd()).toBe("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }");
  expect(header.endsWith("\n")).toBe(true);
  expect(new DataView(bytes.buffer).getInt32(10 + headerBytes + 4, true)).toBe(-2);
});

const PYTHON = "/usr/bin/python3";
test.skipIf(spawnSync(PYTHON, ["-c", "import numpy"]).status !== 0)("NumPy reads it", () => {
  const script =
    "import sys,io,numpy as n; a=n.load(io.BytesIO(sys.stdin.buffer.read())); print(a.dtype, a.shape, a.tolist())";
  const input = writeNpy("float32", [3], Float32Array.of(0.5, -1, 2));
  const run = spawnSync(PYTHON, ["-c", script], { input });
  expect(run.stdout.toString().trim()).toBe("float32 (3,) [0.5, -1.0, 2.0]");
});
