/** Layers and channels: how labels and pixels are shown. */

import type { ReactNode } from "react";
import type { Rgb } from "#core/labels/index.ts";
import { Button } from "../../ui/index.ts";
import { type ChannelLook, type Look, setChannel } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { PairSlider, ShareSlider } from "./range.tsx";

export function LayersTab({ look, children }: { look: Store<Look>; children?: ReactNode }): ReactNode {
  const value = useStore(look, (state) => state);
  return (
    <div className="flex flex-col gap-6 p-4">
      <section aria-labelledby="labels-title" className="flex flex-col gap-2">
        <h3 id="labels-title" className="font-semibold">
          Labels
        </h3>
        <div className="flex gap-4 text-sm">
          <Check
            label="Labels"
            keyText="L"
            checked={value.labels}
            onChange={(labels) => look.set({ labels })}
          />
          <Check
            label="Outlines"
            keyText="O"
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
              alone={value.channels?.length === 1}
              onChange={(patch) => setChannel(look, index, patch)}
            />
          ))
        )}
      </section>
      {children}
    </div>
  );
}

function Check({
  label,
  keyText,
  checked,
  onChange,
}: {
  label: string;
  keyText: string;
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
      <kbd className="font-sans text-xs text-quiet">{keyText}</kbd>
    </label>
  );
}

function ChannelRow({
  channel,
  alone,
  onChange,
}: {
  channel: ChannelLook;
  alone: boolean;
  onChange: (patch: Partial<ChannelLook>) => void;
}): ReactNode {
  const [low, high] = channel.limits;
  const span = channel.range[1] - channel.range[0];
  const whole = span >= 20 && Number.isInteger(channel.range[0]);
  const isAutomatic = low === channel.automatic[0] && high === channel.automatic[1];
  return (
    <div className="flex flex-col gap-1 text-sm">
      <div className="flex items-center gap-2">
        {!alone && (
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            aria-label={`Show ${channel.name}`}
            checked={channel.visible}
            onChange={(event) => onChange({ visible: event.currentTarget.checked })}
          />
        )}
        <input
          type="color"
          aria-label={`Colour of ${channel.name}`}
          className="size-4 shrink-0 appearance-none overflow-hidden rounded-full border border-edge p-0 [&::-moz-color-swatch]:border-0 [&::-webkit-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0"
          value={hexOf(channel.colour)}
          onChange={(event) => onChange({ colour: rgbOf(event.currentTarget.value) })}
        />
        <span className="min-w-0 flex-1 truncate" title={channel.name}>
          {channel.name}
        </span>
        <span className="text-quiet">
          {numberText(low, whole)}–{numberText(high, whole)}
        </span>
        <Button
          size="small"
          look="quiet"
          disabled={isAutomatic}
          onClick={() => onChange({ limits: channel.automatic })}
        >
          Auto
        </Button>
      </div>
      <PairSlider
        label={`Contrast of ${channel.name}`}
        value={channel.limits}
        range={channel.range}
        step={whole ? 1 : span / 500}
        onChange={(limits) => onChange({ limits })}
      />
    </div>
  );
}

const numberText = (value: number, whole: boolean): string =>
  whole ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

const hexOf = (colour: Rgb): string =>
  `#${colour.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
