/** Thresholds of a finished prediction, moved live in a worker; late answers never replace newer ones. */

import { useEffect, useRef, useState } from "react";
import { errorFromWire, type WireError } from "#core/errors.ts";
import type { Compartment, InputContract } from "#nn/index.ts";
import { download, tellProblem } from "../ui/index.ts";
import { type SettingsByCompartment, settingsOf } from "./private-settings.ts";
import type { ThresholdAnswer, ThresholdAsk, ThresholdCells } from "./threshold-worker.ts";

export interface Thresholds {
  readonly settings: SettingsByCompartment;
  /** Cells as the settings make them; `null` while they are the model's own, which the server has drawn. */
  readonly cells: readonly ThresholdCells[] | null;
  /** An answer is awaited. */
  readonly working: boolean;
  readonly change: (settings: SettingsByCompartment) => void;
  /** Saves the labels of a compartment as TIFF. */
  readonly save: (compartment: Compartment, name: string, model: string) => void;
}

interface Subject {
  readonly mapsUrl: string;
  readonly height: number;
  readonly width: number;
}

export function useThresholds(contract: InputContract, subject: Subject): Thresholds {
  const own = settingsOf(contract);
  const [settings, setSettings] = useState(own);
  const [cells, setCells] = useState<readonly ThresholdCells[] | null>(null);
  const [working, setWorking] = useState(false);
  const worker = useRef<Worker | null>(null);
  const latest = useRef(0);
  const fileName = useRef("labels.tif");
  useEffect(() => () => worker.current?.terminate(), []);

  const receive = ({ data }: MessageEvent<ThresholdAnswer>): void => {
    if (data.kind === "file") download(data.file, fileName.current);
    else if (data.id === latest.current) {
      setWorking(false);
      if (data.kind === "cells") setCells(data.cells);
    }
    if (data.kind === "error") tellProblem(errorFromWire(data.error as WireError));
  };
  const ask = (more: Pick<ThresholdAsk, "settings" | "save">): void => {
    if (worker.current === null) {
      const made = new Worker(new URL("./threshold-worker.ts", import.meta.url), {
        type: "module",
        name: "thresholds",
      });
      made.onmessage = receive;
      worker.current = made;
    }
    worker.current.postMessage({ id: latest.current, contract, ...subject, ...more });
  };
  return {
    settings,
    cells,
    working,
    change(next) {
      latest.current += 1;
      setSettings(next);
      if (sameSettings(next, own)) {
        setCells(null);
        setWorking(false);
        return;
      }
      setWorking(true);
      ask({ settings: next });
    },
    save(compartment, name, model) {
      fileName.current = `${name.replace(/\.[A-Za-z0-9]{1,5}$/, "")}-labels.tif`;
      const description = { model, compartment, thresholds: JSON.stringify(settings[compartment] ?? {}) };
      ask({ settings, save: { compartment, description } });
    },
  };
}

function sameSettings(a: SettingsByCompartment, b: SettingsByCompartment): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
