/**
 * Names of images as file names: readable, safe on every system, unique in an export, and the same each time.
 */

/** Room for suffixes below the 255 bytes that file systems allow. */
const stemLengthMax = 120;

const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A naming that never gives one stem twice, also where upper and lower case count as the same. */
export function createFileNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const stem = safeStem(name);
    let unique = stem;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${stem}-${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  };
}

function safeStem(name: string): string {
  const stem = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/\.(ome\.)?(tiff?|png|jpe?g|bmp|webp|npy)$/i, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, stemLengthMax);
  if (stem === "") return "image";
  return reserved.test(stem) ? `${stem}-image` : stem;
}
