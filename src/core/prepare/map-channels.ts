/**
 * Which channel of an image a model takes for nuclear, which for membrane: by role, then by target, then by name.
 *
 * A role that somebody stated is believed. Otherwise the marker decides, by lists of what immunology and live imaging use
 * for nuclei and for membranes. Several candidates are a question for a person, never a guess.
 */

export interface NamedChannel {
  readonly index: number;
  readonly name: string;
  readonly role: string;
  /** What the dye or antibody binds, when it is stated apart from the name. */
  readonly target?: string | undefined;
}

export type ChannelMapping =
  | {
      readonly state: "mapped";
      readonly indices: number[];
      readonly by: ("role" | "target" | "name" | "only")[];
    }
  | { readonly state: "ambiguous"; readonly role: string; readonly candidates: NamedChannel[] }
  | { readonly state: "missing"; readonly role: string };

/** Markers by the input role they serve as. Names are compared without case, blanks and hyphens. */
const markers: Readonly<Record<string, readonly RegExp[]>> = {
  nuclear: [
    /^(dapi|hoechst\d*|dna\d*|draq5|drq5|sytox\w*|nuclear|nucle(us|i)|h2b\w*|histone\w*|h3|hh3|nucred|nls\w*|iridium|ir19[13]|dna\d?ir\d*|pi|propidiumiodide)$/,
    /^(hoechst|dapi|histoneh3|h2b)/,
  ],
  membrane: [
    /^(membrane|cellmembrane|wga|nakatpase|atp1a1|ecadherin|cdh1|pancadherin|ncadherin|bcatenin|betacatenin|pancytokeratin|panck|panckeratin|ck|cd45|cd44|cd3e?|cd8a?|cd4|cd20|cd31|cd68|hlaclass1|hlaabc|vimentin|beta2m|b2m)$/,
    /^(ecadherin|pancytokeratin|panck|nakatpase|cellmask)/,
  ],
  cytoplasm: [/^(cytoplasm|celltracker\w*|calcein\w*|gfp|egfp|cytosol)$/],
  phase: [/^(phase|phasecontrast|ph\d?)$/],
  brightfield: [/^(brightfield|bf|transmitted|dic|trans)$/],
};

const plain = (text: string): string => text.toLowerCase().replace(/[\s_\-./()]+/g, "");

const serves = (text: string | undefined, role: string): boolean =>
  text !== undefined && (markers[role] ?? []).some((pattern) => pattern.test(plain(text)));

/** What a model takes: a role, and whether it can do without. */
export interface WantedInput {
  readonly role: string;
  readonly required: boolean;
}

export type InputMapping =
  | { readonly state: "mapped"; readonly indices: (number | null)[] }
  | Exclude<ChannelMapping, { readonly state: "mapped" }>;

/**
 * The channel for each wanted role, in the order wanted.
 *
 * @param channels  of the image. @param wanted  roles of the model's inputs. Pure.
 */
export function mapChannels(channels: readonly NamedChannel[], wanted: readonly string[]): ChannelMapping {
  const indices: number[] = [];
  const by: ("role" | "target" | "name" | "only")[] = [];
  for (const role of wanted) {
    const free = channels.filter(({ index }) => !indices.includes(index));
    const found = candidatesFor(free, role);
    const [first, second] = found.channels;
    if (first === undefined) return { state: "missing", role };
    if (second !== undefined) return { state: "ambiguous", role, candidates: found.channels };
    indices.push(first.index);
    by.push(found.by);
  }
  return { state: "mapped", indices, by };
}

/**
 * The channel for each input of a model, null for one it can do without that the image lacks.
 *
 * Inputs that are required choose first; an optional one never takes a channel merely because it is the only one. Pure.
 */
export function mapInputs(channels: readonly NamedChannel[], wanted: readonly WantedInput[]): InputMapping {
  const needed = mapChannels(
    channels,
    wanted.flatMap(({ role, required }) => (required ? [role] : [])),
  );
  if (needed.state !== "mapped") return needed;
  const left = [...needed.indices];
  const used = new Set(needed.indices);
  const indices: (number | null)[] = [];
  for (const { role, required } of wanted) {
    if (required) {
      indices.push(left.shift() ?? null);
      continue;
    }
    const free = channels.filter(({ index }) => !used.has(index));
    const { channels: found, by } = candidatesFor(free, role);
    const [first, second] = by === "only" ? [] : found;
    if (second !== undefined) return { state: "ambiguous", role, candidates: found };
    if (first !== undefined) used.add(first.index);
    indices.push(first?.index ?? null);
  }
  return { state: "mapped", indices };
}

function candidatesFor(
  channels: readonly NamedChannel[],
  role: string,
): { readonly channels: NamedChannel[]; readonly by: "role" | "target" | "name" | "only" } {
  const stated = channels.filter((channel) => channel.role === role);
  if (stated.length > 0) return { channels: narrowed(stated, role), by: "role" };
  // A channel whose role is stated as something else serves nothing else.
  const open = channels.filter((channel) => channel.role === "other");
  const byTarget = open.filter(({ target }) => serves(target, role));
  if (byTarget.length > 0) return { channels: byTarget, by: "target" };
  const byName = open.filter(({ name }) => serves(name, role));
  if (byName.length > 0) return { channels: byName, by: "name" };
  return { channels: channels.length === 1 && open.length === 1 ? open : [], by: "only" };
}

/** Of several channels with the stated role, the one whose marker is the usual one, when exactly one is. */
function narrowed(stated: NamedChannel[], role: string): NamedChannel[] {
  if (stated.length < 2) return stated;
  const usual = stated.filter(({ name, target }) => serves(target, role) || serves(name, role));
  return usual.length === 1 ? usual : stated;
}
