/** Layers and channels: how labels and pixels are shown. */

import type { ReactNode } from "react";
import type { ImageDetail } from "#api/index.ts";
import type { Command } from "../input/keys.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { useHistograms } from "../pixels/use-histograms.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { type Look, setChannel } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { SpotsSection } from "../spots/index.ts";
import { ChannelPalettes } from "./channel-palettes.tsx";
import { ChannelRow } from "./channel-row.tsx";
import { ShareSlider } from "./range.tsx";

export function LayersTab({
  image,
  session,
  look,
  layers,
  children,
}: {
  image: ImageDetail;
  session: EditorSession;
  look: Store<Look>;
  /** What speaks of several label layers. */
  layers?: ReactNode;
  children?: ReactNode;
}): ReactNode {
  const value = useStore(look, (state) => state);
  const planes = useStore(session.store, (state) => state.planes);
  const histograms = useHistograms(image.id, session, value.channels);
  return (
    <div className="flex flex-col gap-6 p-4">
      <section aria-labelledby="labels-title" className="flex flex-col gap-2">
        <h3 id="labels-title" className="font-semibold">
          Labels
        </h3>
        <div className="flex gap-4 text-sm">
          <Check
            label="Labels"
            keyOf="labels"
            checked={value.labels}
            onChange={(labels) => look.set({ labels })}
          />
          <Check
            label="Outlines"
            keyOf="outlines"
            checked={value.outlines}
            onChange={(outlines) => look.set({ outlines })}
          />
        </div>
        <ShareSlider
          label="Fill"
          value={value.fillOpacity}
          onChange={(fillOpacity) => look.set({ fillOpacity })}
        />
        <ShareSlider
          label="Outline"
          value={value.outlineOpacity}
          onChange={(outlineOpacity) => look.set({ outlineOpacity })}
        />
      </section>
      {layers}
      <section aria-labelledby="channels-title" className="flex flex-col gap-3">
        <h3 id="channels-title" className="font-semibold">
          Channels
        </h3>
        {value.channels === null ? (
          <p className="text-sm text-quiet">Reading the pixels …</p>
        ) : (
          value.channels.map((channel, index) => (
            <ChannelRow
              key={channel.index}
              channel={channel}
              histogram={histograms?.[index] ?? null}
              alone={value.channels?.length === 1}
              onChange={(patch) => setChannel(look, index, patch)}
            />
          ))
        )}
        {planes.t * planes.z > 1 && (
          <label className="inline-flex items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              className="size-3.5 accent-accent"
              data-testid="contrast-per-plane"
              checked={value.contrastPerPlane}
              onChange={(event) => look.set({ contrastPerPlane: event.currentTarget.checked })}
            />
            Auto contrast in every {planes.t > 1 ? "frame" : "slice"}
          </label>
        )}
        <ChannelPalettes look={look} projectId={image.projectId} />
      </section>
      <SpotsSection image={image} session={session} />
      {children}
    </div>
  );
}

function Check({
  label,
  keyOf,
  checked,
  onChange,
}: {
  label: string;
  keyOf: Command;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): ReactNode {
  return (
    <label className="inline-flex items-center gap-1.5">
      <input
        type="checkbox"
        className="size-3.5 accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
      <KeyCap of={keyOf} className="font-sans text-xs text-quiet" />
    </label>
  );
}
