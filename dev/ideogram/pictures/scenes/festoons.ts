/** Decorations that several scenes share: confetti, bunting, and discs of light. */

import { type Canvas, fillPath, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { bar, disc, ribbon, ring, star } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { unitOf } from "./scene.ts";

const BUNTING_SAG_UNITS = 7;

/** Small bright pieces over the whole picture. */
export function paintConfetti(canvas: Canvas, palette: Palette, chance: Chance, count: number): void {
  const unit = unitOf(canvas);
  for (let i = 0; i < count; i++) {
    const x = chance() * canvas.width;
    const y = chance() * canvas.height;
    const size = between(chance, 0.5, 1.3) * unit;
    const turn = chance() * Math.PI;
    const shape = pick(chance, [
      bar(x, y, size * 1.7, size * 0.7, turn),
      disc(x, y, size * 0.55),
      star(x, y, size, 5, 0.45, turn),
    ]);
    fillPath(canvas, [shape], solid(pick(chance, palette.accents), 0.9));
  }
}

/** A string of triangular flags that hangs from edge to edge. */
export function paintBunting(canvas: Canvas, palette: Palette, chance: Chance, top: number): void {
  const unit = unitOf(canvas);
  const flags = Math.max(6, Math.round(canvas.width / (unit * 8)));
  const height = (share: number): number => top + Math.sin(Math.PI * share) * BUNTING_SAG_UNITS * unit;
  const line = Array.from({ length: 49 }, (_, i) => [(i / 48) * canvas.width, height(i / 48)] as const);
  fillPath(canvas, [ribbon(line, unit * 0.3)], solid(palette.paper, 0.9));
  for (let i = 0; i < flags; i++) {
    const left = (i + 0.1) / flags;
    const right = (i + 0.9) / flags;
    const tip = height((left + right) / 2) + unit * 7.5;
    const flag = [left * canvas.width, height(left), right * canvas.width, height(right)];
    const colour = palette.accents[(i + Math.floor(chance() * 2)) % palette.accents.length] ?? palette.gold;
    fillPath(canvas, [[...flag, ((left + right) / 2) * canvas.width, tip]], solid(colour, 0.95));
  }
}

/** Translucent discs with a brighter rim, like lights out of focus. */
export function paintBokeh(
  canvas: Canvas,
  colours: readonly [Rgb, ...Rgb[]],
  chance: Chance,
  count: number,
): void {
  const unit = unitOf(canvas);
  for (let i = 0; i < count; i++) {
    const x = chance() * canvas.width;
    const y = chance() * canvas.height;
    const radius = between(chance, 1, 8) * unit;
    const colour = pick(chance, colours);
    fillPath(canvas, [disc(x, y, radius)], solid(colour, between(chance, 0.08, 0.24)));
    fillPath(canvas, ring(x, y, radius, unit * 0.25), solid(colour, 0.35));
  }
}
