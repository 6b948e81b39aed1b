import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { dictValue, type PickleValue } from "../pickle/pickle-value.ts";
import { readNpy } from "./read-npy.ts";
import { writeNpy, writeNpyObject, writeNpyText } from "./write-npy.ts";
import { writeNpz } from "./write-npz.ts";

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

describe.skipIf(spawnSync(PYTHON, ["-c", "import numpy"]).status !== 0)("what NumPy finds", () => {
  const python = (script: string, input: Uint8Array) => {
    const load = "import sys,io,numpy as n; f=io.BytesIO(sys.stdin.buffer.read()); ";
    const run = spawnSync(PYTHON, ["-c", load + script], { input });
    return run.stdout.toString().trim() || run.stderr.toString();
  };

  test("in an archive of arrays and texts", () => {
    const arrays = {
      X: writeNpy("uint16", [2, 2], Uint16Array.of(1, 2, 3, 65535)),
      meta: writeNpyText([2, 1], ["a", "µm😀"]),
    };
    for (const compress of [true, false]) {
      expect(
        python("z=n.load(f); print(z['X'].tolist(), z['meta'].tolist())", writeNpz(arrays, { compress })),
      ).toBe("[[1, 2], [3, 65535]] [['a'], ['µm😀']]");
    }
    expect(writeNpz(arrays)).toEqual(writeNpz(arrays));
  });

  test("in a pickled dict", () => {
    const value = {
      dict: {
        masks: { array: { dtype: "int32", shape: [1, 2], data: Int32Array.of(7, -8) } },
        manual: { array: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) } },
        list: [1, 2.5, -0, 2 ** 40, "é", null, true, { dict: {} }, []],
      },
    } as const;
    const bytes = writeNpyObject(value);
    expect(
      python(
        "d=n.load(f,allow_pickle=True).item(); m=d['masks']; print(m.dtype, m.tolist(), d['manual'].dtype, d['manual'].tolist(), d['list'])",
        bytes,
      ),
    ).toBe("int32 [[7, -8]] bool [True, False] [1, 2.5, -0.0, 1099511627776.0, 'é', None, True, {}, []]");
    const back = readNpy(bytes, { name: "a.npy" });
    expect(dictValue(back.data[0] as PickleValue, "list")).toHaveLength(9);
  });
});
