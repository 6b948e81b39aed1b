/** A store in a fresh folder below the system's temporary one, for integration tests; removed when it is closed. */

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenStoreOptions, openStore } from "../open-store.ts";
import type { Store } from "../store.ts";
import { homeUse, waitFor } from "./home-use.ts";

export interface TemporaryStore {
  readonly store: Store;
  readonly home: string;
  /** Closes, waits until nothing runs in the folder any more, and removes it. */
  end(): Promise<void>;
}

/** A fresh folder with the rights an ordinary data folder has; `mkdtemp` alone would make a private one. */
export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "cellfoundry-test-"));
  await chmod(home, 0o755);
  return home;
}

export async function openTemporaryStore(options: OpenStoreOptions = {}): Promise<TemporaryStore> {
  const home = await temporaryHome();
  const store = await openStore({ ...options, home });
  return {
    store,
    home,
    async end() {
      await store.close();
      await removeHome(home);
    },
  };
}

/**
 * Removes a home once its database has stopped. A process that has just left the list may still be writing its last file:
 * so a folder that fills up again is tried again.
 */
export async function removeHome(home: string): Promise<void> {
  await waitFor(() => homeUse(home).length === 0, "the database to stop");
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
