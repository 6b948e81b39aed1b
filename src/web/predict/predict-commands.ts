/** Shell commands that do what the Predict page does. Pure. */

export interface PredictCommands {
  readonly curl: string;
  readonly cli: string;
}

export function predictCommands(origin: string, model: string, fileName: string): PredictCommands {
  const file = shellQuote(fileName);
  return {
    curl: [
      `job=$(curl -sf -H "Authorization: Bearer $CELLFOUNDRY_TOKEN" \\`,
      `  -F model=${model} -F file=@${file} \\`,
      `  ${origin}/api/predictions | sed 's/^{"id":"\\([0-9A-Z]*\\)".*/\\1/')`,
      `curl -sfN -H "Authorization: Bearer $CELLFOUNDRY_TOKEN" \\`,
      `  ${origin}/api/jobs/$job/events > /dev/null`,
      `curl -sf -H "Authorization: Bearer $CELLFOUNDRY_TOKEN" \\`,
      `  ${origin}/api/predictions/$job/labels.tif -o labels.tif`,
    ].join("\n"),
    cli: `cellfoundry predict --model ${model} ${file} --out labels/`,
  };
}

/** Single quotes keep everything but themselves from the shell; plain names stay plain. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
