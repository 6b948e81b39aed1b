/** Which channel shows the outline of the cells, and which their nuclei, by role; the person may choose others. */

interface RoledChannel {
  readonly role: string;
}

interface PromptChannels {
  /** Index of the channel; null: the first one shown. */
  readonly outlineChannel: number | null;
  /** Null: none. */
  readonly nuclearChannel: number | null;
}

/** Whole cells are seen best by their membrane; what comes later is taken where there is none. */
const wholeCellRoles = ["membrane", "cytoplasm", "phase", "brightfield"] as const;

/** @param compartment  of the layer that is drawn on. */
export function firstChannels(channels: readonly RoledChannel[], compartment: string): PromptChannels {
  const of = (role: string): number | null => {
    const found = channels.findIndex((channel) => channel.role === role);
    return found < 0 ? null : found;
  };
  const nuclear = of("nuclear");
  if (channels.length < 2) return { outlineChannel: null, nuclearChannel: null };
  if (compartment === "nuclear") return { outlineChannel: nuclear, nuclearChannel: null };
  const outlineChannel = wholeCellRoles.map(of).find((found) => found !== null) ?? null;
  return { outlineChannel, nuclearChannel: outlineChannel === null ? null : nuclear };
}
