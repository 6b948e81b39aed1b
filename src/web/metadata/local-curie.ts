/** The identifier of a lab's own term, made from its word. Pure. */

/** As long as the server accepts after `local:`. */
const LENGTH_MAX = 60;

/** "Área pálida 2" -> "local:area-palida-2"; a word without any letter or digit of ASCII gets its code points. */
export function localCurie(word: string): string {
  const plain = word
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const name =
    plain === "" ? [...word.trim()].map((letter) => letter.codePointAt(0)?.toString(16)).join("-") : plain;
  return `local:${name.slice(0, LENGTH_MAX).replace(/-+$/, "")}`;
}
