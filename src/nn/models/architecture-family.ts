/**
 * The family of networks by width and depth: one description file each, chosen by name.
 *
 * A description says what a network is made of, and what follows from it (reach and size), which a test computes again.
 * Released files stay below 8 MB for every member, so that a browser fetches one within a breath.
 */
import { FoundryError } from "#core/errors.ts";
import type { HeadName } from "../heads/index.ts";
import unet8 from "./families/unet-8.json" with { type: "json" };
import unet16 from "./families/unet-16.json" with { type: "json" };
import unet16Deep from "./families/unet-16-deep.json" with { type: "json" };
import unet24Deep from "./families/unet-24-deep.json" with { type: "json" };
import unet32 from "./families/unet-32.json" with { type: "json" };
import type { UnetArchitecture } from "./unet.ts";

/** What a description decides; the rest of a network follows from channels and compartments. */
export type TrunkDescription = Pick<UnetArchitecture, "widths" | "pool" | "skip" | "decoderConvolutions">;

export interface ArchitectureDescription extends TrunkDescription {
  readonly name: string;
  /** For a person who chooses. */
  readonly about: string;
  /** The head used unless another is chosen. */
  readonly head: HeadName;
  /** Pixels on each side that can influence one. */
  readonly receptiveRadiusPx: number;
  /** With one input channel and one compartment. */
  readonly parameters: number;
}

/** From small to large. */
export const architectureFamily = [
  unet8,
  unet16,
  unet16Deep,
  unet24Deep,
  unet32,
] as readonly ArchitectureDescription[];

/** Name in a configuration whose trunk is none of the family. */
export const customArchitecture = "custom";

/** @throws FoundryError `training.config` naming the members when there is none of this name. */
export function describedArchitecture(name: string): ArchitectureDescription {
  const found = architectureFamily.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new FoundryError("training.config", {
    message: `There is no architecture "${name}".`,
    hint: `The architectures are ${architectureFamily.map((one) => one.name).join(", ")}.`,
    details: { name },
  });
}

export const trunkOfDescription = ({
  widths,
  pool,
  skip,
  decoderConvolutions,
}: TrunkDescription): TrunkDescription => ({ widths, pool, skip, decoderConvolutions });

/** Name of the member with this trunk, or `customArchitecture`. */
export function nameOfTrunk(trunk: TrunkDescription): string {
  const key = (one: TrunkDescription): string => JSON.stringify(trunkOfDescription(one));
  return architectureFamily.find((one) => key(one) === key(trunk))?.name ?? customArchitecture;
}

/** The trunk that `architectureName` describes in a contract; null for a network of another program. */
export function parseArchitectureName(name: string): TrunkDescription | null {
  const found = /^unet (\d+(?:-\d+)*), (average|max) pool, skip (add|concatenate), decoder ([12])$/.exec(
    name,
  );
  if (found === null) return null;
  const [, widths = "", pool, skip, decoder] = found;
  return {
    widths: widths.split("-").map(Number),
    pool: pool as "average" | "max",
    skip: skip as "add" | "concatenate",
    decoderConvolutions: Number(decoder),
  };
}
