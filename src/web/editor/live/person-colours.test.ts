import { expect, test } from "vitest";
import { personColours, personPalette } from "./person-colours.ts";

const person = (page: string, memberId: string) => ({ page, memberId });

test("a colour is one's own, whoever asks; two people never share one while there are enough", () => {
  const [a, b] = [person("01", "ADA"), person("02", "BEA")];
  const together = personColours([a, b]);
  expect(personColours([b, a])).toEqual(together);
  expect(together.get("01")).not.toBe(together.get("02"));
  // Who came first keeps the colour that both would have.
  const [first, second] = [person("01", "SAME"), person("02", "SAME")];
  expect(personColours([first]).get("01")).toBe(personColours([first, second]).get("01"));
  const many = Array.from({ length: 9 }, (_, k) => person(`0${k}`, `M${k}`));
  expect(new Set(personColours(many.slice(0, 7)).values()).size).toBe(personPalette.length);
  expect(personColours(many).size).toBe(9);
});
