/** Names of the fields in which words about channels are kept. */

import { expect, test } from "vitest";
import { channelWordField, channelWordOf } from "./channel-words.ts";

test("a word of a channel has one field and comes back from it", () => {
  expect(channelWordField(1, "target")).toBe("channel2Target");
  expect(channelWordOf("channel2Target")).toMatchObject({ index: 1, field: { name: "target" } });
  expect(channelWordOf("channel12Wavelength")).toMatchObject({ index: 11, field: { name: "wavelength" } });
});

test.each([
  "channel0Target",
  "channelTarget",
  "channel2Role",
  "channel2Name",
  "channel2target",
  "organ",
  "channel1",
])("%s is a field like any other", (name) => expect(channelWordOf(name)).toBeNull());
