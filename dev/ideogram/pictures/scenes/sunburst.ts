/** Announcements: rays from behind the panel, rings, and bold arcs in the corners, as on old posters. */

import { type Canvas, fillPath, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { disc, ring, star } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { paintConfetti } from "./festoons.ts";
import { type Scene, unitOf } from "./scene.ts";

const RAYS = 20;
const ARCS = 6;

export const sunburst: Scene = {
  words: [
    "corporate",
    "launch",
    "sports",
    "game",
    "retro",
    "vintage",
    "workshop",
    "conference",
    "award",
    "meetup",
  ],
  dark: false,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    const x = canvas.width / 2;
    const y = canvas.height * between(chance, 0.42, 0.58);
    paintGradient(canvas, palette.sky, between(chance, 0.4, 1.4));
    paintRays(canvas, palette, chance, x, y);
    paintGlow(canvas, x, y, unit * 62, palette.paper, 0.8);
    for (let i = 0; i < 4; i++) {
      fillPath(
        canvas,
        ring(x, y, (30 + i * 9) * unit, unit * (1.4 - i * 0.3)),
        solid(palette.accents[i] ?? palette.gold, 0.5),
      );
    }
    paintConfetti(canvas, palette, chance, 34);
    paintArcs(canvas, palette, 0, canvas.height);
    paintArcs(canvas, palette, canvas.width, 0);
    for (const side of [0.1, 0.9]) {
      fillPath(
        canvas,
        [star(canvas.width * side, canvas.height * (1 - side) - 0, unit * 5, 8, 0.42)],
        solid(palette.gold),
      );
    }
  },
};

function paintRays(canvas: Canvas, palette: Palette, chance: Chance, x: number, y: number): void {
  const reach = canvas.width + canvas.height;
  const start = chance();
  const colour = pick(chance, palette.accents);
  for (let i = 0; i < RAYS; i++) {
    const from = ((i + start) / RAYS) * Math.PI * 2;
    const to = from + Math.PI / RAYS;
    const ray = [
      x,
      y,
      x + Math.cos(from) * reach,
      y + Math.sin(from) * reach,
      x + Math.cos(to) * reach,
      y + Math.sin(to) * reach,
    ];
    fillPath(canvas, [ray], solid(colour, 0.5));
  }
}

function paintArcs(canvas: Canvas, palette: Palette, x: number, y: number): void {
  const unit = unitOf(canvas);
  for (let i = 0; i < ARCS; i++) {
    const colour =
      i % 2 === 1 ? palette.paper : (palette.accents[i % palette.accents.length] ?? palette.gold);
    fillPath(canvas, [disc(x, y, (ARCS - i) * unit * 4.2)], solid(colour));
  }
}
