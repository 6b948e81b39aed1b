/**
 * Which channels of an image a model's inputs take.
 */
import { FoundryError } from "#core/errors.ts";
import type { InputContract } from "#nn/index.ts";

/** Channel of the image for each input of the model, `null` where it has none; or the brightness of a colour image. */
export type InputChannels = { readonly indices: readonly (number | null)[] } | "luminance";

// Red, green, blue, and perhaps opacity, which is ignored.
const COLOUR_COUNTS = [3, 4];

/**
 * Chooses by what a person said, else by roles where they leave no doubt, else by order.
 *
 * @param channels of the image, with roles as far as they are known.
 * @throws FoundryError `array.shapeMismatch` when a required input has no channel, with both lists.
 */
export function inputChannels(
  channels: readonly { readonly name: string; readonly role?: string | undefined }[],
  contract: Pick<InputContract, "channels">,
  chosen?: readonly (number | null)[] | undefined,
): InputChannels {
  const wanted = contract.channels;
  if (chosen !== undefined) {
    const fits =
      chosen.length === wanted.length &&
      chosen.every((c, i) => (c === null ? wanted[i]?.required === false : c < channels.length && c >= 0));
    if (fits) return { indices: chosen };
    throw mismatch(channels, wanted);
  }
  const byRole = wanted.map(({ role }) => {
    const having = channels.flatMap((channel, c) => (channel.role === role ? [c] : []));
    return having.length === 1 ? (having[0] as number) : null;
  });
  if (wanted.every(({ required }, i) => !required || byRole[i] !== null)) return { indices: byRole };
  if (channels.length === wanted.length) return { indices: wanted.map((_, c) => c) };
  if (wanted.length === 1 && COLOUR_COUNTS.includes(channels.length)) return "luminance";
  throw mismatch(channels, wanted);
}

function mismatch(
  channels: readonly { readonly name: string; readonly role?: string | undefined }[],
  wanted: InputContract["channels"],
): FoundryError {
  const found = channels.map(
    ({ name, role }, c) => `${c}: ${name === "" ? "unnamed" : name} (${role ?? "role unknown"})`,
  );
  const roles = wanted.map(({ role, required }) => (required ? role : `${role} (may lack)`));
  return new FoundryError("array.shapeMismatch", {
    message: `The image has ${found.length === 1 ? "one channel" : `${found.length} channels`} (${found.join(", ").slice(0, 500)}); the model takes ${roles.join(", ")}.`,
    hint: "Say which channel is which: on the command line with --channels, for example --channels 0,2.",
  });
}
