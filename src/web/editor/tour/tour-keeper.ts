/** Where a person is in the tour: kept in the browser, so that it goes on where it was left and is never offered twice. */

import { Store } from "../session/store.ts";
import { tourSteps } from "./tour-steps.ts";

interface TourState {
  readonly at: number;
  readonly open: boolean;
}

type Keeper = Pick<Storage, "getItem" | "setItem"> | null;

const keyOf = (memberId: string): string => `cellfoundry-tour-${memberId}`;

export class Tour {
  readonly store: Store<TourState>;

  /** Open for whoever never closed it; closed where the browser cannot remember that it was. */
  constructor(storage: Keeper, memberId: string) {
    this.store = new Store<TourState>(read(storage, memberId));
    this.store.subscribe(() => write(storage, memberId, this.store.get()));
  }

  get state(): TourState {
    return this.store.get();
  }

  /** The next step; after the last one the tour is over and would begin anew. */
  next(): void {
    const at = this.state.at + 1;
    this.store.set(at < tourSteps.length ? { at } : { at: 0, open: false });
  }

  back(): void {
    this.store.set({ at: Math.max(0, this.state.at - 1) });
  }

  toggle(): void {
    this.store.set({ open: !this.state.open });
  }
}

function read(storage: Keeper, memberId: string): TourState {
  const closed = { at: 0, open: false };
  try {
    const text = storage?.getItem(keyOf(memberId));
    if (text === undefined) return closed;
    if (text === null) return { at: 0, open: true };
    const { at, open } = JSON.parse(text) as Partial<TourState>;
    const known = Number.isInteger(at) && (at as number) >= 0 && (at as number) < tourSteps.length;
    return { at: known ? (at as number) : 0, open: open === true };
  } catch {
    return closed;
  }
}

function write(storage: Keeper, memberId: string, state: TourState): void {
  try {
    storage?.setItem(keyOf(memberId), JSON.stringify(state));
  } catch {
    // Then it is closed for this page only.
  }
}
