/** All that is known of one image besides its pixels and labels, to read and to change. */

import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { BulkChanges, Channel, ImageDetail } from "#api/index.ts";
import { useCan, useImage } from "../client/index.ts";
import { Button, Facts, Field, formatDate, Loading, Problem, Sheet } from "../ui/index.ts";
import { ChannelTable } from "./channel-table.tsx";
import { changedWords } from "./form-fields.ts";
import { MetadataForm } from "./metadata-form.tsx";
import { useSaveDetails } from "./use-save-details.ts";

interface Draft {
  readonly record: Readonly<Record<string, string>>;
  readonly channels: readonly Omit<Channel, "index">[];
  readonly group: string;
  readonly mpp: string;
}

export function DetailsSheet({
  imageId,
  open,
  onClose,
}: {
  imageId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const query = useImage(imageId);
  const image = query.data;
  const canEdit = useCan("annotator");
  const { saving, save } = useSaveDetails(image);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [preset, setPreset] = useState<string | undefined>();
  // What somebody else saved meanwhile does not sweep away what is being written here.
  useEffect(() => {
    if (open && image !== undefined) setDraft((was) => was ?? draftOf(image));
    if (!open) setDraft(null);
  }, [open, image]);
  const changes = useMemo(
    () => (image === undefined || draft === null ? null : changesOf(image, draft)),
    [image, draft],
  );
  const wrongSize = draft !== null && draft.mpp.trim() !== "" && sizeOf(draft.mpp) === null;
  const nothing = changes === null || (changes.bulk === null && changes.channels === null);
  return (
    <Sheet
      wide="extra"
      sturdy={!nothing}
      open={open}
      onClose={onClose}
      title={image?.name ?? "Image"}
      description="Words are kept as you write them; their terms stand beside them."
      footer={
        canEdit && (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              look="primary"
              disabled={nothing || wrongSize}
              busy={saving}
              onClick={() => changes !== null && save(changes, onClose)}
            >
              Save
            </Button>
          </>
        )
      }
    >
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : image === undefined || draft === null ? (
        <Loading text="Reading the image …" />
      ) : (
        <fieldset disabled={!canEdit} className="flex min-w-0 flex-col gap-6">
          <Facts rows={factsOf(image)} />
          <div className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-x-6 gap-y-4">
            <Field label="Group" hint="Images of one group stay on one side of a split.">
              {(ids) => (
                <input
                  {...ids}
                  className="control"
                  maxLength={200}
                  value={draft.group}
                  onChange={(event) => setDraft({ ...draft, group: event.target.value })}
                />
              )}
            </Field>
            <Field
              label="Pixel size, µm per pixel"
              hint={image.mpp === null ? (image.mppReason ?? undefined) : undefined}
              error={wrongSize ? "Write a length between 0.001 and 1000 µm." : undefined}
            >
              {(ids) => (
                <input
                  {...ids}
                  inputMode="decimal"
                  className="control"
                  maxLength={40}
                  placeholder="not known"
                  value={draft.mpp}
                  onChange={(event) => setDraft({ ...draft, mpp: event.target.value })}
                />
              )}
            </Field>
          </div>
          <section className="flex flex-col gap-2">
            <h3 className="text-sm font-semibold">Channels</h3>
            <ChannelTable
              channels={draft.channels}
              record={draft.record}
              onChannels={(channels) => setDraft({ ...draft, channels })}
              onWord={(name, value) => setDraft({ ...draft, record: { ...draft.record, [name]: value } })}
            />
          </section>
          <MetadataForm
            record={draft.record}
            onChange={(record) => setDraft({ ...draft, record })}
            preset={preset}
            onPreset={setPreset}
            {...(sizeOf(draft.mpp) === null ? {} : { also: { mppX: String(sizeOf(draft.mpp)?.x) } })}
          />
        </fieldset>
      )}
    </Sheet>
  );
}

function draftOf({ metadata, channels, group, mpp }: ImageDetail): Draft {
  return {
    record: metadata,
    channels: channels.map(({ name, role }) => ({ name, role })),
    group,
    mpp: mpp === null ? "" : mpp.y === mpp.x ? String(mpp.x) : `${mpp.y} × ${mpp.x}`,
  };
}

/** "0.65" or "0.65 × 0.7" (y, x). */
function sizeOf(text: string): { y: number; x: number } | null {
  const sides = text.split(/[×x]/).map((side) => Number(side.trim().replace(",", ".")));
  const [y, x = y] = sides;
  const sound = (side: number | undefined): side is number =>
    side !== undefined && side >= 0.001 && side <= 1000;
  return sides.length <= 2 && sound(y) && sound(x) ? { y, x } : null;
}

function changesOf(
  image: ImageDetail,
  draft: Draft,
): { bulk: BulkChanges | null; channels: Draft["channels"] | null } {
  const before = draftOf(image);
  const metadata = changedWords(before.record, draft.record);
  const size = sizeOf(draft.mpp);
  const bulk: BulkChanges = {
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(draft.group.trim() === before.group || draft.group.trim() === ""
      ? {}
      : { group: draft.group.trim() }),
    ...(draft.mpp.trim() === before.mpp || size === null ? {} : { mpp: size }),
  };
  const sameChannels = draft.channels.every(
    ({ name, role }, i) => name.trim() === before.channels[i]?.name && role === before.channels[i]?.role,
  );
  return {
    bulk: Object.keys(bulk).length === 0 ? null : bulk,
    channels: sameChannels ? null : draft.channels,
  };
}

function factsOf(image: ImageDetail): (readonly [string, ReactNode])[] {
  return [
    ["Array", `${image.axes} ${image.shape.join(" × ")}, ${image.dtype}`],
    ["Source", image.source.title],
    ["Licence", image.source.licence],
    ["Imported", formatDate(image.createdAt)],
  ];
}
