import { expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { apiUrl, readAnswer } from "./http.ts";

test("query values are encoded, undefined ones left out", () => {
  expect(apiUrl("/images", { q: 'name="a b" and x>1', cursor: undefined, limit: 5 })).toBe(
    "/api/images?q=name%3D%22a+b%22+and+x%3E1&limit=5",
  );
  expect(apiUrl("/images")).toBe("/api/images");
});

test("an answer is its JSON, nothing for an empty one", () => {
  expect(readAnswer(200, '{"a":1}')).toEqual({ a: 1 });
  expect(readAnswer(204, "")).toBeUndefined();
});

const errorOf = (status: number, text: string): FoundryError => {
  try {
    readAnswer(status, text);
  } catch (error) {
    if (error instanceof FoundryError) return error;
  }
  throw new Error("nothing thrown");
};

test("a refusal keeps code, message and hint", () => {
  const error = errorOf(409, '{"error":{"code":"model.gate","message":"Worse.","hint":"Train longer."}}');
  expect([error.code, error.message, error.hint]).toEqual(["model.gate", "Worse.", "Train longer."]);
});

test("an unknown code and an answer that is no JSON are still errors with words", () => {
  expect(errorOf(400, '{"error":{"code":"new.code","message":"New."}}').code).toBe("server.internal");
  expect(errorOf(502, "<html>Bad gateway</html>").details).toEqual({ status: 502 });
});
