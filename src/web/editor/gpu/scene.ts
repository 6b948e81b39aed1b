/** Ties what is edited, what is shown and where, to the viewer: the one place where they meet. */

import type { BoundingBox, Point } from "#core/array/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import type { OpenedImage } from "../pixels/open-image.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import type { SessionView } from "../session/session-parts.ts";
import type { Store } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";
import { LabelDisplay } from "./label-display.ts";
import { flagSelected, flagShown } from "./label-shader.ts";
import { LabelTextures } from "./label-textures.ts";
import { Viewer } from "./viewer.ts";

export interface SceneParts {
  readonly parent: HTMLDivElement;
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  readonly onError: (message: string) => void;
  readonly onPixels: () => void;
  /** The line of a cut or a lasso under way, in pixel coordinates; null when it ended. */
  readonly onLine: (line: readonly Point[] | null) => void;
}

/** What a draft would make, whatever the colour the cells will get: bright on every channel's colour. */
const draftColour: Rgb = [255, 214, 64];

export class Scene implements SessionView {
  readonly #parts: SceneParts;
  readonly #viewer: Viewer;
  readonly #stops: (() => void)[] = [];
  #display: LabelDisplay | null = null;
  #image: OpenedImage | null = null;
  #previewUid: string | null = null;
  #cellColour: Look["cellColour"] = null;

  constructor(parts: SceneParts) {
    this.#parts = parts;
    const { session, view, look } = parts;
    this.#viewer = new Viewer({
      parent: parts.parent,
      onPixels: parts.onPixels,
      onError: (error) => parts.onError(error.message),
      onDevice: (device) => {
        const { height, width } = session.model.canvas;
        if (!LabelTextures.canHold(device, height, width)) {
          parts.onError(
            `This graphics card shows labels of images up to ${device.limits.maxTextureDimension2D} pixels a side.`,
          );
          return;
        }
        const textures = new LabelTextures(device, height, width);
        this.#display = new LabelDisplay(textures, session.model.canvas);
        this.#viewer.setTextures(textures);
        this.canvasReplaced();
      },
    });
    this.#stops.push(view.subscribe(() => this.#viewer.setView(view.view)));
    this.#stops.push(look.subscribe(() => this.#showLook()));
    this.#viewer.setView(view.view);
    this.#showLook();
    session.attachView(this);
  }

  close(): void {
    this.#parts.session.attachView(null);
    for (const stop of this.#stops) stop();
    this.#viewer.close();
  }

  setImage(image: OpenedImage): void {
    this.#image = image;
    this.#viewer.setImage(image.pyramid);
    this.#showLook();
  }

  setHovered(uid: string | undefined): void {
    this.#viewer.setHovered(uid === undefined ? 0 : this.#parts.session.model.canvas.numberOf(uid));
  }

  canvasReplaced(): void {
    const { model } = this.#parts.session;
    this.#display?.reset(model.canvas);
    // Numbers of cells are those of the canvas.
    this.#viewer.setHovered(0);
    this.cellsChanged([...model.cells.keys()]);
    this.#showLook();
  }

  canvasChanged(box: BoundingBox): void {
    this.#display?.refresh(box);
    this.#viewer.labelsChanged();
  }

  cellsChanged(uids: readonly string[]): void {
    const { model, state } = this.#parts.session;
    const selected = new Set(state.selection);
    const { cellColour } = this.#parts.look.get();
    for (const uid of uids) {
      if (!model.cells.has(uid)) continue;
      const colour = cellColour?.(uid) ?? model.colourOf(uid);
      this.#display?.setEntry(uid, colour, flagShown | (selected.has(uid) ? flagSelected : 0));
    }
    this.#viewer.labelsChanged();
  }

  previewStroke(uid: string, isNew: boolean, changes: readonly ObjectChange[], within: BoundingBox): void {
    if (isNew && this.#previewUid !== uid) {
      this.#previewUid = uid;
      this.#viewer.setPreviewColour(this.#parts.session.model.reserveColour(uid, within));
    }
    this.#display?.showPreview(changes, within);
    this.#viewer.labelsChanged();
  }

  previewDraft(changes: readonly ObjectChange[]): void {
    this.#viewer.setPreviewColour(draftColour);
    this.#display?.showDraft(changes);
    this.#viewer.labelsChanged();
  }

  previewLine(points: readonly Point[]): void {
    this.#parts.onLine([...points]);
  }

  previewEnded(): void {
    if (this.#previewUid !== null) this.#parts.session.model.releaseColour(this.#previewUid);
    this.#previewUid = null;
    this.#display?.clearPreview();
    this.#parts.onLine(null);
    this.#viewer.labelsChanged();
  }

  flyTo(box: BoundingBox): void {
    this.#parts.view.flyToBox(box);
  }

  #showLook(): void {
    const { channels, labels, outlines, fillOpacity, outlineOpacity, cellColour } = this.#parts.look.get();
    if (cellColour !== this.#cellColour) {
      this.#cellColour = cellColour;
      this.cellsChanged([...this.#parts.session.model.cells.keys()]);
    }
    this.#viewer.setLook({
      shown: labels,
      fillOpacity,
      outlineOpacity: outlines ? outlineOpacity : 0,
    });
    const image = this.#image;
    if (image === null) return;
    const selections = image.selectionsAt(this.#parts.session.model.plane);
    this.#viewer.setChannels(
      (channels ?? image.channels).slice(0, selections.length).map((channel, index) => ({
        selection: selections[index] ?? {},
        colour: channel.colour,
        visible: channel.visible,
        limits: channel.limits,
        gamma: channel.gamma,
        inverted: channel.inverted,
      })),
    );
  }
}
