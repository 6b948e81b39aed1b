/** The deck.gl layer that draws a label image over the pixels, from textures it is given. */

import { Layer, type LayerProps, project32, type UpdateParameters } from "@deck.gl/core";
import type { Texture } from "@luma.gl/core";
import { Geometry, Model } from "@luma.gl/engine";
import type { Rgb } from "#core/labels/index.ts";
import type { ShownTile } from "./label-display.ts";
import {
  type LabelUniforms,
  labelFragmentShader,
  labelUniformModule,
  labelVertexShader,
} from "./label-shader.ts";
import type { LabelTextures } from "./label-textures.ts";

export interface LabelLayerOwnProps {
  readonly textures: LabelTextures;
  readonly tiles: readonly ShownTile<Texture>[];
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  /** Number under the pointer, 0 for none. */
  readonly hovered: number;
  readonly previewColour: Rgb;
  /** Changes whenever the textures' content did: that is how deck.gl learns to draw again. */
  readonly revision: number;
}

export class LabelLayer extends Layer<LabelLayerOwnProps & LayerProps> {
  static override layerName = "LabelLayer";
  static override defaultProps = { pickable: false };

  declare state: { model?: Model };

  override getShaders(): ReturnType<Layer["getShaders"]> {
    return super.getShaders({
      vs: labelVertexShader,
      fs: labelFragmentShader,
      modules: [project32, labelUniformModule],
    });
  }

  override initializeState(): void {
    this.getAttributeManager()?.remove(["instancePickingColors"]);
  }

  override updateState(parameters: UpdateParameters<this>): void {
    super.updateState(parameters);
    if (this.state.model !== undefined && !parameters.changeFlags.extensionsChanged) return;
    this.state.model?.destroy();
    this.setState({ model: this.#createModel() });
  }

  override finalizeState(context: Parameters<Layer["finalizeState"]>[0]): void {
    super.finalizeState(context);
    this.state.model?.destroy();
  }

  override draw(): void {
    const { model } = this.state;
    const { textures, tiles, fillOpacity, outlineOpacity, hovered, previewColour } = this.props;
    if (model === undefined) return;
    const [r, g, b] = previewColour;
    const shared = {
      pixelsPerScreenPx: 2 ** -this.context.viewport.zoom,
      fillOpacity,
      outlineOpacity,
      hovered,
      previewColour: [r / 255, g / 255, b / 255],
    } as const;
    for (const { texture, box, y0, x0, step } of tiles) {
      const uniforms: LabelUniforms = {
        ...shared,
        from: [box[1], box[0]],
        to: [box[3], box[2]],
        corner: [x0, y0],
        texelStep: step,
      };
      model.setBindings({ labels: texture, colours: textures.colours });
      model.shaderInputs.setProps({ label: { ...uniforms } });
      model.draw(this.context.renderPass);
    }
  }

  #createModel(): Model {
    return new Model(this.context.device, {
      ...this.getShaders(),
      id: this.props.id ?? "labels",
      geometry: new Geometry({
        topology: "triangle-strip",
        attributes: { corners: { size: 2, value: new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]) } },
      }),
      isInstanced: false,
    });
  }
}
