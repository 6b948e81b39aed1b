import { expect, test } from "vitest";
import { detectFormat } from "./detect.ts";
import { fixture, refusal } from "./fixtures/fixtures.ts";

const text = (content: string) => new TextEncoder().encode(content);

test("content decides, not the name", () => {
  expect(detectFormat(fixture("rgba.png"), "misnamed.tif")).toBe("png");
  expect(detectFormat(fixture("strips-float.tif"), "misnamed.png")).toBe("tiff");
  expect(detectFormat(fixture("ome-zcyx.ome.tif"), "big")).toBe("tiff");
  expect(detectFormat(Uint8Array.of(0x50, 0x4b, 5, 6), "empty.zip")).toBe("zip");
  expect(detectFormat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "misnamed.png")).toBe("jpeg");
  expect(detectFormat(text("RIFF\0\0\0\0WEBPVP8 "), "a")).toBe("webp");
  expect(detectFormat(text('<?xml version="1.0"?>\n<!-- x --><OME xmlns="y">'), "a.companion.ome")).toBe(
    "ome-xml",
  );
  expect(() => detectFormat(text("BM is how this text starts, no picture"), "a")).toThrow(/text file/);
});

test.each([
  ["cells.png", text("name,count\na,3\n"), "cells.png: it is a text file, although its name says PNG."],
  ["a.tif", text("<!DOCTYPE html><html>404"), "a.tif: it is a web page, although its name says TIFF."],
  ["a.tif", new Uint8Array(0), "a.tif: the file is empty (0 bytes)."],
  [
    "a.png",
    Uint8Array.of(0x47, 0x49, 0x46, 0x38, 0),
    "a.png: it is a GIF image, although its name says PNG.",
  ],
  ["a", Uint8Array.of(1, 2, 3, 0), "a: its content is not one of the formats read here."],
  ["", Uint8Array.of(1, 2, 3, 0), "(no name): its content is not one of the formats read here."],
  [
    "a\u0000b\n.png",
    Uint8Array.of(1, 2),
    "a?b?.png: its content is not one of the formats read here, although its name says PNG.",
  ],
])("%s: the refusal says what the file seems to be", async (name, bytes, message) => {
  const error = await refusal(() => detectFormat(bytes, name));
  expect(error.code).toBe("format.detect");
  expect(error.message).toBe(message);
  expect(error.hint).not.toBe("");
});
