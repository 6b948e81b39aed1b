// Finds a Chrome or Chromium for the browser tests. On Debian it brings the distribution's own when there is none:
// installed when we are root, otherwise unpacked into the user's cache folder, which needs no rights at all.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cellfoundry", "chromium");
/** A wrapper that adds the unpacked libraries to the search path and starts the unpacked browser. */
const unpacked = join(cache, "chromium");

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  unpacked,
];

/** @returns {string | undefined} path of a browser: `CHROME_PATH` first, then the usual places */
export function findChromium() {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== "") return named;
  return places.find((place) => existsSync(place));
}

/** Brings Debian's chromium when no browser is found; throws with the remedy when that is not possible. */
export function ensureChromium(say = console.error) {
  if (findChromium() !== undefined) return;
  if (!existsSync("/usr/bin/apt-get"))
    throw new Error("No Chrome found. Install one, or set CHROME_PATH to it.");
  say("Getting Debian's chromium for the browser tests …");
  if (process.getuid?.() === 0) install();
  else unpack();
  if (findChromium() === undefined) {
    throw new Error("Chromium could not be had. Run `apt-get install chromium` as root, or set CHROME_PATH.");
  }
}

function install() {
  run("apt-get", ["-qq", "update"]);
  run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "chromium"]);
}

/** apt-get with state and cache of its own downloads chromium and whatever it lacks; dpkg unpacks it beside. */
function unpack() {
  const archives = join(cache, "apt", "archives");
  const state = join(cache, "state");
  const files = join(cache, "root");
  for (const folder of [join(archives, "partial"), join(state, "lists", "partial"), files]) {
    mkdirSync(folder, { recursive: true });
  }
  const own = [
    "Debug::NoLocking=1",
    `Dir::State=${state}`,
    "Dir::State::status=/var/lib/dpkg/status",
    `Dir::Cache=${join(cache, "apt")}`,
  ];
  const options = ["-qq", ...own.flatMap((option) => ["-o", option])];
  run("apt-get", [...options, "update"]);
  run("apt-get", [
    ...options,
    "install",
    "-y",
    "--no-install-recommends",
    "--reinstall",
    "--download-only",
    "chromium",
  ]);
  const packages = readdirSync(archives).filter((name) => name.endsWith(".deb"));
  for (const name of packages) run("dpkg", ["-x", join(archives, name), files]);
  const binary = join(files, "usr", "lib", "chromium", "chromium");
  if (!existsSync(binary)) return;
  const libraries = readdirSync(join(files, "usr", "lib"))
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join(files, "usr", "lib", name));
  const script = `#!/bin/sh\nexport LD_LIBRARY_PATH='${libraries.join(":")}'\nexec '${binary}' "$@"\n`;
  writeFileSync(unpacked, script, { mode: 0o755 });
}

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const result = spawnSync(command, args, { stdio: ["ignore", 2, 2], env });
  if (result.status !== 0) console.error(`${command} ended with ${result.status ?? result.signal}`);
}
