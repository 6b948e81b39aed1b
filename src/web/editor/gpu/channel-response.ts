/**
 * From intensity to brightness: contrast limits, then gamma, then inversion, per channel, in the shader of the picture.
 *
 * Replaces Viv's ramp, which is linear and takes limits closer than 0.0005 for that far apart: pictures of floats between
 * 0 and 0.0001 came out black. The same law in TypeScript is `brightnessOf`, for curves drawn over histograms.
 */

import type { Layer, UpdateParameters } from "@deck.gl/core";
import { VivLayerExtension } from "@vivjs/extensions";
import type { ChannelResponse } from "../pixels/channel-brightness.ts";

/** Viv repeats lines with this word for each channel. */
const CHANNEL = "VIV_CHANNEL_INDEX";
const moduleName = "channelResponse";

const shader = `uniform ${moduleName}Uniforms {
  vec2 response${CHANNEL};
} ${moduleName};

float channel_response(float intensity, vec2 limits, int channel) {
  vec2 responses[NUM_CHANNELS] = vec2[NUM_CHANNELS](
    ${moduleName}.response${CHANNEL},
  );
  float span = limits[1] - limits[0];
  float share = span > 0. ? clamp((intensity - limits[0]) / span, 0., 1.) : step(limits[0], intensity);
  float bright = pow(share, responses[channel][0]);
  return mix(bright, 1. - bright, responses[channel][1]);
}
`;

interface ResponseProps {
  readonly channelResponses?: readonly ChannelResponse[] | null;
  readonly selections?: readonly unknown[];
}

export class ChannelResponseExtension extends VivLayerExtension {
  static override extensionName = "ChannelResponseExtension";
  static override defaultProps = {
    channelResponses: { type: "array", value: null, compare: true },
  };

  getVivShaderTemplates(): unknown {
    return {
      modules: [
        {
          name: moduleName,
          uniformTypes: { [`response${CHANNEL}`]: "vec2<f32>" },
          fs: shader,
          inject: {
            "fs:DECKGL_PROCESS_INTENSITY":
              "intensity = channel_response(intensity, contrastLimits, channelIndex);\n",
          },
        },
      ],
    };
  }

  override updateState(this: Layer<ResponseProps>, params: UpdateParameters<Layer<ResponseProps>>): void {
    const { channelResponses, selections = [] } = params.props;
    const uniforms: Record<string, readonly [number, number]> = {};
    for (let i = 0; i < selections.length; i++) {
      const { gamma, inverted } = channelResponses?.[i] ?? { gamma: 1, inverted: false };
      uniforms[`response${i}`] = [gamma, inverted ? 1 : 0];
    }
    for (const model of this.getModels()) model.shaderInputs.setProps({ [moduleName]: uniforms });
  }
}
