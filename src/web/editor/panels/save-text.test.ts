import { expect, test } from "vitest";
import { saveText } from "./save-status.tsx";

const status = { refused: [], problem: null, unkept: null };

test("the sentences of the design", () => {
  expect(saveText({ ...status, state: "saved", waiting: 0 })).toBe("Saved");
  expect(saveText({ ...status, state: "saving", waiting: 3 })).toBe("Saving 3 edits");
  expect(saveText({ ...status, state: "saving", waiting: 1 })).toBe("Saving 1 edit");
  expect(saveText({ ...status, state: "offline", waiting: 12 })).toBe(
    "Offline: 12 edits kept on this computer",
  );
});
