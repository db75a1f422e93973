/** Weddings and quiet days: sprays of leaves and blossoms in the corners, hearts and petals in the air. */

import { type Canvas, fade, fillPath, mixColours, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { disc, heart, leaf } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { type Scene, unitOf } from "./scene.ts";

const LEAVES_PER_CORNER = 30;
const BLOSSOMS_PER_CORNER = 7;
const PETALS = 6;
const FLOATING = 40;
const LEAF_GREEN: Rgb = [58, 128, 84];
const WHITE: Rgb = [255, 255, 255];

export const garden: Scene = {
  words: ["wedding", "garden", "flowers", "floral", "spring", "elegant", "book", "pottery", "art", "reunion"],
  dark: false,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    paintGradient(canvas, palette.sky, between(chance, 0.6, 1.3));
    paintGlow(canvas, canvas.width / 2, canvas.height / 2, unit * 58, WHITE, 0.7);
    for (let i = 0; i < FLOATING; i++) paintFloating(canvas, palette, chance);
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      paintSpray(canvas, palette, chance, x, y);
    }
  },
};

function paintFloating(canvas: Canvas, palette: Palette, chance: Chance): void {
  const unit = unitOf(canvas);
  const x = chance() * canvas.width;
  const y = chance() * canvas.height;
  const turn = between(chance, -0.7, 0.7);
  const shape =
    chance() < 0.5
      ? heart(x, y, between(chance, 0.7, 1.6) * unit, turn)
      : leaf(x, y, between(chance, 1.5, 3) * unit, unit * 0.7, turn * 4);
  fillPath(canvas, [shape], solid(pick(chance, palette.accents), between(chance, 0.35, 0.7)));
}

/** A bouquet in one corner; `cornerX` and `cornerY` are 0 or 1. */
function paintSpray(canvas: Canvas, palette: Palette, chance: Chance, cornerX: 0 | 1, cornerY: 0 | 1): void {
  const unit = unitOf(canvas);
  const x = cornerX * canvas.width;
  const y = cornerY * canvas.height;
  const inward = Math.atan2(0.5 - cornerY, 0.5 - cornerX);
  for (let i = 0; i < LEAVES_PER_CORNER; i++) {
    const turn = inward + between(chance, -1, 1);
    const start = between(chance, 0, 13) * unit;
    const length = between(chance, 9, 17) * unit;
    const green = mixColours(pick(chance, palette.land), LEAF_GREEN, between(chance, 0.5, 0.85));
    const shape = leaf(
      x + Math.cos(turn) * start,
      y + Math.sin(turn) * start,
      length,
      length * 0.16,
      turn + between(chance, -0.5, 0.5),
    );
    fillPath(canvas, [shape], solid(green, 0.85));
  }
  for (let i = 0; i < BLOSSOMS_PER_CORNER; i++) {
    const turn = inward + between(chance, -0.75, 0.75);
    const reach = between(chance, 3, 19) * unit;
    const size = between(chance, 3, 5.6) * unit;
    paintBlossom(canvas, chance, x + Math.cos(turn) * reach, y + Math.sin(turn) * reach, size, palette);
  }
}

function paintBlossom(
  canvas: Canvas,
  chance: Chance,
  x: number,
  y: number,
  size: number,
  palette: Palette,
): void {
  const colour = pick(chance, palette.accents);
  const start = chance() * Math.PI;
  for (const [layer, scale] of [1, 0.68].entries()) {
    const tint = mixColours(colour, WHITE, 0.3 + layer * 0.3);
    for (let i = 0; i < PETALS; i++) {
      const turn = start + ((i + layer / 2) / PETALS) * Math.PI * 2;
      const petal = leaf(x, y, size * scale, size * scale * 0.42, turn);
      fillPath(canvas, [petal], fade(tint, mixColours(tint, colour, 0.6), y - size, y + size, 0.96, 0.96));
    }
  }
  fillPath(canvas, [disc(x, y, size * 0.2)], solid(palette.gold));
}
