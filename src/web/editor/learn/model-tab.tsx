/** The Model tab: proposals and their threshold, running the model on a part, and improving it from corrections. */

import { type ReactNode, useEffect } from "react";
import type { ImageDetail } from "#api/index.ts";
import { ImproveSection } from "../../learn/improve-section.tsx";
import { Button } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { ModelPicker, type Primary } from "../panels/primary-button.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { FitSection } from "./fit-section.tsx";
import { ProposalControls } from "./proposal-controls.tsx";

export function ModelTab({
  image,
  session,
  primary,
  onCommand,
}: {
  image: ImageDetail;
  session: EditorSession;
  primary: Primary;
  onCommand: (command: Command) => void;
}): ReactNode {
  const readOnly = useStore(session.store, (state) => state.readOnly !== null);
  const planes = useStore(session.store, (state) => state.planes);
  const { models } = primary;
  return (
    <div className="flex flex-col gap-5 p-4" data-testid="model-tab">
      {models.items.length > 0 && <ModelPicker models={models} />}
      {!readOnly && (
        <>
          <div className="flex flex-wrap gap-2">
            <Button size="small" onClick={() => onCommand("region")} data-testid="run-here">
              Run the model here <KeyCap of="region" />
            </Button>
            {planes.t > 1 && (
              <Button size="small" onClick={() => onCommand("follow")} data-testid="follow">
                Follow into next frames <KeyCap of="follow" />
              </Button>
            )}
            {planes.t * planes.z === 1 && (
              <Button
                size="small"
                busy={primary.busy || primary.jobId !== undefined}
                disabled={models.chosen === null}
                onClick={primary.propose}
                data-testid="propose-whole"
              >
                Propose the whole image
              </Button>
            )}
          </div>
          <ProposalControls session={session} onCommand={onCommand} />
          {models.chosen !== null && <FitSection fit={primary.fit} session={session} />}
        </>
      )}
      <ImproveSection projectId={image.projectId} baseId={models.chosen} />
    </div>
  );
}

/** The chosen model answers questions about parts too, and sees them as it was asked to see the image. */
export function useModelOfParts(session: EditorSession, primary: Primary): void {
  const { chosen } = primary.models;
  const { value: fit } = primary.fit;
  useEffect(() => session.part.setModel(chosen), [session, chosen]);
  useEffect(() => session.part.setFit(fit), [session, fit]);
}
