// Finds a Chrome or Chromium for the browser tests; on Debian it installs the distribution's own when there is none.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** @returns {string | undefined} path of a browser: `CHROME_PATH` first, then the usual places */
export function findChromium() {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== "") return named;
  return places.find((place) => existsSync(place));
}

/** Installs Debian's chromium when no browser is found; throws with the remedy when that is not possible. */
export function ensureChromium(say = console.error) {
  if (findChromium() !== undefined) return;
  if (!existsSync("/usr/bin/apt-get")) throw new Error("No Chrome found. Install one, or set CHROME_PATH to it.");
  say("Installing Debian's chromium for the browser tests …");
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const [command, ...rest] = [...asRoot, "apt-get", "-qq", ...args];
    spawnSync(command, rest, { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  }
  if (findChromium() === undefined) {
    throw new Error("Chromium could not be installed. Run `apt-get install chromium` as root, or set CHROME_PATH.");
  }
}
