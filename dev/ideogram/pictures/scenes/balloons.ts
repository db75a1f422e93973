/** Birthdays and parties: balloons in both wings, bunting above, confetti everywhere. */

import { type Canvas, fade, fillPath, mixColours, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { ellipse, ground, ribbon } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { paintBunting, paintConfetti } from "./festoons.ts";
import { type Scene, unitOf } from "./scene.ts";

const BALLOONS_PER_WING = 7;
const WHITE: Rgb = [255, 255, 255];

export const balloons: Scene = {
  words: ["birthday", "party", "balloon", "balloons", "celebration", "anniversary", "unicorn", "children"],
  dark: false,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    paintGradient(canvas, palette.sky, between(chance, 1.2, 1.9));
    paintGlow(canvas, canvas.width / 2, canvas.height * 0.42, unit * 60, WHITE, 0.55);
    paintHills(canvas, palette, chance);
    paintConfetti(canvas, palette, chance, 110);
    for (const wing of [0, 1]) {
      for (let i = 0; i < BALLOONS_PER_WING; i++) {
        const inset = between(chance, -0.02, 0.2) * canvas.width;
        const x = wing === 0 ? inset : canvas.width - inset;
        const y = ((i + between(chance, 0.4, 1)) / BALLOONS_PER_WING) * canvas.height * 0.85;
        paintBalloon(canvas, x, y, between(chance, 6, 10.5) * unit, pick(chance, palette.accents));
      }
    }
    paintBunting(canvas, palette, chance, unit * 1.5);
  },
};

function paintHills(canvas: Canvas, palette: Palette, chance: Chance): void {
  const unit = unitOf(canvas);
  for (const [i, colour] of palette.land.entries()) {
    const base = canvas.height - (14 - i * 4.5) * unit;
    const phase = chance() * 6;
    const hill = ground(
      canvas.width,
      canvas.height,
      (x) => base + Math.sin(x / (unit * 14) + phase) * 3 * unit,
    );
    fillPath(canvas, [hill], solid(colour, 0.75));
  }
}

function paintBalloon(canvas: Canvas, x: number, y: number, radius: number, colour: Rgb): void {
  const knot = y + radius * 1.22;
  const string = Array.from({ length: 24 }, (_, i) => {
    const share = i / 23;
    return [x + Math.sin(share * 5) * radius * 0.16, knot + share * radius * 3] as const;
  });
  fillPath(canvas, [ribbon(string, Math.max(1, radius * 0.045))], solid(WHITE, 0.75));
  const nose = [
    x,
    knot - radius * 0.12,
    x + radius * 0.15,
    knot + radius * 0.1,
    x - radius * 0.15,
    knot + radius * 0.1,
  ];
  fillPath(canvas, [nose], solid(mixColours(colour, [0, 0, 0], 0.2)));
  const light = mixColours(colour, WHITE, 0.22);
  const shade = mixColours(colour, [20, 0, 40], 0.18);
  fillPath(canvas, [ellipse(x, y, radius, radius * 1.18)], fade(light, shade, y - radius, y + radius * 1.2));
  const shine = ellipse(x - radius * 0.38, y - radius * 0.45, radius * 0.16, radius * 0.34, 0.6);
  fillPath(canvas, [shine], solid(WHITE, 0.6));
}
