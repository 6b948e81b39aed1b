/**
 * How a label image becomes colour, on the graphics card.
 *
 * Each fragment looks up the number of its object and the object's colour. It belongs to the outline when one of eight
 * points at the outline's width around it lies in another object: that keeps outlines equally thin on the screen at
 * every zoom, along pixel edges when zoomed in and without gaps when zoomed out.
 */

import type { ShaderModule } from "@luma.gl/shadertools";

/** Bits in the alpha channel of the colour texture. */
export const flagShown = 1;
export const flagSelected = 2;
/** A proposal that is not taken at present: a dotted outline and no fill. */
export const flagGhost = 4;

/**
 * Stands for the object being drawn, which has no number yet; further ones of a draft have the numbers after it. Far above
 * any number a canvas gives.
 */
export const previewNumber = 2 ** 30;

/** Numbers per row of the colour texture. */
export const colourTextureWidth = 1024;

export interface LabelUniforms {
  /** Box of the image that is drawn. */
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Image position of the texture's corner, and image pixels per texel. */
  readonly corner: readonly [x: number, y: number];
  readonly texelStep: number;
  /** Image pixels per CSS pixel of the screen. */
  readonly pixelsPerScreenPx: number;
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  readonly hovered: number;
  readonly previewColour: readonly [r: number, g: number, b: number];
}

const uniformBlock = `\
uniform labelUniforms {
  vec2 from;
  vec2 to;
  vec2 corner;
  float texelStep;
  float pixelsPerScreenPx;
  float fillOpacity;
  float outlineOpacity;
  float hovered;
  vec3 previewColour;
} label;
`;

export const labelUniformModule = {
  name: "label",
  vs: uniformBlock,
  fs: uniformBlock,
  uniformTypes: {
    from: "vec2<f32>",
    to: "vec2<f32>",
    corner: "vec2<f32>",
    texelStep: "f32",
    pixelsPerScreenPx: "f32",
    fillOpacity: "f32",
    outlineOpacity: "f32",
    hovered: "f32",
    previewColour: "vec3<f32>",
  },
} as const satisfies ShaderModule;

export const labelVertexShader = `#version 300 es
#define SHADER_NAME label-layer-vertex

in vec2 corners;
out vec2 imagePosition;

void main(void) {
  imagePosition = mix(label.from, label.to, corners);
  vec3 position = vec3(imagePosition, 0.0);
  geometry.worldPosition = position;
  gl_Position = project_position_to_clipspace(position, vec3(0.0), vec3(0.0), geometry.position);
}
`;

/** Side of a dot of a ghost's outline, pixels of the screen. */
const ghostDotPx = "3.0";

export const labelFragmentShader = `#version 300 es
#define SHADER_NAME label-layer-fragment
precision highp float;
precision highp int;
precision highp usampler2D;

// Both of one sampler type: luma.gl validates a program before it knows the texture units, when all samplers still
// stand on unit 0, and WebGL refuses two types on one unit.
uniform usampler2D labels;
uniform usampler2D colours;

in vec2 imagePosition;
out vec4 fragColor;

const float diagonal = 0.7071;
const float outlineWidth = 1.6;
const float strongOutlineWidth = 2.6;

int numberAt(vec2 position) {
  ivec2 texel = ivec2(floor((position - label.corner) / label.texelStep));
  // The margin holds all that an outline looks at; a stand-in of a coarser level may end sooner.
  return int(texelFetch(labels, clamp(texel, ivec2(0), textureSize(labels, 0) - 1), 0).r);
}

bool nearsAnother(int number, vec2 position, float width) {
  float slant = width * diagonal;
  return numberAt(position + vec2(width, 0.0)) != number
    || numberAt(position - vec2(width, 0.0)) != number
    || numberAt(position + vec2(0.0, width)) != number
    || numberAt(position - vec2(0.0, width)) != number
    || numberAt(position + vec2(slant, slant)) != number
    || numberAt(position - vec2(slant, slant)) != number
    || numberAt(position + vec2(slant, -slant)) != number
    || numberAt(position - vec2(slant, -slant)) != number;
}

void main(void) {
  int number = numberAt(imagePosition);
  if (number == 0) discard;

  bool isPreview = number >= ${previewNumber};
  uvec4 entry = isPreview
    ? uvec4(0u)
    : texelFetch(colours, ivec2(number % ${colourTextureWidth}, number / ${colourTextureWidth}), 0);
  vec3 own = isPreview ? label.previewColour : vec3(entry.rgb) / 255.0;
  int flags = isPreview ? ${flagShown + flagSelected} : int(entry.a);
  if ((flags & ${flagShown}) == 0) discard;

  bool selected = (flags & ${flagSelected}) != 0;
  bool hovered = number == int(label.hovered);
  bool ghost = (flags & ${flagGhost}) != 0 && !selected;
  float width = (selected || hovered ? strongOutlineWidth : outlineWidth) * label.pixelsPerScreenPx;
  if (label.outlineOpacity > 0.0 || selected || hovered || ghost) {
    if (nearsAnother(number, imagePosition, width)) {
      vec3 colour = selected ? vec3(1.0) : own;
      if (ghost) {
        vec2 square = floor(gl_FragCoord.xy / ${ghostDotPx});
        if (mod(square.x + square.y, 2.0) < 1.0) discard;
        fragColor = vec4(own, 0.75);
        return;
      }
      fragColor = vec4(colour, selected || hovered ? 1.0 : label.outlineOpacity);
      return;
    }
  }
  if (ghost && !hovered) discard;
  float opacity = label.fillOpacity;
  if (selected) opacity = max(opacity + 0.12, 0.22);
  else if (hovered) opacity = opacity + 0.1;
  if (opacity <= 0.0) discard;
  fragColor = vec4(own, min(opacity, 1.0));
}
`;
