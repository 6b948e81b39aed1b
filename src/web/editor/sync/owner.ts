/**
 * One tab edits a layer at a time.
 *
 * Two tabs with one journal would undo each other's work. The browser's own locks decide, and let go by themselves when
 * a tab dies. Where they do not exist (plain HTTP on another host) each tab counts as the owner: the server's checks
 * still keep edits from overwriting each other.
 */

export type Ownership = "asking" | "owner" | "other-tab";

/**
 * Asks for a layer and keeps it until released; waits in the background while another tab has it.
 *
 * @returns function that gives the layer up.
 */
export function claimLayer(
  locks: LockManager | undefined,
  layerId: string,
  onChange: (ownership: Ownership) => void,
): () => void {
  if (locks === undefined) {
    onChange("owner");
    return () => undefined;
  }
  const name = `cellfoundry-layer-${layerId}`;
  const abort = new AbortController();
  let release: () => void = () => undefined;
  let released = false;
  const hold = (): Promise<void> => {
    if (released) return Promise.resolve();
    onChange("owner");
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  const wait = async (): Promise<void> => {
    let free = true;
    await locks.request(name, { ifAvailable: true }, (lock) => {
      free = lock !== null;
      return free ? hold() : undefined;
    });
    if (free || released) return;
    onChange("other-tab");
    await locks.request(name, { signal: abort.signal }, hold);
  };
  wait().catch((error: unknown) => {
    // Giving up while waiting is how a page that closes ends the wait.
    if (!abort.signal.aborted) throw error;
  });
  return () => {
    released = true;
    abort.abort();
    release();
  };
}
