/** Ties what is edited, what is shown and where, to the viewer: the one place where they meet. */

import type { BoundingBox, Point } from "#core/array/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import type { OpenedImage } from "../pixels/open-image.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import type { SessionView, StrokePart } from "../session/session-parts.ts";
import type { Store } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";
import { ExtraSheets } from "./extra-sheets.ts";
import { flagGhost, flagSelected, flagShown } from "./label-shader.ts";
import { LabelSheet } from "./label-sheet.ts";
import type { ExtraSheetsStore } from "./sheet-source.ts";
import { shownChannels } from "./shown-channels.ts";
import { Viewer } from "./viewer.ts";

export interface SceneParts {
  readonly parent: HTMLDivElement;
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  /** What is shown beside the layer that is edited. */
  readonly extras: ExtraSheetsStore;
  readonly onError: (message: string) => void;
  readonly onPixels: () => void;
  /** Labels are on the screen. */
  readonly onLabels: () => void;
  /** The line of a cut or a lasso under way, in pixel coordinates; null when it ended. */
  readonly onLine: (line: readonly Point[] | null) => void;
}

/** What a draft would make, whatever the colour the cells will get: bright on every channel's colour. */
const draftColour: Rgb = [255, 214, 64];

/** Of the edited layer's outlines while differences are looked at: what agrees is there, and no more. */
const quietOutline = 0.3;

export class Scene implements SessionView {
  readonly #parts: SceneParts;
  readonly #viewer: Viewer;
  readonly #stops: (() => void)[] = [];
  /** The layer that is edited; null until the graphics card is ready. */
  #sheet: LabelSheet | null = null;
  #extras: ExtraSheets | null = null;
  #image: OpenedImage | null = null;
  #previewUid: string | null = null;
  #cellColour: Look["cellColour"] = null;

  constructor(parts: SceneParts) {
    this.#parts = parts;
    const { session, view, look } = parts;
    this.#viewer = new Viewer({
      parent: parts.parent,
      onPixels: parts.onPixels,
      onLabels: parts.onLabels,
      onError: (error) => parts.onError(error.message),
      onDevice: (device) => {
        this.#sheet = new LabelSheet("edited", device, session.model.canvas);
        this.#extras = new ExtraSheets(device);
        this.#showExtras();
        this.canvasReplaced();
      },
    });
    const showView = (): void => this.#viewer.setView(view.view, view.seenBox());
    this.#stops.push(view.subscribe(showView));
    this.#stops.push(look.subscribe(() => this.#showLook()));
    this.#stops.push(parts.extras.subscribe(() => this.#showExtras()));
    showView();
    this.#showLook();
    session.attachView(this);
  }

  close(): void {
    this.#parts.session.attachView(null);
    for (const stop of this.#stops) stop();
    this.#sheet?.close();
    this.#extras?.close();
    this.#viewer.close();
  }

  setImage(image: OpenedImage): void {
    this.#image = image;
    this.#viewer.setImage(image.pyramid);
    this.#showLook();
  }

  setHovered(uid: string | undefined): void {
    this.#hover(uid === undefined ? 0 : this.#parts.session.model.canvas.numberOf(uid));
  }

  canvasReplaced(): void {
    const { model } = this.#parts.session;
    this.#sheet?.display.reset(model.canvas);
    // Numbers of cells are those of the canvas.
    this.#hover(0);
    this.cellsChanged([...model.cells.keys()]);
    this.#showLook();
  }

  canvasChanged(box: BoundingBox): void {
    this.#sheet?.display.refresh(box);
    this.#viewer.labelsChanged();
  }

  cellsChanged(uids: readonly string[]): void {
    const { model, state, proposals } = this.#parts.session;
    this.#sheet?.display.raise(state.selection);
    const selected = new Set(state.selection);
    const { cellColour } = this.#parts.look.get();
    for (const uid of uids) {
      if (!model.cells.has(uid)) continue;
      const colour = cellColour?.(uid) ?? model.colourOf(uid);
      const flags = (selected.has(uid) ? flagSelected : 0) | (proposals.isGhost(uid) ? flagGhost : 0);
      this.#sheet?.display.setEntry(uid, colour, flagShown | flags);
    }
    this.#viewer.labelsChanged();
  }

  previewStroke({ uid, isNew, shape, erases }: StrokePart): void {
    const sheet = this.#sheet;
    if (isNew && this.#previewUid !== uid) {
      this.#previewUid = uid;
      const colour = this.#parts.session.model.reserveColour(uid, shape.bbox);
      if (sheet !== null) sheet.previewColour = colour;
    }
    sheet?.display.showStroke(shape, erases ? null : uid);
    this.#viewer.labelsChanged();
  }

  previewDraft(changes: readonly ObjectChange[]): void {
    if (this.#sheet !== null) this.#sheet.previewColour = draftColour;
    this.#sheet?.display.showDraft(changes);
    this.#viewer.labelsChanged();
  }

  previewLine(points: readonly Point[]): void {
    this.#parts.onLine([...points]);
  }

  previewEnded(): void {
    if (this.#previewUid !== null) this.#parts.session.model.releaseColour(this.#previewUid);
    this.#previewUid = null;
    this.#sheet?.display.clearPreview();
    this.#parts.onLine(null);
    this.#viewer.labelsChanged();
  }

  flyTo(box: BoundingBox): void {
    this.#parts.view.flyToBox(box);
  }

  #hover(number: number): void {
    if (this.#sheet === null || this.#sheet.hovered === number) return;
    this.#sheet.hovered = number;
    this.#viewer.labelsChanged();
  }

  #showExtras(): void {
    if (this.#sheet === null || this.#extras === null) return;
    const { below, above } = this.#extras.update(this.#parts.extras.get().sources);
    this.#viewer.setSheets([...below, this.#sheet, ...above]);
    this.#showLook();
  }

  #showLook(): void {
    const { labels, outlines, fillOpacity, outlineOpacity, cellColour } = this.#parts.look.get();
    if (cellColour !== this.#cellColour) {
      this.#cellColour = cellColour;
      this.cellsChanged([...this.#parts.session.model.cells.keys()]);
    }
    if (this.#sheet !== null) {
      const quiet = this.#parts.extras.get().isEditedQuiet;
      this.#sheet.look = {
        shown: labels,
        fillOpacity: quiet ? 0 : fillOpacity,
        outlineOpacity: outlines ? (quiet ? Math.min(quietOutline, outlineOpacity) : outlineOpacity) : 0,
      };
      this.#viewer.labelsChanged();
    }
    const image = this.#image;
    if (image === null) return;
    this.#viewer.setChannels(shownChannels(image, this.#parts.look.get(), this.#parts.session.model.plane));
  }
}
