/** `serve`: the server with its worker and pages; everything of it lies in `server`. */

import { type Command, type CommandInput, flagOption, numberOption, textOption } from "../command.ts";

export const serveCommand: Command = {
  usage: "serve [--port N] [--host NAME] [--no-sample] [--no-worker] [--home FOLDER]",
  about:
    "Starts the server, a worker and the web pages, and prints one address with a one-time sign-in token. Ctrl-C stops " +
    "everything.",
  examples: ["cellfoundry serve --port 8080"],
  options: {
    port: { type: "string", value: "N", help: "Port; default 8787, the next free one when it is taken" },
    host: {
      type: "string",
      value: "NAME",
      help: "Address to listen on; default 127.0.0.1, this machine only",
    },
    "no-sample": { type: "boolean", help: "Do not load the sample project into an empty data folder" },
    "no-worker": { type: "boolean", help: "Do not start a worker; others do the jobs" },
    verbose: { type: "boolean", help: "Log every request on standard error" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const { serve } = await import("#server/serve.ts");
  const { createLog } = await import("#platform/index.ts");
  const quiet = !flagOption(input, "verbose");
  const log = createLog((line) => process.stderr.write(line));
  await serve({
    home: textOption(input, "home"),
    host: textOption(input, "host"),
    port: numberOption(input, "port", { low: 0, high: 65_535, integer: true }),
    sample: !flagOption(input, "no-sample"),
    worker: !flagOption(input, "no-worker"),
    signal: input.signal,
    say: (line) => input.out.note(line),
    ready: (facts) =>
      input.out.result(facts, () =>
        [
          `Cell Foundry is ready at ${facts.url} (${(facts.startMs / 1000).toFixed(1)} s)`,
          "",
          `  ${facts.signInUrl}`,
          "",
          "Open this link once to sign in as the owner. Ctrl-C stops the server.",
        ].join("\n"),
      ),
    log: {
      write(level, message, details) {
        // Requests are interesting to those who ask; trouble to everyone.
        if (!quiet || level === "warn" || level === "error") log.write(level, message, details);
      },
    },
  });
  return undefined;
}
