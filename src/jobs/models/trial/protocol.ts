/** Messages between the process that imports a model and the one in which it runs for the first time. */
import type { WireError } from "#core/errors.ts";
import type { Tensor } from "#nn/index.ts";

export interface TrialStart {
  /** File with the ONNX bytes. */
  readonly modelPath: string;
  readonly memoryBytesMax: number;
  readonly threads: number;
}

/** One run: feeds by name of the input. */
export interface TrialRequest {
  readonly feeds: Readonly<Record<string, Tensor>>;
}

export type TrialAnswer =
  | {
      readonly state: "done";
      readonly outputs: Readonly<Record<string, Tensor>>;
      /** Names in the order of the graph. */
      readonly outputNames: readonly string[];
      readonly seconds: number;
      readonly residentBytes: number;
    }
  | { readonly state: "failed"; readonly error: WireError };
