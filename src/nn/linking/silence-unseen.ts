/**
 * Takes out what a training has not seen: a feature that was 0 in every window keeps the random weights it began with,
 * and would speak up on the first movie in which it is measured (texture, after training on detections without pixels).
 */
import type { ParameterLayout } from "../layers/index.ts";
import { nodeFeatures } from "./detection-features.ts";
import { divisionFeatures } from "./division-features.ts";
import { linkFeatures } from "./link-features.ts";
import type { WindowInputs } from "./window-inputs.ts";

const kinds = { nodes: nodeFeatures, links: linkFeatures, divisions: divisionFeatures } as const;

/** Features that are 0 in all of these windows, as "links.textureChange". */
export function unseenFeatures(windows: readonly WindowInputs[]): string[] {
  return Object.entries(kinds).flatMap(([kind, features]) =>
    features.flatMap((name, k) => {
      const isSeen = windows.some((window) => {
        const rows = window[kind as keyof typeof kinds];
        for (let at = k; at < rows.length; at += features.length) if (rows[at] !== 0) return true;
        return false;
      });
      return isSeen ? [] : [`${kind}.${name}`];
    }),
  );
}

/** The same weights with those of the features named set to 0. */
export function silenceFeatures(
  layout: ParameterLayout,
  theta: Float32Array,
  unseen: readonly string[],
): Float32Array {
  const silenced = theta.slice();
  for (const [kind, features] of Object.entries(kinds)) {
    const at = layout.specs.findIndex(({ name }) => name === `${kind}.weights`);
    const outputs = layout.specs[at]!.shape[0]!;
    for (const [k, name] of features.entries()) {
      if (!unseen.includes(`${kind}.${name}`)) continue;
      for (let o = 0; o < outputs; o++) silenced[layout.offsets[at]! + o * features.length + k] = 0;
    }
  }
  return silenced;
}
