import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { predictCommands, shellQuote } from "./predict-commands.ts";

test("a shell reads quoted names back as they are", () => {
  for (const name of ["a.tif", "my image.tif", 'it\'s $HOME `x` "y".tif', "Größe 1.png"]) {
    expect(execFileSync("sh", ["-c", `printf %s ${shellQuote(name)}`], { encoding: "utf8" })).toBe(name);
  }
});

test("commands name server, model and file; the shell accepts them", () => {
  const { curl, cli } = predictCommands("http://lab:8400", "nuclei@1.0.0", "my image.tif");
  expect(cli).toBe("cellfoundry predict --model nuclei@1.0.0 'my image.tif' --out labels/");
  expect(curl).toContain("-F model=nuclei@1.0.0 -F file=@'my image.tif'");
  expect(() => execFileSync("sh", ["-n", "-c", curl])).not.toThrow();
});
