/** Holidays and winter nights: snow on hills, fir trees with lights, stars and flakes above. */

import { type Canvas, fade, fillPath, mixColours, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { bar, disc, ground, star } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { type Scene, unitOf } from "./scene.ts";

const FLAKES = 26;
const SNOW_DOTS = 170;
const SNOW: Rgb = [246, 250, 255];

export const winter: Scene = {
  words: ["holiday", "christmas", "winter", "snow", "hanukkah", "new", "fundraiser", "gala", "fantasy"],
  dark: true,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    const moonX = between(chance, 0.15, 0.85) * canvas.width;
    paintGradient(canvas, palette.sky, Math.PI / 2);
    paintGlow(canvas, moonX, unit * 16, unit * 48, palette.gold, 0.5);
    fillPath(canvas, [disc(moonX, unit * 16, unit * 7)], solid(mixColours(palette.gold, SNOW, 0.5)));
    paintForest(canvas, palette, chance, 0.8, 5);
    paintForest(canvas, palette, chance, 0.9, 9);
    for (let i = 0; i < SNOW_DOTS; i++) {
      const dot = disc(chance() * canvas.width, chance() * canvas.height, between(chance, 0.12, 0.5) * unit);
      fillPath(canvas, [dot], solid(SNOW, between(chance, 0.4, 0.95)));
    }
    for (let i = 0; i < FLAKES; i++) paintFlake(canvas, chance);
  },
};

function paintForest(canvas: Canvas, palette: Palette, chance: Chance, level: number, scale: number): void {
  const unit = unitOf(canvas);
  const phase = chance() * 7;
  const heightAt = (x: number): number =>
    canvas.height * level + Math.sin(x / (unit * 15) + phase) * unit * 3;
  const trees = Math.ceil(canvas.width / (unit * scale * 1.1));
  for (let i = 0; i < trees; i++) {
    const x = ((i + chance()) / trees) * canvas.width;
    paintFir(canvas, x, heightAt(x) + unit, between(chance, 1.6, 2.8) * scale * unit, palette, chance);
  }
  const snow = mixColours(SNOW, palette.sky[1], 0.95 - level);
  fillPath(
    canvas,
    [ground(canvas.width, canvas.height, heightAt)],
    fade(snow, mixColours(snow, palette.sky[2], 0.35), canvas.height * level, canvas.height),
  );
}

function paintFir(
  canvas: Canvas,
  x: number,
  foot: number,
  height: number,
  palette: Palette,
  chance: Chance,
): void {
  const green = mixColours(palette.land[1], [22, 92, 78], between(chance, 0.35, 0.75));
  for (let tier = 0; tier < 3; tier++) {
    const bottom = foot - height * (0.06 + tier * 0.26);
    const half = height * (0.27 - tier * 0.065);
    const triangle = [x - half, bottom, x, bottom - height * 0.46, x + half, bottom];
    fillPath(canvas, [triangle], fade(mixColours(green, SNOW, 0.28), green, bottom - height * 0.46, bottom));
    for (const share of [-0.6, 0, 0.6]) {
      fillPath(
        canvas,
        [disc(x + half * share, bottom - height * 0.045, height * 0.022)],
        solid(pick(chance, palette.accents)),
      );
    }
  }
  fillPath(canvas, [star(x, foot - height * 1.05, height * 0.06, 5, 0.45)], solid(palette.gold));
}

function paintFlake(canvas: Canvas, chance: Chance): void {
  const unit = unitOf(canvas);
  const x = chance() * canvas.width;
  const y = chance() * canvas.height * 0.75;
  const size = between(chance, 2, 5.5) * unit;
  const start = chance() * Math.PI;
  const arms = [0, 1, 2].flatMap((i) => {
    const turn = start + (i * Math.PI) / 3;
    const tips = [-1, 1].flatMap((end) =>
      [-0.9, 0.9].map((lean) =>
        bar(
          x + Math.cos(turn) * size * 0.36 * end,
          y + Math.sin(turn) * size * 0.36 * end,
          size * 0.24,
          size * 0.05,
          turn + lean,
        ),
      ),
    );
    return [bar(x, y, size, size * 0.06, turn), ...tips];
  });
  fillPath(canvas, arms, solid(SNOW, 0.75));
}
