/** The view as a value that components follow. */

import { useSyncExternalStore } from "react";
import type { ViewController } from "./view-controller.ts";

export function useView(view: ViewController): ViewController["view"] {
  return useSyncExternalStore(view.subscribe, () => view.view);
}
