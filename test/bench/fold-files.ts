/** What `held-out-folds` left in its folder: for each fold its scores, and the network that never saw what it was scored on. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InputContract } from "#nn/index.ts";
import type { ItemScore } from "./score-items.ts";

export interface FoldFiles {
  /** Of the images that tested the fold. */
  readonly scores: readonly ItemScore[];
  readonly contract: InputContract;
  readonly onnx: () => Uint8Array;
  readonly weights: () => Uint8Array;
}

/** Folds in order, as far as they are trained and scored; networks are read when asked for. */
export function* readFolds(folder: string): Generator<FoldFiles> {
  for (let fold = 1; existsSync(join(folder, `fold-${fold}.json`)); fold++) {
    const bytes = (kind: string): Uint8Array =>
      new Uint8Array(readFileSync(join(folder, `fold-${fold}.${kind}`)));
    const json = (kind: string): unknown => JSON.parse(Buffer.from(bytes(kind)).toString("utf8"));
    yield {
      scores: json("json") as ItemScore[],
      contract: json("contract.json") as InputContract,
      onnx: () => bytes("onnx"),
      weights: () => bytes("weights"),
    };
  }
}
