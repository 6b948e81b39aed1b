/** A TIFF of 16-bit pages that says nothing: not what its pages are, not how large a pixel is. By the specification's text. */

const tagsPerPage = 9;
const directoryBytes = 2 + tagsPerPage * 12 + 4;

/** @param value  of a pixel on a page. */
export function plainStack(
  pages: number,
  height: number,
  width: number,
  value: (page: number, y: number, x: number) => number,
): Uint8Array {
  const pixelBytes = 2 * height * width;
  const bytes = new Uint8Array(8 + pages * (pixelBytes + directoryBytes));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  let link = 4;
  for (let page = 0; page < pages; page++) {
    const pixels = 8 + page * (pixelBytes + directoryBytes);
    for (let i = 0; i < height * width; i++) {
      view.setUint16(pixels + 2 * i, value(page, Math.floor(i / width), i % width), true);
    }
    const directory = pixels + pixelBytes;
    view.setUint32(link, directory, true);
    view.setUint16(directory, tagsPerPage, true);
    const tags = [
      [256, width],
      [257, height],
      [258, 16],
      [259, 1],
      [262, 1],
      [273, pixels],
      [277, 1],
      [278, height],
      [279, pixelBytes],
    ] as const;
    for (const [i, [tag, entry]] of tags.entries()) {
      const at = directory + 2 + 12 * i;
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, 4, true);
      view.setUint32(at + 4, 1, true);
      view.setUint32(at + 8, entry, true);
    }
    link = directory + 2 + 12 * tagsPerPage;
  }
  return bytes;
}

/** A dark field with round bright cells that wander to the right from page to page. */
export function wanderingCells(count: number): (page: number, y: number, x: number) => number {
  const cells = Array.from({ length: count }, (_, i) => ({
    y: 20 + ((i * 47) % 160),
    x: 15 + ((i * 71) % 200),
  }));
  return (page, y, x) =>
    cells.reduce((light, cell) => {
      const distance = (cell.y - y) ** 2 + (cell.x + 3 * page - x) ** 2;
      return light + (distance < 300 ? Math.round(3000 * Math.exp(-distance / 50)) : 0);
    }, 200);
}
