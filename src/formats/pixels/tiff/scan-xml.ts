/**
 * Elements of an XML text in order, for descriptions inside image files.
 *
 * A scanner, not an XML parser: entities are limited to the five of XML and numbers, no document type is ever
 * followed, and time is linear in the text.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of the elements around it, outermost first. */
  readonly parents: readonly string[];
}

// Enough for a stack with one element per plane; what follows is ignored.
const ELEMENTS_MAX = 400_000;
// Identifiers and short values; pixel data inside the XML are skipped.
const SHORT_TEXT_MAX = 8_000;
// OME-XML nests 8 deep.
const DEPTH_MAX = 64;

/** Opening tags in order; the text right after a tag, when short, is kept as attribute `#text`. */
export function* scanElements(text: string): Generator<XmlElement> {
  let at = 0;
  const open: string[] = [];
  for (let count = 0; count < ELEMENTS_MAX; count++) {
    at = text.indexOf("<", at);
    if (at < 0) return;
    if (text.startsWith("<!--", at)) {
      at = text.indexOf("-->", at);
      if (at < 0) return;
      continue;
    }
    const end = endOfTag(text, at);
    if (end < 0) return;
    const inside = text.slice(at + 1, end);
    at = end + 1;
    if (inside.startsWith("/")) {
      const from = open.lastIndexOf(localName(inside.slice(1)));
      if (from >= 0) open.length = from;
    } else if (/^[A-Za-z_]/.test(inside)) {
      const element = elementOf(inside, shortText(text, at), [...open]);
      yield element;
      if (!inside.endsWith("/") && open.length < DEPTH_MAX) open.push(element.name);
    }
  }
}

function endOfTag(text: string, start: number): number {
  let quote = "";
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ">") return i;
  }
  return -1;
}

function shortText(text: string, at: number): string {
  const next = text.indexOf("<", at);
  return next < 0 || next - at > SHORT_TEXT_MAX ? "" : decodeEntities(text.slice(at, next).trim());
}

/** Without the prefix of its namespace. */
function localName(inside: string): string {
  const name = /^[^\s/>]+/.exec(inside)?.[0] ?? "";
  return name.slice(name.indexOf(":") + 1);
}

function elementOf(inside: string, content: string, parents: readonly string[]): XmlElement {
  const name = /^[^\s/>]+/.exec(inside)?.[0] ?? "";
  const attributes: Record<string, string> = content === "" ? {} : { "#text": content };
  // Sticky, so that text which is no attribute ends the search instead of being tried from every letter.
  const pattern = /\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
  pattern.lastIndex = name.length;
  for (let match = pattern.exec(inside); match !== null; match = pattern.exec(inside)) {
    attributes[match[1]!] = decodeEntities(match[2] ?? match[3] ?? "");
  }
  return { name: localName(inside), attributes, parents };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (all, body: string) => {
    if (!body.startsWith("#")) return ENTITIES[body] ?? all;
    const code = body[1] === "x" ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
