/**
 * What a LIVECell file name tells: `A172_Phase_A7_1_00d04h00m_2.tif` is line A172, well A7, location 1, 4 hours, crop 2.
 */
export interface LivecellName {
  readonly cellLine: string;
  readonly well: string;
  readonly location: string;
  readonly time: string;
  readonly crop: string;
}

const NAME =
  /^([A-Za-z0-9-]{2,12})_Phase_([A-P]\d{1,2})_(\d{1,3})_(\d{2}d\d{2}h\d{2}m)_(\d{1,3})\.(?:tiff?|png)$/;

/** @param file  name without folder. `null` for any other name. */
export function parseLivecellName(file: string): LivecellName | null {
  const match = NAME.exec(file);
  if (match === null) return null;
  const [, cellLine, well, location, time, crop] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { cellLine, well, location, time, crop };
}
