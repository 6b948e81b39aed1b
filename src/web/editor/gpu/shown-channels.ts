/** The channels of a plane as the viewer draws them, by how they are looked at. */

import type { PlaneAt } from "../model/planes.ts";
import type { OpenedImage } from "../pixels/open-image.ts";
import type { Look } from "../session/look.ts";
import type { ShownChannel } from "./viewer.ts";

export function shownChannels(
  image: OpenedImage,
  { channels }: Pick<Look, "channels">,
  plane: PlaneAt,
): ShownChannel[] {
  const selections = image.selectionsAt(plane);
  return (channels ?? image.channels).slice(0, selections.length).map((channel, index) => ({
    selection: selections[index] ?? {},
    colour: channel.colour,
    visible: channel.visible,
    limits: channel.limits,
    gamma: channel.gamma,
    inverted: channel.inverted,
  }));
}
