import { expect, test } from "vitest";
import { channelsOf, readAnswers } from "./answers.ts";

test("answers in words become what readers and the store need", () => {
  expect(readAnswers({ axes: "tyx", mpp: "0.5", compartment: "wholecell" })).toEqual({
    pagesAre: "t",
    mpp: { y: 0.5, x: 0.5 },
    compartment: "wholeCell",
  });
  expect(readAnswers({ axes: "Z", mpp: "0.5, 0.48" })).toEqual({ pagesAre: "z", mpp: { y: 0.5, x: 0.48 } });
  expect(readAnswers({ axes: "zcyx", mpp: "unknown" })).toEqual({ pagesAre: "z", mpp: null });
  expect(readAnswers({ channels: "nuclear, CD45=membrane,autofluorescence" }).channels).toEqual([
    { role: "nuclear" },
    { name: "CD45", role: "membrane" },
    { name: "autofluorescence" },
  ]);
  expect(readAnswers({ axes: "", mpp: " " })).toEqual({});
});

test.each([
  [{ axes: "yx" }, /what the pages are/],
  [{ axes: "yxt" }, /what the pages are/],
  [{ mpp: "0" }, /pixel size/],
  [{ mpp: "1,2,3" }, /pixel size/],
  [{ mpp: "wide" }, /pixel size/],
  [{ compartment: "mitochondria" }, /compartment/],
  [{ channels: "DAPI=nucleus" }, /role of a channel/],
])("%o is refused with the choices", (answers, message) => {
  expect(() => readAnswers(answers)).toThrow(message);
});

test("the one channel of a fluorescence image shows nuclei; otherwise the role stays open", () => {
  const read = [{ name: "" }];
  expect(channelsOf(read, { kind: "fluorescence-small" }, undefined, "a")).toEqual([
    { index: 0, name: "channel 1", role: "nuclear" },
  ]);
  expect(channelsOf(read, {}, undefined, "a")).toEqual([{ index: 0, name: "channel 1", role: "other" }]);
  const two = [{ name: "C0" }, { name: "C1" }];
  expect(channelsOf(two, {}, [{ name: "DAPI", role: "nuclear" }, { role: "membrane" }], "a")).toEqual([
    { index: 0, name: "DAPI", role: "nuclear" },
    { index: 1, name: "C1", role: "membrane" },
  ]);
  expect(() => channelsOf(two, {}, [{ role: "nuclear" }], "a.tif")).toThrow(
    "a.tif: it has 2 channels, the answer names 1.",
  );
});
