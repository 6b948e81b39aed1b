// A newcomer's first minutes: fresh clone, empty package cache, `npm start`, the page answers, Ctrl-C, second start.
// Plain JavaScript, because the newcomer's Node may be old. Usage: node test/bench/fresh-clone.mjs
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "fresh-"));
const clone = join(scratch, "cellfoundry");
const home = join(scratch, "data");
const env = { ...process.env, npm_config_cache: join(scratch, "npm-cache"), CELLFOUNDRY_HOME: home };

try {
  execFileSync("git", ["clone", "--quiet", repository, clone]);
  const first = await startOnce();
  const second = await startOnce();
  console.log(`node ${process.version}: first start ${seconds(first)} s, second start ${seconds(second)} s`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Starts, waits for the URL, asks for the page and the health route, interrupts, and looks for leftovers. */
async function startOnce() {
  const started = Date.now();
  // A process group of its own, so that the interrupt reaches everyone in it, as Ctrl-C in a terminal does.
  const child = spawn("npm", ["start", "--", "--port", "0"], {
    cwd: clone,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await firstUrl(child);
  const ms = Date.now() - started;
  const page = await fetch(url);
  const health = await fetch(new URL("/api/health", url));
  if (!page.ok || !(await page.text()).includes("<div id="))
    throw new Error(`the page answered ${page.status}`);
  if (!health.ok) throw new Error(`health answered ${health.status}`);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGINT");
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const left = leftovers();
  if (left.length > 0) throw new Error(`still running after Ctrl-C:\n${left.join("\n")}`);
  return ms;
}

function firstUrl(child) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      text += chunk;
      const url = /https?:\/\/\S+#token=\S+/.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code} before it printed a URL`)));
  });
}

/** Processes whose command line or working folder names the scratch folder. */
function leftovers() {
  const { stdout } = spawnSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(scratch) && !line.includes("fresh-clone.mjs"));
}

function seconds(ms) {
  return (ms / 1000).toFixed(1);
}
