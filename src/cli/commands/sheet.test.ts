/** The commands for sheets and terms, run as a person runs them, without a data folder. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Command, parseCommandLine } from "../command.ts";
import { createOutput } from "../output.ts";
import { sheetCheckCommand, sheetTemplateCommand } from "./sheet.ts";
import { termsShowCommand, termsSourcesCommand } from "./terms-show.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sheet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: Command, args: readonly string[]) {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  const out = createOutput({ json: args.includes("--json"), stdout: sink, stderr: { write: () => true } });
  const parsed = parseCommandLine(command, [...args, "--home", join(folder, "none")]);
  const code = (await command.run({ ...parsed, out, signal: new AbortController().signal })) ?? 0;
  return { code, text: written.join("") };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("sheet check: a table of problems and 1 for errors, 0 for a clean sheet and for warnings", async () => {
  const bad = await run(sheetCheckCommand, [file("bad.csv", "name,organ,donor\na,spleen,D1\nb,splen,D1\n")]);
  expect(bad.code).toBe(1);
  expect(bad.text).toBe(
    [
      "row  column  severity  problem",
      '  3  organ   error     "splen" is not known; did you mean spleen (UBERON:0002106)?',
      "",
      "2 images: 1 error, 0 warnings.",
      "",
    ].join("\n"),
  );
  const clean = await run(sheetCheckCommand, [file("clean.csv", "name,organ,donor\na,spleen,D1\n")]);
  expect([clean.code, clean.text]).toEqual([0, "1 image: 0 errors, 0 warnings.\n"]);
  const warned = await run(sheetCheckCommand, [file("warned.csv", "name,organ\na,spleen\n")]);
  expect(warned.code).toBe(0);
  expect(warned.text).toContain("warning");
});

test("sheet check as JSON, with a preset", async () => {
  const path = file("s.yaml", "defaults: { cellLine: H9 }\nimages: [a.tif]\n");
  const { code, text } = await run(sheetCheckCommand, [path, "--preset", "live-cell", "--json"]);
  expect(code).toBe(1);
  const answer: { errors: number; problems: { rule: string; candidates?: unknown }[] } = JSON.parse(text);
  expect(answer.problems.map((problem) => problem.rule)).toEqual([
    "ambiguousTerm",
    "required",
    "required",
    "required",
    "required",
  ]);
  expect(answer.problems[0]?.candidates).toEqual([
    { curie: "CVCL_9773", label: "WA09" },
    { curie: "CVCL_1240", label: "H9" },
  ]);
});

test("a sheet that cannot be read, and wrong use", async () => {
  await expect(run(sheetCheckCommand, [join(folder, "no.csv")])).rejects.toMatchObject({
    code: "format.sheet",
  });
  await expect(run(sheetCheckCommand, [file("x.csv", "name\n")])).rejects.toMatchObject({
    code: "format.sheet",
  });
  await expect(run(sheetCheckCommand, [])).rejects.toMatchObject({ code: "cli.usage" });
  await expect(run(sheetCheckCommand, ["x", "--preset", "no"])).rejects.toMatchObject({ code: "cli.usage" });
  await expect(run(sheetTemplateCommand, [])).rejects.toMatchObject({ code: "cli.usage" });
  await expect(run(sheetTemplateCommand, ["--preset", "live-cell", "--format", "pdf"])).rejects.toMatchObject(
    {
      code: "cli.usage",
    },
  );
});

test.each(["yaml", "csv"])(
  "a %s template goes through the check and lacks only what a person must say",
  async (format) => {
    const template = await run(sheetTemplateCommand, ["--preset", "tissue-multiplexed", "--format", format]);
    const path = file(`template.${format}`, template.text);
    const { code, text } = await run(sheetCheckCommand, [path, "--preset", "tissue-multiplexed"]);
    expect(code).toBe(1);
    expect(text).toContain("Organ or tissue is missing");
    expect(text).not.toContain("not known");
  },
);

test("terms show: names, parents, what is below, bucket", async () => {
  const { text } = await run(termsShowCommand, ["uberon_0002115"]);
  expect(text).toContain("jejunum (UBERON:0002115)");
  expect(text).toMatch(/part of +small intestine \(UBERON:0002108\)/);
  expect(text).toMatch(/above +small intestine < digestive tract < digestive system < anatomical entity/);
  expect(text).toMatch(/training bucket +gi/);
  expect((await run(termsShowCommand, ["CVCL_0030"])).text).toMatch(/origin: species +Homo sapiens/);
  await expect(run(termsShowCommand, ["splen"])).rejects.toMatchObject({ code: "request.notFound" });
  const json: { curie: string; descendants: string[] } = JSON.parse(
    (await run(termsShowCommand, ["CVCL_0030", "--json"])).text,
  );
  expect(json.descendants).toContain("CVCL_0058");
});

test("terms sources names every vocabulary with its licence", async () => {
  const { text } = await run(termsSourcesCommand, []);
  for (const word of ["UBERON", "CC-BY-3.0", "Cellosaurus", "as commonly stated", "v2026-04-01"])
    expect(text).toContain(word);
});
