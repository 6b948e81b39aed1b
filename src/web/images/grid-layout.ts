/** Which rows of a grid of equal cards are in view, and how much empty space stands for the others. Pure. */

export interface GridView {
  /** Size of the scrolling frame and how far it is scrolled, px. */
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly itemCount: number;
}

export interface GridRows {
  readonly columns: number;
  readonly rowHeight: number;
  /** Items to draw, half-open. */
  readonly from: number;
  readonly to: number;
  /** Padding in place of the rows that are not drawn, px. */
  readonly spaceBefore: number;
  readonly spaceAfter: number;
  /** The view has come within two screens of the last item. */
  readonly nearEnd: boolean;
}

/** Smallest card at which a thumbnail still tells cells apart. */
const CARD_MIN = 172;
const GAP = 16;
const MARGIN_X = 24;
const MARGIN_Y = 20;
/** Name and status below the thumbnail. */
const CAPTION = 56;
/** Rows kept ready above and below, so that scrolling shows no holes. */
const SPARE_ROWS = 2;

export function visibleRows({ width, height, top, itemCount }: GridView): GridRows {
  const inner = Math.max(CARD_MIN, width - 2 * MARGIN_X);
  const columns = Math.max(1, Math.floor((inner + GAP) / (CARD_MIN + GAP)));
  const cardWidth = (inner - GAP * (columns - 1)) / columns;
  const rowHeight = Math.round(cardWidth * 0.75) + CAPTION;
  const pitch = rowHeight + GAP;
  const rowCount = Math.ceil(itemCount / columns);
  const firstRow = clamp(Math.floor((top - MARGIN_Y) / pitch) - SPARE_ROWS, 0, rowCount);
  const endRow = clamp(Math.ceil((top + height - MARGIN_Y) / pitch) + SPARE_ROWS, firstRow, rowCount);
  return {
    columns,
    rowHeight,
    from: firstRow * columns,
    to: Math.min(itemCount, endRow * columns),
    spaceBefore: MARGIN_Y + firstRow * pitch,
    spaceAfter: MARGIN_Y + (rowCount - endRow) * pitch,
    nearEnd: itemCount > 0 && top + 3 * height >= rowCount * pitch,
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
