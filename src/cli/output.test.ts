import { expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { counted, createOutput, duration, table } from "./output.ts";

function sinks(isTTY = false) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  let time = 0;
  return {
    stdout,
    stderr,
    wait(ms: number) {
      time += ms;
    },
    make: (json: boolean) =>
      createOutput({
        json,
        stdout: { write: (text: string) => stdout.push(text) },
        stderr: { write: (text: string) => stderr.push(text), isTTY, columns: 40 },
        now: () => time,
      }),
  };
}

test("columns are as wide as their widest cell, numbers to the right", () => {
  expect(
    table(
      ["name", "cells"],
      [
        ["a", 7],
        ["long-name", 1200],
      ],
    ),
  ).toBe("name       cells\na              7\nlong-name   1200");
});

test("with --json a failure is still one document on standard output", () => {
  const { make, stdout, stderr } = sinks();
  make(true).failure(new FoundryError("dataset.empty", { message: "Nothing.", hint: "Accept one." }));
  expect(JSON.parse(stdout.join(""))).toEqual({
    error: { code: "dataset.empty", message: "Nothing.", hint: "Accept one." },
  });
  expect(stderr.join("")).toBe("error: Nothing.\n  Accept one.\n  (dataset.empty)\n");
});

test("after an answer, a failure does not add a second document", () => {
  const { make, stdout } = sinks();
  const out = make(true);
  out.result({ a: 1 }, () => "a");
  out.failure(new Error("later"));
  expect(JSON.parse(stdout.join(""))).toEqual({ a: 1 });
});

test("progress rewrites one line on a terminal and is sparse in a log", () => {
  const terminal = sinks(true);
  const onTerminal = terminal.make(false);
  onTerminal.progress("one");
  onTerminal.progress("two");
  onTerminal.result(null, () => "done");
  expect(terminal.stderr.join("")).toBe("\r\u001b[2Kone\r\u001b[2Ktwo\n");

  const log = sinks(false);
  const inLog = log.make(false);
  inLog.progress("one");
  inLog.progress("two");
  log.wait(5_000);
  inLog.progress("three");
  expect(log.stderr).toEqual(["one\n", "three\n"]);
});

test("durations and counts in words", () => {
  expect([duration(0), duration(99_400), duration(120_000), duration(7_500_000)]).toEqual([
    "0 s",
    "99 s",
    "2 min",
    "2 h 5 min",
  ]);
  expect([counted(1, "image"), counted(1234, "image")]).toEqual(["1 image", "1,234 images"]);
});
