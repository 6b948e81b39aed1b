/** Gives the session the network that outlines the cell pointed at, and the channels to look at first. */

import { useEffect } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { modelTask } from "#core/prepare/index.ts";
import { modelsApi } from "../../client/index.ts";
import type { PrivateModel } from "../../predict/private-protocol.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { firstChannels } from "./prompt-channels.ts";
import { createPromptRunner } from "./prompt-runner.ts";

/** The newest released model for prompts; null without any. */
async function findPromptModel(): Promise<PrivateModel | null> {
  const { models } = await modelsApi.released();
  const [newest] = models
    .flatMap(({ versions }) => versions)
    .filter(({ stage, contract }) => stage === "released" && modelTask(contract) === "prompt")
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  if (newest === undefined) return null;
  const { id, name, version, onnxDigest, onnxBytes, contract } = newest;
  return { id, name: `${name}@${version}`, onnxDigest, onnxBytes, contract };
}

export function usePrompter(session: EditorSession, image: ImageDetail, layer: LayerSummary): void {
  const { channels } = image;
  const { compartment } = layer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refetched image has the same channels.
  useEffect(() => {
    const runner = createPromptRunner(findPromptModel);
    session.drafts.prompting.attach(runner);
    session.drafts.change(firstChannels(channels, compartment));
    return () => {
      session.drafts.prompting.attach(null);
      runner.close();
    };
  }, [session, image.id, compartment]);
}
