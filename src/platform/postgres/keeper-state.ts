/** What the keeper says to the programs that hold it: one line of JSON at every change. */

export type KeeperState =
  | { readonly state: "ready"; readonly url: string }
  | { readonly state: "failed"; readonly message: string };

export function encodeState(state: KeeperState): string {
  return `${JSON.stringify(state)}\n`;
}

export function decodeState(line: string): KeeperState {
  return JSON.parse(line) as KeeperState;
}
