/** What a scene is: one kind of background, painted from a palette and a sequence of chance. */

import type { Canvas } from "../canvas.ts";
import type { Chance } from "../chance.ts";
import type { Palette } from "../palette.ts";

export interface Scene {
  /** Words of a prompt that call for this scene. */
  words: readonly string[];
  /** Night scenes have light lettering on a dark panel. */
  dark: boolean;
  paint(canvas: Canvas, palette: Palette, chance: Chance): void;
}

/** The measure that sizes are given in: it grows with the area, so that wide and tall pictures look alike. */
export function unitOf(canvas: Canvas): number {
  return Math.sqrt(canvas.width * canvas.height) / 100;
}
