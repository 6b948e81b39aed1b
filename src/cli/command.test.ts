import { expect, test } from "vitest";
import { type Command, commandHelp, numberOption, parseCommandLine, textOption } from "./command.ts";
import { commandTable } from "./commands/index.ts";
import { createOutput } from "./output.ts";

const command: Command = {
  usage: "grow NAME [--minutes M] [--dry-run]",
  about: "Grows something.",
  examples: ["cellfoundry grow a --minutes 3"],
  options: {
    minutes: { type: "string", value: "M", help: "How long" },
    "dry-run": { type: "boolean", help: "Only say" },
  },
  run: async () => 0,
};

const silent = createOutput({ json: false, stdout: { write: () => true }, stderr: { write: () => true } });

function input(args: readonly string[]) {
  return { ...parseCommandLine(command, args), out: silent, signal: new AbortController().signal };
}

test("positionals, options and shared options are told apart", () => {
  const parsed = input(["a", "--minutes", "3", "--home", "/tmp/x", "--dry-run"]);
  expect(parsed.positionals).toEqual(["a"]);
  expect(textOption(parsed, "home")).toBe("/tmp/x");
  expect(parsed.options.get("dry-run")).toBe(true);
});

test("an unknown option is a usage error with the usage line", () => {
  expect(() => input(["--minuets", "3"])).toThrowError(
    expect.objectContaining({ code: "cli.usage", hint: expect.stringContaining("grow NAME") }),
  );
});

test.each(["x", "", "0", "-1", "1e9", "Infinity"])("--minutes %j is refused", (text) => {
  expect(() => numberOption(input([`--minutes=${text}`]), "minutes", { low: 0.05, high: 1440 })).toThrowError(
    expect.objectContaining({ code: "cli.usage" }),
  );
});

test("help names every option, the shared ones too", () => {
  const help = commandHelp(command);
  for (const word of ["--minutes M", "--dry-run", "--home FOLDER", "--json", "cellfoundry grow a"]) {
    expect(help).toContain(word);
  }
});

test.each(commandTable.map((entry) => [entry.name, entry] as const))(
  "%s: its usage begins with its name and it has an example",
  async (name, entry) => {
    const loaded = await entry.load();
    expect(loaded.usage.startsWith(name)).toBe(true);
    expect(loaded.examples.length).toBeGreaterThan(0);
    for (const example of loaded.examples) expect(example).toContain(`cellfoundry ${name}`);
    // What the usage line names must exist.
    for (const [, option] of loaded.usage.matchAll(/--([a-z-]+)/g)) {
      expect(Object.keys(loaded.options).concat("project", "home")).toContain(option);
    }
  },
);

test("no command is listed twice", () => {
  const names = commandTable.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
