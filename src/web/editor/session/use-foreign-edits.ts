/** Notices that someone else changed the layer (another person, a model) and shows their cells too. */

import { useEffect } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import type { EditorSession } from "./editor-session.ts";
import { useStore } from "./store.ts";
import { readLog } from "./use-editor.ts";

/**
 * The image is read again now and then (focus, finished jobs); when its layer is further than this page knows and
 * nothing of ours is under way, the cells are read again.
 */
export function useForeignEdits(image: ImageDetail, layer: LayerSummary, session: EditorSession): void {
  const newest = image.layers.find((one) => one.id === layer.id)?.seq ?? 0;
  const idle = useStore(session.store, (state) => state.sync.state === "saved");
  useEffect(() => {
    if (!idle || newest <= session.state.seq) return;
    let stale = false;
    const read = async (): Promise<void> => {
      await session.reload();
      const log = await readLog(layer.id);
      if (!stale) session.takeLog(log);
    };
    // Not reaching the server is said by the saving line already; the next look tries again.
    read().catch(() => undefined);
    return () => {
      stale = true;
    };
  }, [newest, idle, layer.id, session]);
}
