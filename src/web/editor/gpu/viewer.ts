/**
 * The picture: deck.gl with Viv's layer for the pixels and our own for the labels.
 *
 * Told what to show by plain values; draws at most once per frame. Input is not its business.
 */

import { Deck, type Layer, OrthographicView } from "@deck.gl/core";
import type { Device } from "@luma.gl/core";
import { ColorPaletteExtension } from "@vivjs/extensions";
import { ImageLayer, MultiscaleImageLayer } from "@vivjs/layers";
import type { BoundingBox } from "#core/array/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { type ImagePyramid, isDrawnWhole, type PixelLevel, type Selection } from "../pixels/pixel-source.ts";
import type { View } from "../view/view-maths.ts";
import { ChannelResponseExtension } from "./channel-response.ts";
import type { LabelSheet } from "./label-sheet.ts";

export interface ShownChannel {
  readonly selection: Selection;
  readonly colour: Rgb;
  readonly visible: boolean;
  readonly limits: readonly [low: number, high: number];
  readonly gamma: number;
  readonly inverted: boolean;
}

export interface ViewerParts {
  readonly parent: HTMLDivElement;
  readonly onDevice: (device: Device) => void;
  readonly onError: (error: Error) => void;
  readonly onPixels: () => void;
  /** All labels in view are on the screen. */
  readonly onLabels: () => void;
  /** The graphics card gave the picture up: nothing can be drawn with this viewer any more. */
  readonly onLost?: () => void;
}

/** Of a frame's 16 ms, what making tiles may take before coarser ones stand in. */
const tilesMsMax = 8;

export class Viewer {
  readonly #parts: ViewerParts;
  readonly #deck: Deck<OrthographicView>;
  readonly #extensions = [new ColorPaletteExtension(), new ChannelResponseExtension()];
  #pyramid: ImagePyramid | null = null;
  /** The one level of an image that is drawn whole. */
  #whole: PixelLevel | null = null;
  #channels: readonly ShownChannel[] = [];
  #selections: Selection[] = [];
  #view: View = { zoom: 0, target: { y: 0, x: 0 } };
  #seen: BoundingBox = [0, 0, 0, 0];
  /** Label layers, bottom to top. */
  #sheets: readonly LabelSheet[] = [];
  #frame = 0;
  #closed = false;

  constructor(parts: ViewerParts) {
    this.#parts = parts;
    this.#deck = new Deck<OrthographicView>({
      parent: parts.parent,
      views: new OrthographicView({ id: "image", flipY: true }),
      controller: false,
      viewState: { target: [0, 0, 0], zoom: 0 },
      layers: [],
      // Which cell lies under the pointer is known from the canvas; drawing a second picture for it would be waste.
      _pickable: false,
      onDeviceInitialized: (device) => {
        void device.lost.then(() => {
          if (!this.#closed) parts.onLost?.();
        });
        parts.onDevice(device);
      },
      onError: (error) => parts.onError(error),
      // Two upright rectangles have no edges that would need smoothing; without it drawing costs a quarter.
      deviceProps: { type: "webgl", webgl: { antialias: false } },
    });
  }

  setImage(pyramid: ImagePyramid): void {
    this.#pyramid = pyramid;
    this.#whole = isDrawnWhole(pyramid) ? this.#newestOnly(pyramid.levels[0] as PixelLevel) : null;
    this.#request();
  }

  /**
   * A level that answers for the planes on the screen only. Viv shows whatever raster arrives last, and a slow one of an
   * earlier plane must not come to lie over a newer one: its promise is left open.
   */
  #newestOnly(level: PixelLevel): PixelLevel {
    const getRaster: PixelLevel["getRaster"] = async (request) => {
      const raster = await level.getRaster(request);
      return this.#selections.includes(request.selection) ? raster : new Promise(() => undefined);
    };
    return { ...level, getRaster };
  }

  setChannels(channels: readonly ShownChannel[]): void {
    this.#channels = channels;
    // Viv loads again whenever the array is another one, so it stays the same while the planes do.
    const next = channels.map((channel) => channel.selection);
    const same =
      next.length === this.#selections.length && next.every((one, i) => one === this.#selections[i]);
    if (!same) this.#selections = next;
    this.#request();
  }

  /** @param seen  box of the image that is in view. */
  setView(view: View, seen: BoundingBox): void {
    this.#view = view;
    this.#seen = seen;
    this.#request();
  }

  /** @param sheets  bottom to top; they are closed by whoever made them. */
  setSheets(sheets: readonly LabelSheet[]): void {
    this.#sheets = sheets;
    this.#request();
  }

  /** Labels, their colours or their look are others. */
  labelsChanged(): void {
    this.#request();
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#frame);
    this.#deck.finalize();
  }

  #request(): void {
    if (this.#frame !== 0 || this.#closed) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { zoom, target } = this.#view;
    const isComplete = this.#prepareSheets();
    this.#deck.setProps({
      viewState: { target: [target.x, target.y, 0], zoom },
      layers: [...this.#pixelLayers(), ...this.#sheets.map((sheet) => sheet.layer())],
    });
    if (!isComplete) this.#request();
    else if (this.#sheets.length > 0) this.#parts.onLabels();
  }

  #prepareSheets(): boolean {
    const end = performance.now() + tilesMsMax;
    const isLate = (): boolean => performance.now() > end;
    let isComplete = true;
    for (const sheet of this.#sheets) {
      if (!sheet.prepare(this.#seen, this.#view.zoom, window.devicePixelRatio, isLate)) isComplete = false;
    }
    return isComplete;
  }

  #pixelLayers(): Layer[] {
    const pyramid = this.#pyramid;
    if (pyramid === null || this.#channels.length === 0) return [];
    const shared = {
      id: "pixels",
      contrastLimits: this.#channels.map((channel) => [...channel.limits] as [number, number]),
      channelResponses: this.#channels.map(({ gamma, inverted }) => ({ gamma, inverted })),
      channelsVisible: this.#channels.map((channel) => channel.visible),
      colors: this.#channels.map((channel) => [...channel.colour]),
      selections: this.#selections,
      extensions: this.#extensions,
      pickable: false,
      onViewportLoad: () => this.#parts.onPixels(),
    };
    if (this.#whole !== null) return [createLayer(ImageLayer, { ...shared, loader: this.#whole })];
    const ground = createLayer(ImageLayer, {
      ...shared,
      id: "pixels-ground",
      loader: pyramid.levels.at(-1),
      interpolation: "linear",
      modelMatrix: fittingMatrix(pyramid),
      onViewportLoad: null,
    });
    const tiles = createLayer(MultiscaleImageLayer, {
      ...shared,
      loader: pyramid.levels,
      excludeBackground: true,
    });
    return [ground, tiles];
  }
}

/**
 * Brings the smallest level to the size of the image. Viv's own ground is enlarged by a power of two, which reaches beyond
 * the image where a side does not halve evenly: 24 pixels of 17,000.
 */
function fittingMatrix({ levels, shape }: ImagePyramid): number[] {
  const small = levels.at(-1)?.shape ?? shape;
  const side = (axis: -1 | -2): number => (shape.at(axis) ?? 1) / (small.at(axis) ?? 1);
  return [side(-1), 0, 0, 0, 0, side(-2), 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
}

/** Viv types its constructors loosely; this is the one place where that is put right. */
function createLayer(layerClass: unknown, props: Record<string, unknown>): Layer {
  const Constructor = layerClass as new (props: Record<string, unknown>) => Layer;
  return new Constructor(props);
}
