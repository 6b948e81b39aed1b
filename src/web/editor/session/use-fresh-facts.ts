/** Tells the rest of the page that the image has changed: its status, its count of cells, the project's grid. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ImageDetail } from "#api/index.ts";
import { keys } from "../../client/index.ts";

/** Edits come in bursts; one look after the burst is enough. */
const settleMs = 500;

/** @param seq  number of the newest edit that the server has acknowledged */
export function useFreshFacts(image: Pick<ImageDetail, "id" | "projectId">, seq: number): void {
  const client = useQueryClient();
  const known = useRef(seq);
  useEffect(() => {
    if (seq === known.current) return;
    const timer = setTimeout(() => {
      known.current = seq;
      void client.invalidateQueries({ queryKey: keys.image(image.id) });
      void client.invalidateQueries({ queryKey: keys.project(image.projectId), refetchType: "none" });
    }, settleMs);
    return () => clearTimeout(timer);
  }, [client, image.id, image.projectId, seq]);
}
