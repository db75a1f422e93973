/**
 * Turns the places of a stack in the deployed bundle into places in these files. The bundle is one file with short
 * names, so that a logged stack says `index.js:12:3456` and nothing else that a person could follow.
 */
import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve } from "node:path";

/** A frame as the runtime writes it: the name of the bundle, a line and a column, both counted from 1. */
const PLACE = /\bindex\.js:(\d+):(\d+)/g;

/** `text` is a stack, or whole lines of the log. `outDir` is where the map was written, which its paths start from. */
export function explainStack(text: string, map: SourceMapPayload, outDir: string, root: string): string {
  const sources = new SourceMap(map);
  return text.replaceAll("\\n", "\n").replaceAll(PLACE, (place, line: string, column: string) => {
    const entry = sources.findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return place;
    const file = relative(root, resolve(outDir, entry.originalSource));
    return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
