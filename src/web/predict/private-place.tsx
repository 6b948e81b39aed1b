/** Whether a prediction runs on the server or in this browser, and there on which device. */

import type { ReactNode } from "react";
import { Choice } from "../ui/index.ts";
import type { DeviceChoice } from "./private-protocol.ts";

export type PredictPlace = "server" | "browser";

const places = [
  {
    value: "server",
    label: "On the server",
    note: "The image is sent there; the result stays listed under Jobs.",
  },
  {
    value: "browser",
    label: "In this browser",
    note: "Private: the image does not leave this computer.",
  },
] as const;

const devices = [
  { value: "automatic", label: "Automatic", note: "The graphics card when there is one" },
  { value: "webgpu", label: "Graphics card", note: "Through WebGPU" },
  { value: "wasm", label: "Processor", note: "With as many threads as this page may use" },
] as const;

export function PrivatePlace({
  place,
  onPlace,
  device,
  onDevice,
}: {
  place: PredictPlace;
  onPlace: (place: PredictPlace) => void;
  device: DeviceChoice;
  onDevice: (device: DeviceChoice) => void;
}): ReactNode {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-1 text-sm">Where it runs</legend>
      {places.map(({ value, label, note }) => (
        <label key={value} className="flex items-start gap-2">
          <input
            type="radio"
            name="predict-place"
            className="mt-0.5 size-4 accent-accent"
            checked={place === value}
            onChange={() => onPlace(value)}
          />
          <span>
            {label}
            <span className="block text-sm text-quiet">{note}</span>
          </span>
        </label>
      ))}
      {place === "browser" && (
        <Choice
          label="Device"
          className="pt-2"
          items={devices}
          value={device}
          onChange={(chosen) => onDevice(chosen as DeviceChoice)}
        />
      )}
    </fieldset>
  );
}
