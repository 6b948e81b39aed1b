import { expect, test } from "vitest";
import { parseModelCard, parsePrints } from "./model-files.ts";

const card = {
  name: "nuclei",
  version: "1.0.0",
  licence: "CC0-1.0",
  architecture: "unet",
  contract: { stride: 8 },
  files: { onnx: "a", weights: "b" },
  card: { task: "nuclei" },
};

test("a card is read field by field", () => {
  expect(parseModelCard(JSON.stringify(card), "x/card.json")).toEqual(card);
});

test.each(["name", "version", "licence", "architecture", "contract", "files"])(
  "without %s it is refused by name",
  (field) => {
    const { [field as "name"]: _left, ...rest } = card;
    expect(() => parseModelCard(JSON.stringify(rest), "x/card.json")).toThrowError(
      expect.objectContaining({ code: "model.invalid", message: expect.stringContaining(`"${field}"`) }),
    );
  },
);

test("text that is not JSON is refused", () => {
  expect(() => parseModelCard("<html>", "x/card.json")).toThrowError(
    expect.objectContaining({ code: "model.invalid" }),
  );
});

test("prints are read line by line, words for people left out; a line that is no digest is refused by number", () => {
  const digest = "ab".repeat(32);
  expect(parsePrints(`# words\n${digest}\n${digest}\n`, "x")).toEqual([digest, digest]);
  expect(parsePrints("", "x")).toEqual([]);
  expect(() => parsePrints(`${digest}\nnothing\n`, "x")).toThrowError(
    expect.objectContaining({ code: "model.invalid", message: expect.stringContaining("Line 2") }),
  );
});
