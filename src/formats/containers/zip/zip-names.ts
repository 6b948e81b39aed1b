/**
 * Which names of a zip entry may pass.
 *
 * Nothing here writes files, but a name travels into messages, sheets and later exports, and another program may
 * unpack the same archive; so names that mean something else on any system are refused, not repaired.
 */

const PATH_MAX = 1_024;

/** Why a name is refused, or `null` when it is a plain relative path. */
export function nameFault(name: string): string | null {
  if (name === "") return "its name is empty";
  if (name.length > PATH_MAX) return `its name is longer than ${PATH_MAX} characters`;
  if (name.includes("\0")) return "its name holds a NUL character";
  if (name.includes("\\")) return "its name holds a backslash";
  if (name.startsWith("/")) return "its name is an absolute path";
  if (/^[A-Za-z]:/.test(name)) return "its name starts with a drive letter";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0001-\u001f\u007f]/.test(name)) return "its name holds control characters";
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return 'its name leaves the archive with ".."';
  if (parts.includes("") || parts.includes(".")) return "its name holds an empty step";
  return null;
}

/** The name that two entries share on systems that ignore case and the form of accents. */
export function foldedName(name: string): string {
  return name.replace(/\/$/, "").normalize("NFC").toLowerCase();
}
