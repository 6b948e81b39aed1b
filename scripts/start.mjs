// `npm start`: installs what is missing, builds the pages when they changed, then becomes the server. Says what it
// does meanwhile, because the first time takes a minute or two.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureWebBuilt } from "./build-web.mjs";
import { findNode, root } from "./find-node.mjs";
import { ensureInstalled } from "./install.mjs";

try {
  ensureInstalled();
  ensureWebBuilt();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

const node = findNode();
if (node === undefined) {
  console.error(
    "No Node 24 for this machine came with the packages. Install Node 24 and run `npm start` again.",
  );
  process.exit(2);
}
const server = spawn(node, [join(root, "src", "cli", "main.ts"), "serve", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal));
if (process.env.npm_lifecycle_event !== undefined) stopWithNpm();
server.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));

/** npm that gets SIGTERM ends without passing it on (its shell dies in between); its end is then the signal. */
function stopWithNpm() {
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    server.kill("SIGTERM");
  }, 500);
}
