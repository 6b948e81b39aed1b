/**
 * State of a prediction in the browser: chosen file -> questions -> progress -> result; one at a time.
 *
 * The worker is started with the first file and ended by "Cancel" or when the page is left. Sliders move faster than
 * labels are made, so only the newest position waits while one is being worked on.
 */
import { useEffect, useRef, useState } from "react";
import { type FoundryError, isFoundryError } from "#core/errors.ts";
import { type Compartment, upgradeContract } from "#nn/index.ts";
import { toFoundryError } from "../client/index.ts";
import { download, tellProblem } from "../ui/index.ts";
import type {
  DeviceChoice,
  PageAxis,
  PlaneChoice,
  PrivateImage,
  PrivateModel,
  PrivateProgress,
  PrivateResult,
  SaveKind,
} from "./private-protocol.ts";
import { firstChoice, mustAsk, questionsFor } from "./private-questions.ts";
import { createPrivateSession, type PrivateSession } from "./private-session.ts";
import type { SettingsByCompartment } from "./private-settings.ts";

type PrivateState =
  | { readonly step: "empty" }
  | { readonly step: "working"; readonly progress: PrivateProgress; readonly name: string }
  | { readonly step: "asking"; readonly image: PrivateImage }
  | { readonly step: "done"; readonly image: PrivateImage; readonly result: PrivateResult }
  | { readonly step: "canceled"; readonly name: string }
  | { readonly step: "failed"; readonly name: string; readonly error: FoundryError };

export interface PrivateWork {
  readonly state: PrivateState;
  readonly file: File | null;
  /** Reads a file, then predicts, unless something must be asked first. */
  start(file: File, model: PrivateModel, device: DeviceChoice): void;
  predict(model: PrivateModel, choice: PlaneChoice, device: DeviceChoice): void;
  readAs(pagesAre: PageAxis): void;
  tune(settings: SettingsByCompartment): void;
  save(what: SaveKind, compartment: Compartment): void;
  cancel(): void;
}

const reading: PrivateProgress = { phase: "reading", fraction: null, msLeft: null };

export function usePrivatePredict(): PrivateWork {
  const [state, setState] = useState<PrivateState>({ step: "empty" });
  const [file, setFile] = useState<File | null>(null);
  const session = useRef<PrivateSession | null>(null);
  /** Number of the newest start; what an older one says later is not shown. */
  const newest = useRef(0);
  const sliders = useRef<{ busy: boolean; next: SettingsByCompartment | null }>({ busy: false, next: null });

  useEffect(() => () => session.current?.cancel(), []);

  const ask: PrivateSession["ask"] = (...args) => {
    session.current ??= createPrivateSession();
    return session.current.ask(...args);
  };

  /** Runs steps in order and shows where they end; steps of an older start end without a word. */
  const run = async (name: string, steps: (show: (next: PrivateState) => void) => Promise<void>) => {
    newest.current += 1;
    const mine = newest.current;
    const show = (next: PrivateState) => {
      if (newest.current === mine) setState(next);
    };
    show({ step: "working", progress: reading, name });
    try {
      await steps(show);
    } catch (caught) {
      const error = toFoundryError(caught);
      show(error.code === "job.canceled" ? { step: "canceled", name } : { step: "failed", name, error });
    }
  };

  const working = (name: string, show: (next: PrivateState) => void) => (progress: PrivateProgress) =>
    show({ step: "working", progress, name });

  const read = async (from: File, show: (next: PrivateState) => void, pagesAre?: PageAxis) =>
    ask(
      "read",
      { file: from, name: from.name, ...(pagesAre === undefined ? {} : { pagesAre }) },
      working(from.name, show),
    );

  const segment = async (
    from: File,
    image: PrivateImage,
    parts: { model: PrivateModel; choice: PlaneChoice; device: DeviceChoice },
    show: (next: PrivateState) => void,
  ) => {
    const result = await ask("predict", parts, working(from.name, show));
    show({ step: "done", image, result });
  };

  return {
    state,
    file,
    start(from, model, device) {
      setFile(from);
      void run(from.name, async (show) => {
        const image = await read(from, show);
        const contract = upgradeContract(model.contract);
        if (mustAsk(questionsFor(image, contract))) show({ step: "asking", image });
        else await segment(from, image, { model, choice: firstChoice(image, contract), device }, show);
      });
    },
    readAs(pagesAre) {
      if (file === null) return;
      void run(file.name, async (show) => show({ step: "asking", image: await read(file, show, pagesAre) }));
    },
    predict(model, choice, device) {
      if (file === null || !("image" in state)) return;
      const { image } = state;
      void run(file.name, (show) => segment(file, image, { model, choice, device }, show));
    },
    tune(settings) {
      sliders.current.next = settings;
      if (!sliders.current.busy) void followSliders(newest.current);
    },
    save(what, compartment) {
      const stem = (file?.name ?? "image").replace(/\.[A-Za-z0-9]{1,5}$/, "");
      const part = state.step === "done" && state.result.compartments.length > 1 ? `-${compartment}` : "";
      ask("save", { what, compartment }).then(
        (blob) => download(blob, `${stem}${part}-${what}`),
        (error: unknown) => tellProblem(toFoundryError(error)),
      );
    },
    cancel() {
      session.current?.cancel();
    },
  };

  async function followSliders(mine: number): Promise<void> {
    sliders.current.busy = true;
    try {
      for (let next = sliders.current.next; next !== null; next = sliders.current.next) {
        sliders.current.next = null;
        const cells = await ask("tune", { settings: next });
        if (newest.current !== mine) return;
        setState((now) => (now.step === "done" ? { ...now, result: { ...now.result, ...cells } } : now));
      }
    } catch (error) {
      if (!isFoundryError(error, "job.canceled")) tellProblem(toFoundryError(error));
    } finally {
      sliders.current.busy = false;
    }
  }
}
