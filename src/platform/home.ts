/**
 * Layout of the data folder.
 *
 *     blobs/ab/cd/<sha256>   immutable bytes        quarantine/   blobs that did not match their name
 *     postgres/              database cluster        run/          sockets, locks and logs of running processes
 *
 *     derived/ab/<sha256>/   smaller levels of a large image, made again when they are gone
 *
 * Everything in `run` and `derived` may be deleted while nothing runs.
 */

import { mkdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";

export interface HomeLayout {
  readonly root: string;
  readonly blobs: string;
  readonly quarantine: string;
  readonly derived: string;
  readonly postgres: string;
  readonly run: string;
}

/** The data folder: `given`, else `CELLFOUNDRY_HOME`, else `./data`; absolute. */
export function homeFolder(given?: string): string {
  const fromEnvironment = process.env["CELLFOUNDRY_HOME"];
  if (given !== undefined) return resolve(given);
  return resolve(fromEnvironment === undefined || fromEnvironment === "" ? "data" : fromEnvironment);
}

/** Creates the folders of a home that are missing and names them, with symbolic links resolved. */
export function openHome(home: string): HomeLayout {
  mkdirSync(home, { recursive: true });
  const root = realpathSync(home);
  const layout: HomeLayout = {
    root,
    blobs: join(root, "blobs"),
    quarantine: join(root, "quarantine"),
    derived: join(root, "derived"),
    postgres: join(root, "postgres"),
    run: join(root, "run"),
  };
  for (const folder of [layout.blobs, layout.run]) mkdirSync(folder, { recursive: true });
  return layout;
}
