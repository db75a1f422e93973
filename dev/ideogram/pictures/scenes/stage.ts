/** Concerts and nights out: beams of light, lights out of focus, and the tops of a crowd. */

import { type Canvas, fade, fillPath, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { disc, ground, roundedBox } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { paintBokeh } from "./festoons.ts";
import { type Scene, unitOf } from "./scene.ts";

const BEAMS = 9;

export const stage: Scene = {
  words: [
    "concert",
    "nightlife",
    "music",
    "dj",
    "band",
    "dance",
    "neon",
    "cyberpunk",
    "breakdancing",
    "club",
  ],
  dark: true,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    paintGradient(canvas, palette.sky, between(chance, 1.1, 2));
    paintGlow(canvas, canvas.width / 2, canvas.height * 1.05, unit * 75, pick(chance, palette.accents), 0.55);
    for (let i = 0; i < BEAMS; i++) paintBeam(canvas, palette, chance, (i + 0.5) / BEAMS);
    paintBokeh(canvas, palette.accents, chance, 46);
    paintEqualizer(canvas, palette, chance);
    paintCrowd(canvas, palette.land[2], chance);
  },
};

function paintBeam(canvas: Canvas, palette: Palette, chance: Chance, at: number): void {
  const unit = unitOf(canvas);
  const x = at * canvas.width;
  const reach = between(chance, 0.6, 1.1) * canvas.height;
  const lean = between(chance, -0.5, 0.5) * reach;
  const spread = between(chance, 5, 12) * unit;
  const beam = [x - unit, -unit, x + unit, -unit, x + lean + spread, reach, x + lean - spread, reach];
  const colour = pick(chance, palette.accents);
  fillPath(canvas, [beam], fade(colour, colour, 0, reach, 0.5, 0));
}

function paintEqualizer(canvas: Canvas, palette: Palette, chance: Chance): void {
  const unit = unitOf(canvas);
  const bars = Math.floor(canvas.width / (unit * 3));
  const breadth = canvas.width / bars;
  for (let i = 0; i < bars; i++) {
    const height =
      (4 + 13 * Math.abs(Math.sin(i * 0.7) * Math.cos(i * 0.23)) * between(chance, 0.6, 1.2)) * unit;
    const top = canvas.height - height - unit * 5;
    const shape = roundedBox(
      i * breadth + breadth * 0.15,
      top,
      breadth * 0.7,
      height + unit * 5,
      breadth * 0.3,
    );
    const colour = palette.accents[i % palette.accents.length] ?? palette.gold;
    fillPath(canvas, [shape], fade(colour, palette.sky[1], top, canvas.height, 0.85, 0.35));
  }
}

function paintCrowd(canvas: Canvas, colour: Rgb, chance: Chance): void {
  const unit = unitOf(canvas);
  const level = canvas.height - unit * 3.2;
  fillPath(
    canvas,
    [ground(canvas.width, canvas.height, (x) => level + Math.sin(x / (unit * 3)) * unit)],
    solid(colour),
  );
  for (let x = 0; x < canvas.width; x += between(chance, 2.4, 4) * unit) {
    const radius = between(chance, 1.1, 1.7) * unit;
    fillPath(canvas, [disc(x, level - between(chance, 0, 1.8) * unit, radius)], solid(colour));
  }
}
