/**
 * What an evaluation says of the cells of the edited layer, when the address names one.
 *
 * Whoever comes from an evaluation came to see its errors, so cells take these colours once, when the answer is there; any other
 * choice of colours holds after that. Cells that were drawn since have no class.
 */

import { useEffect, useMemo, useRef } from "react";
import { isFoundryError } from "#core/errors.ts";
import type { ErrorClass } from "#core/metrics/index.ts";
import { useJudgedImage } from "../../client/index.ts";
import { colouringOf } from "../layers/colour-by.ts";
import { evaluationInAddress } from "../session/address.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import type { Store } from "../session/store.ts";

export interface JudgedCells {
  readonly evaluationId: string;
  /** `name@version` of the model, and of the dataset. */
  readonly model: string;
  readonly dataset: string;
  readonly classes: ReadonlyMap<string, ErrorClass>;
  /** Predictions where there is no cell. */
  readonly gained: number;
}

/** @returns null without an evaluation, before its answer, and for a layer that was not the reference. */
export function useJudgedCells(
  imageId: string,
  layerId: string,
  session: EditorSession,
  look: Store<Look>,
): JudgedCells | null {
  const evaluationId = useMemo(() => evaluationInAddress(window.location.search), []);
  const { data, error } = useJudgedImage(evaluationId, imageId);
  const judged = useMemo((): JudgedCells | null => {
    if (evaluationId === null || data === undefined || data.layerId !== layerId) return null;
    const classes = new Map(data.cells.map((cell) => [cell.uid, cell.class]));
    return { ...data, evaluationId, classes };
  }, [evaluationId, data, layerId]);
  useEffect(() => {
    if (error !== null)
      session.note(isFoundryError(error) ? error.message : "The evaluation cannot be read.");
  }, [error, session]);
  const isElsewhere = data !== undefined && data.layerId !== layerId;
  useEffect(() => {
    if (isElsewhere)
      session.note("The evaluation looked at other labels of this image: choose them in Layers.");
  }, [isElsewhere, session]);
  const shown = useRef(false);
  useEffect(() => {
    if (judged === null || shown.current) return;
    shown.current = true;
    const facts = { kinds: new Map(), classes: judged.classes };
    look.set({ colouring: "errors", cellColour: colouringOf("errors", session.model, facts) });
  }, [judged, look, session]);
  return judged;
}
