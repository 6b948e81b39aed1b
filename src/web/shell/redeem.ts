/**
 * Sign-in tokens in links.
 *
 * A token travels in the fragment (`#token=…`, `/join#…`), which a browser never sends to a server, so it stays out of
 * logs. It is removed from the address bar before the page is drawn, so that it is not bookmarked or shared.
 */

const tokenPattern = /^[A-Za-z0-9_-]{16,200}$/;

/** The token of `#token=…`; null when there is none. Replaces the address with one without it. */
export function takeSignInToken(
  location: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState">,
): string | null {
  // Read first: the address of a page is live, and has no fragment once it is replaced.
  const { hash } = location;
  if (!hash.startsWith("#token=")) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return tokenOf(hash);
}

/** Where a pasted link leads: to sign in, or to join with an invite. Accepts the bare token too. */
export function readLink(text: string): { kind: "signIn" | "join"; token: string } | null {
  const trimmed = text.trim();
  const hash = trimmed.includes("#") ? trimmed.slice(trimmed.indexOf("#")) : `#${trimmed}`;
  const token = tokenOf(hash);
  if (token === null) return null;
  return { kind: trimmed.slice(0, trimmed.indexOf("#")).endsWith("/join") ? "join" : "signIn", token };
}

/** The token of a fragment, with or without `token=`. */
export function tokenOf(hash: string): string | null {
  const text = decodeFragment(hash.replace(/^#(token=)?/, ""));
  return tokenPattern.test(text) ? text : null;
}

function decodeFragment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
