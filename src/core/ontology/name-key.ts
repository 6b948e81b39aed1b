/**
 * One spelling for many: how names are compared.
 *
 * Case, accents, punctuation, Greek letters, plurals and the British spellings of medicine differ between labs while
 * the thing is the same. "+" is kept as a word, because CD4+ is not CD4. What is compared is never stored: the written
 * word stays as it was.
 */

const greek: Readonly<Record<string, string>> = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  ζ: "zeta",
  η: "eta",
  θ: "theta",
  ι: "iota",
  κ: "kappa",
  λ: "lambda",
  μ: "mu",
  ν: "nu",
  ξ: "xi",
  π: "pi",
  ρ: "rho",
  σ: "sigma",
  ς: "sigma",
  τ: "tau",
  υ: "upsilon",
  φ: "phi",
  χ: "chi",
  ψ: "psi",
  ω: "omega",
};

const british: readonly (readonly [pattern: RegExp, american: string])[] = [
  [/tumour/g, "tumor"],
  [/oesoph/g, "esoph"],
  [/haem/g, "hem"],
  [/leuco/g, "leuko"],
  [/aemia/g, "emia"],
  [/oedem/g, "edem"],
  [/fibre/g, "fiber"],
];

/** One look tells that a name has none of them; most have none. */
const anyBritish = new RegExp(british.map(([pattern]) => pattern.source).join("|"));

/** Longer names are sentences; what is behind this length does not take part in the comparison. */
const lengthMax = 300;

/** Words of a name, lower case, as compared. "β-catenin" -> ["beta", "catenin"]; "CD4+ T cells" -> ["cd4", "positive", "t", "cell"]. */
export function nameWords(name: string): string[] {
  let text = name.slice(0, lengthMax).toLowerCase();
  // Nearly all names are ASCII, and a release has a million of them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII is
  const isPlain = /^[\u0000-\u007f]*$/.test(text);
  if (!isPlain) {
    text = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    text = text.replace(/[α-ω]/g, (letter) => greek[letter] ?? letter);
  }
  if (anyBritish.test(text)) {
    for (const [pattern, american] of british) text = text.replace(pattern, american);
  }
  if (text.includes("'s")) text = text.replace(/'s\b/g, "s");
  if (text.includes("+")) text = text.replaceAll("+", " positive ");
  const words = text.split(isPlain ? /[^a-z0-9]+/ : /[^\p{L}\p{N}]+/u);
  const kept: string[] = [];
  for (const word of words) if (word !== "") kept.push(word.endsWith("s") ? singular(word) : word);
  return kept;
}

/** One string per name: equal keys mean the same name. "SK-BR-3", "SKBR3" and "sk br 3" share one. */
export function nameKey(name: string): string {
  return nameWords(name).join("");
}

/** Plural endings of a word in "s" off. Only sameness on both sides matters, so a wrong singular does no harm. */
function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is|as|os|\ds)$/.test(word)) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}
