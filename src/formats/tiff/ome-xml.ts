/**
 * The few facts of OME-XML that an import needs: size of the stack, order of its planes, pixel size, channel names.
 *
 * A scanner for elements and attributes, not an XML parser: entities are limited to the five of XML and numbers, no
 * document type is ever followed, and time is linear in the text. Schema: OME 2016-06.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Placement of pages in the stack as one TiffData element gives it. */
interface TiffData {
  readonly ifd: number | null;
  readonly firstC: number;
  readonly firstZ: number;
  readonly firstT: number;
  readonly planeCount: number | null;
  /** True when the planes lie in another file. */
  readonly elsewhere: boolean;
}

export interface OmePixels {
  /** XYCZT and the like: the axis after XY varies fastest from page to page. */
  readonly order: string;
  readonly sizeC: number;
  readonly sizeZ: number;
  readonly sizeT: number;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly channelNames: readonly string[];
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly tiffData: readonly TiffData[];
  /** Images described in the same XML; only the first is read. */
  readonly imageCount: number;
}

// Enough for a stack with one element per plane; what follows is ignored.
const ELEMENTS_MAX = 400_000;
// Identifiers and short values; pixel data inside the XML are skipped.
const SHORT_TEXT_MAX = 8_000;

/** @returns `null` when the text is not OME-XML with a Pixels element. */
export function parseOmeXml(text: string): OmePixels | null {
  if (!text.includes("<OME") && !text.includes(":OME")) return null;
  let pixels: XmlElement | null = null;
  let imageCount = 0;
  const channelNames: string[] = [];
  const root = text.slice(0, Math.max(0, text.indexOf("<Image")));
  const tiffData: { attributes: Readonly<Record<string, string>>; elsewhere: boolean }[] = [];
  for (const element of scanElements(text)) {
    if (element.name === "Image") imageCount++;
    if (imageCount > 1) continue;
    if (element.name === "Pixels") pixels ??= element;
    if (pixels === null) continue;
    if (element.name === "Channel") channelNames.push(element.attributes["Name"] ?? "");
    if (element.name === "TiffData") tiffData.push({ attributes: element.attributes, elsewhere: false });
    if (element.name === "UUID" && element.attributes["FileName"] !== undefined)
      markElsewhere(tiffData, root, element);
  }
  if (pixels === null) return null;
  const { attributes } = pixels;
  return {
    order: attributes["DimensionOrder"] ?? "XYCZT",
    sizeC: whole(attributes["SizeC"], 1),
    sizeZ: whole(attributes["SizeZ"], 1),
    sizeT: whole(attributes["SizeT"], 1),
    sizeX: whole(attributes["SizeX"], 0),
    sizeY: whole(attributes["SizeY"], 0),
    channelNames,
    mppX: micrometres(attributes["PhysicalSizeX"], attributes["PhysicalSizeXUnit"] ?? "µm"),
    mppY: micrometres(attributes["PhysicalSizeY"], attributes["PhysicalSizeYUnit"] ?? "µm"),
    tiffData: tiffData.map((data) => tiffDataOf(data.attributes, data.elsewhere)),
    imageCount,
  };
}

/** A file's own planes carry its own UUID, which the root element repeats. */
function markElsewhere(tiffData: { elsewhere: boolean }[], root: string, uuid: XmlElement): void {
  const last = tiffData.at(-1);
  const own = uuid.attributes["#text"];
  if (last === undefined || own === undefined) return;
  last.elsewhere = !root.includes(own);
}

function tiffDataOf(attributes: Readonly<Record<string, string>>, elsewhere: boolean): TiffData {
  const optional = (value: string | undefined): number | null =>
    value === undefined ? null : whole(value, 0);
  return {
    ifd: optional(attributes["IFD"]),
    firstC: whole(attributes["FirstC"], 0),
    firstZ: whole(attributes["FirstZ"], 0),
    firstT: whole(attributes["FirstT"], 0),
    planeCount: optional(attributes["PlaneCount"]),
    elsewhere,
  };
}

/** Opening tags in order; the text right after a tag, when short, is kept as attribute `#text`. */
export function* scanElements(text: string): Generator<XmlElement> {
  let at = 0;
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
    if (/^[A-Za-z_]/.test(inside)) yield elementOf(inside, shortText(text, at));
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

function elementOf(inside: string, content: string): XmlElement {
  const name = /^[^\s/>]+/.exec(inside)?.[0] ?? "";
  const attributes: Record<string, string> = content === "" ? {} : { "#text": content };
  // Sticky, so that text which is no attribute ends the search instead of being tried from every letter.
  const pattern = /\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
  pattern.lastIndex = name.length;
  for (let match = pattern.exec(inside); match !== null; match = pattern.exec(inside)) {
    attributes[match[1]!] = decodeEntities(match[2] ?? match[3] ?? "");
  }
  return { name: name.slice(name.indexOf(":") + 1), attributes };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (all, body: string) => {
    if (!body.startsWith("#")) return ENTITIES[body] ?? all;
    const code = body[1] === "x" ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function whole(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= 0 && value <= 2 ** 31 ? value : otherwise;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e6,
  cm: 1e4,
  mm: 1e3,
  µm: 1,
  μm: 1,
  um: 1,
  micron: 1,
  microns: 1,
  micrometer: 1,
  micrometre: 1,
  nm: 1e-3,
  pm: 1e-6,
  Å: 1e-4,
  inch: 25_400,
  in: 25_400,
};

/** A length in micrometres; `null` for a missing number, an unknown unit or a value that is not positive. */
export function micrometres(value: string | number | undefined, unit: string): number | null {
  const factor = UNITS[unit.trim().toLowerCase()] ?? UNITS[unit.trim()];
  const length = Number(value);
  if (value === undefined || value === "" || factor === undefined || !Number.isFinite(length) || length <= 0)
    return null;
  return length * factor;
}
