import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import { forSeeds } from "#testing/index.ts";
import type { ByteSource } from "../../byte-source.ts";
import { sourceOfBytes } from "../../byte-source.ts";
import { refusal, sharedData } from "../../fixtures/fixtures.ts";
import { scanJson } from "./scan-json.ts";

const source = (text: string) => sourceOfBytes(new TextEncoder().encode(text), "a.json");

async function collect(from: ByteSource, wanted: (key: string) => boolean = () => true) {
  const found: unknown[] = [];
  await scanJson(from, {
    wanted,
    element: (element) => {
      found.push([element.key, element.name, element.parse()]);
      return undefined;
    },
  });
  return found;
}

test("elements of lists, of objects, and plain values; what nobody wants is passed over", async () => {
  const text =
    '\ufeff {"info": {"a": [1, {"x": "]}"}]}, "n": -1.5e3 ,"list":[ 1,"two, \\"3\\"",[4],{"five":5} , null], "map":{"k1":{"v":1},"k\\u00b5":[]}, "empty":[], "none":{} } ';
  expect(await collect(source(text), (key) => key !== "info")).toEqual([
    ["n", "n", -1500],
    ["list", null, 1],
    ["list", null, 'two, "3"'],
    ["list", null, [4]],
    ["list", null, { five: 5 }],
    ["list", null, null],
    ["map", "k1", { v: 1 }],
    ["map", "kµ", []],
  ]);
  expect(await collect(source('[{"a":1}, 2]'))).toEqual([
    ["", null, { a: 1 }],
    ["", null, 2],
  ]);
});

test("places are those of the file; a scan can stop", async () => {
  const text = '{"a":[10, 20, 30]}';
  const places: string[] = [];
  await scanJson(source(text), {
    wanted: () => true,
    element: ({ from, to }) => {
      places.push(text.slice(from, to));
      return places.length === 2 ? "stop" : undefined;
    },
  });
  expect(places).toEqual(["10", "20"]);
});

describe("what is not JSON is refused with the place", () => {
  test.each([
    ["", /cut short/],
    ["7", /not a JSON object or list/],
    ['{"a":[1,2', /cut short/],
    ['{"a":[1,2]', /cut short/],
    ['{"a":[1,,2]}', /a value is expected/],
    ['{"a" 1}', /colon/],
    ["{a:1}", /a key is expected/],
    ['{"a":[1 2]}', /comma/],
    ['{"a":[tru]}', /not JSON/],
    ['{"a":[1]}]', /after the end/],
    ['{"a":[{"b":}]}', /not JSON/],
    [`{"a":[${"[".repeat(100)}`, /nested too deeply/],
  ])("%j", async (text, message) => {
    const error = await refusal(() => collect(source(text)));
    expect([error.code, error.message]).toEqual(["format.json", expect.stringMatching(message)]);
  });

  test("a key without end stops at its limit", async () => {
    expect((await refusal(() => collect(source(`{"${"a".repeat(10_000)}`)))).code).toBe("limit.bytes");
  });
});

test("law: agrees with the runtime's parser on its own output", async () => {
  const made: [string, unknown][] = [];
  forSeeds(200, (random) => {
    const value = (depth: number): unknown => {
      const kind = random.int(depth > 3 ? 4 : 6);
      if (kind === 0) return random.int(1000) / 8 - 50;
      if (kind === 1) return random.pick(["", 'q"', "\\", "[{", "}]", "µ😀", "\n"]);
      if (kind === 2) return random.pick([true, false, null]);
      if (kind === 3) return random.int(10);
      const items = Array.from({ length: random.int(4) }, () => value(depth + 1));
      return kind === 4 ? items : Object.fromEntries(items.map((item, i) => [`k${i}"`, item]));
    };
    const file = Object.fromEntries(
      ["a", "b", "c"].map((key) => [key, Array.from({ length: random.int(5) }, () => value(0))]),
    );
    made.push([JSON.stringify(file, null, random.int(3)), file]);
  });
  for (const [text, file] of made) {
    const found = await collect(source(text));
    expect(found).toEqual(
      Object.entries(file as Record<string, unknown[]>).flatMap(([key, items]) =>
        items.map((item) => [key, null, item]),
      ),
    );
  }
});

test("elements across pieces of any length", async () => {
  // 5 MiB of elements cross the 4 MiB pieces in which a file is read.
  const items = Array.from({ length: 60_000 }, (_, i) => ({ id: i, text: `é"${"x".repeat(i % 90)}\\` }));
  const found = await collect(source(JSON.stringify({ items })));
  expect(found.map((one) => (one as [string, null, unknown])[2])).toEqual(items);
});

const corpus = join(sharedData, "bad-input/go-fuzz/json");
test.skipIf(!existsSync(corpus))(
  "a public corpus: what the scanner accepts the runtime's parser accepts, and the other way",
  async () => {
    for (const name of readdirSync(corpus)) {
      const bytes = new Uint8Array(readFileSync(join(corpus, name)));
      let expected: unknown;
      let valid = true;
      try {
        expected = JSON.parse(new TextDecoder().decode(bytes));
        valid = typeof expected === "object" && expected !== null;
      } catch {
        valid = false;
      }
      const outcome = await collect(sourceOfBytes(bytes, name)).then(
        () => true,
        (error) => {
          expect(isFoundryError(error), name).toBe(true);
          return false;
        },
      );
      expect(outcome, name).toBe(valid);
    }
  },
);
