/**
 * The picture: deck.gl with Viv's layer for the pixels and our own for the labels.
 *
 * Told what to show by plain values; draws at most once per frame. Input is not its business.
 */

import { Deck, type Layer, OrthographicView } from "@deck.gl/core";
import type { Device } from "@luma.gl/core";
import { ColorPaletteExtension } from "@vivjs/extensions";
import { ImageLayer, MultiscaleImageLayer } from "@vivjs/layers";
import type { Rgb } from "#core/labels/index.ts";
import { type ImagePyramid, isDrawnWhole, type PixelLevel, type Selection } from "../pixels/pixel-source.ts";
import type { View } from "../view/view-maths.ts";
import { ChannelResponseExtension } from "./channel-response.ts";
import { LabelLayer } from "./label-layer.ts";
import type { LabelTextures } from "./label-textures.ts";

export interface ShownChannel {
  readonly selection: Selection;
  readonly colour: Rgb;
  readonly visible: boolean;
  readonly limits: readonly [low: number, high: number];
  readonly gamma: number;
  readonly inverted: boolean;
}

export interface LabelLook {
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  readonly shown: boolean;
}

export class Viewer {
  readonly #deck: Deck<OrthographicView>;
  readonly #extensions = [new ColorPaletteExtension(), new ChannelResponseExtension()];
  #pyramid: ImagePyramid | null = null;
  /** The one level of an image that is drawn whole. */
  #whole: PixelLevel | null = null;
  #channels: readonly ShownChannel[] = [];
  #selections: Selection[] = [];
  #view: View = { zoom: 0, target: { y: 0, x: 0 } };
  #look: LabelLook = { fillOpacity: 0, outlineOpacity: 1, shown: true };
  #textures: LabelTextures | null = null;
  #hovered = 0;
  #previewColour: Rgb = [255, 255, 255];
  #revision = 0;
  #frame = 0;
  #closed = false;

  constructor(parts: {
    readonly parent: HTMLDivElement;
    readonly onDevice: (device: Device) => void;
    readonly onError: (error: Error) => void;
    readonly onPixels: () => void;
  }) {
    this.#onPixels = parts.onPixels;
    this.#deck = new Deck<OrthographicView>({
      parent: parts.parent,
      views: new OrthographicView({ id: "image", flipY: true }),
      controller: false,
      viewState: { target: [0, 0, 0], zoom: 0 },
      layers: [],
      // Which cell lies under the pointer is known from the canvas; drawing a second picture for it would be waste.
      _pickable: false,
      onDeviceInitialized: parts.onDevice,
      onError: (error) => parts.onError(error),
      // Two upright rectangles have no edges that would need smoothing; without it drawing costs a quarter.
      deviceProps: { type: "webgl", webgl: { antialias: false } },
    });
  }

  readonly #onPixels: () => void;

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

  setView(view: View): void {
    this.#view = view;
    this.#request();
  }

  setLook(look: LabelLook): void {
    this.#look = look;
    this.#request();
  }

  setTextures(textures: LabelTextures): void {
    this.#textures = textures;
    this.labelsChanged();
  }

  setHovered(number: number): void {
    if (number === this.#hovered) return;
    this.#hovered = number;
    this.#request();
  }

  setPreviewColour(colour: Rgb): void {
    this.#previewColour = colour;
  }

  /** The content of the label textures is another one. */
  labelsChanged(): void {
    this.#revision++;
    this.#request();
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#frame);
    this.#deck.finalize();
    this.#textures?.destroy();
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
    this.#deck.setProps({
      viewState: { target: [target.x, target.y, 0], zoom },
      layers: [this.#pixelLayer(), this.#labelLayer()],
    });
  }

  #pixelLayer(): Layer | null {
    const pyramid = this.#pyramid;
    if (pyramid === null || this.#channels.length === 0) return null;
    const shared = {
      id: "pixels",
      contrastLimits: this.#channels.map((channel) => [...channel.limits] as [number, number]),
      channelResponses: this.#channels.map(({ gamma, inverted }) => ({ gamma, inverted })),
      channelsVisible: this.#channels.map((channel) => channel.visible),
      colors: this.#channels.map((channel) => [...channel.colour]),
      selections: this.#selections,
      extensions: this.#extensions,
      pickable: false,
      onViewportLoad: () => this.#onPixels(),
    };
    if (this.#whole !== null) return createLayer(ImageLayer, { ...shared, loader: this.#whole });
    return createLayer(MultiscaleImageLayer, { ...shared, loader: pyramid.levels });
  }

  #labelLayer(): Layer | null {
    const textures = this.#textures;
    if (textures === null || !this.#look.shown) return null;
    return new LabelLayer({
      id: "labels",
      textures,
      fillOpacity: this.#look.fillOpacity,
      outlineOpacity: this.#look.outlineOpacity,
      hovered: this.#hovered,
      previewColour: this.#previewColour,
      revision: this.#revision,
    });
  }
}

/** Viv types its constructors loosely; this is the one place where that is put right. */
function createLayer(layerClass: unknown, props: Record<string, unknown>): Layer {
  const Constructor = layerClass as new (props: Record<string, unknown>) => Layer;
  return new Constructor(props);
}
