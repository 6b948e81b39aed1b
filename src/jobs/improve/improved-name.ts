/** The line of models that a project's improvements of a base belong to. Pure. */

/** Names of models are at most this long. */
const nameLengthMax = 64;

/**
 * The base's name with the project's; an improvement of an improvement stays in its line.
 *
 * @returns lower-case letters, digits and hyphens.
 */
export function improvedName(baseName: string, projectName: string): string {
  const slug = projectName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const end = `-${slug === "" ? "project" : slug}`;
  if (baseName.endsWith(end)) return baseName;
  const room = nameLengthMax - Math.min(end.length, nameLengthMax / 2);
  return `${baseName.slice(0, room)}${end}`.slice(0, nameLengthMax).replace(/-+$/, "");
}
