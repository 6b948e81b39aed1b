import { expect, test } from "vitest";
import { readLink, takeSignInToken, tokenOf } from "./redeem.ts";

const TOKEN = "abcDEF0123456789_-xyz";

/** As in a browser, the hash is gone once the address is replaced. */
function addressAfter(hash: string): { token: string | null; replaced: string[] } {
  const replaced: string[] = [];
  const location = { hash, pathname: "/predict", search: "?a=1" };
  const token = takeSignInToken(location, {
    replaceState: (_data, _unused, url) => {
      replaced.push(String(url));
      location.hash = "";
    },
  });
  return { token, replaced };
}

test("a sign-in token is taken and leaves the address", () => {
  expect(addressAfter(`#token=${TOKEN}`)).toEqual({ token: TOKEN, replaced: ["/predict?a=1"] });
});

test("a broken token leaves the address too, and signs nobody in", () => {
  expect(addressAfter("#token=short")).toEqual({ token: null, replaced: ["/predict?a=1"] });
  expect(addressAfter("#token=%E0%A4%A")).toEqual({ token: null, replaced: ["/predict?a=1"] });
});

test("other fragments stay", () => {
  expect(addressAfter("#cell=4")).toEqual({ token: null, replaced: [] });
  expect(addressAfter("")).toEqual({ token: null, replaced: [] });
});

test("links and bare tokens can be pasted", () => {
  expect(readLink(` http://lab:8400/#token=${TOKEN} `)).toEqual({ kind: "signIn", token: TOKEN });
  expect(readLink(`http://lab:8400/join#${TOKEN}`)).toEqual({ kind: "join", token: TOKEN });
  expect(readLink(TOKEN)).toEqual({ kind: "signIn", token: TOKEN });
  expect(readLink("http://lab:8400/")).toBeNull();
  expect(readLink("hello there")).toBeNull();
});

test("tokenOf reads both forms of a fragment", () => {
  expect(tokenOf(`#${TOKEN}`)).toBe(TOKEN);
  expect(tokenOf(`#token=${TOKEN}`)).toBe(TOKEN);
  expect(tokenOf("")).toBeNull();
});
