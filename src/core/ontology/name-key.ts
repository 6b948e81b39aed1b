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

/** Longer names are sentences; what is behind this length does not take part in the comparison. */
const lengthMax = 300;

/** Words of a name, lower case, as compared. "β-catenin" -> ["beta", "catenin"]; "CD4+ T cells" -> ["cd4", "positive", "t", "cell"]. */
export function nameWords(name: string): string[] {
  let text = name.slice(0, lengthMax).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  text = text.replace(/[α-ω]/g, (letter) => greek[letter] ?? letter);
  for (const [pattern, american] of british) text = text.replace(pattern, american);
  return text
    .replace(/'s\b/g, "s")
    .replace(/\+/g, " positive ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map(singular);
}

/** One string per name: equal keys mean the same name. "SK-BR-3", "SKBR3" and "sk br 3" share one. */
export function nameKey(name: string): string {
  return nameWords(name).join("");
}

/** Plural endings off. Only sameness on both sides matters, so a wrong singular does no harm. */
function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is|as|os|\ds)$/.test(word) || !word.endsWith("s")) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}
