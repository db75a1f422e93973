/** Outdoors: a low sun over folded hills, trees in front, birds in the air. */

import { type Canvas, fade, fillPath, mixColours, type Rgb, solid } from "../canvas.ts";
import { between, type Chance, pick } from "../chance.ts";
import { paintGlow, paintGradient } from "../light.ts";
import { disc, ground, ribbon } from "../outlines.ts";
import type { Palette } from "../palette.ts";
import { type Scene, unitOf } from "./scene.ts";

const RIDGES = 5;
const BIRDS = 9;
const SUN: Rgb = [255, 224, 142];
const WHITE: Rgb = [255, 255, 255];

export const hills: Scene = {
  words: [
    "park",
    "bbq",
    "picnic",
    "outdoor",
    "family",
    "potluck",
    "community",
    "summer",
    "nature",
    "travel",
    "fitness",
  ],
  dark: false,
  paint(canvas, palette, chance) {
    const unit = unitOf(canvas);
    const sunX = between(chance, 0.18, 0.82) * canvas.width;
    const sunY = between(chance, 0.12, 0.26) * canvas.height;
    paintGradient(canvas, palette.sky, Math.PI / 2);
    paintGlow(canvas, sunX, sunY, unit * 60, WHITE, 0.75);
    fillPath(canvas, [disc(sunX, sunY, unit * 9)], solid(SUN));
    for (let i = 0; i < BIRDS; i++) paintBird(canvas, palette.ink, chance);
    for (let i = 0; i < RIDGES; i++) paintRidge(canvas, palette, chance, i / (RIDGES - 1));
  },
};

/** `near` runs from 0, the farthest ridge, to 1. */
function paintRidge(canvas: Canvas, palette: Palette, chance: Chance, near: number): void {
  const unit = unitOf(canvas);
  const base = canvas.height * (0.5 + near * 0.37);
  const waves = [1, 2.3, 4.1].map((pitch) => ({
    pitch,
    phase: chance() * 7,
    size: between(chance, 2, 7) / pitch,
  }));
  const heightAt = (x: number): number =>
    base +
    waves.reduce((sum, { pitch, phase, size }) => sum + Math.sin((x / unit / 16) * pitch + phase) * size, 0) *
      unit;
  const colour = mixColours(palette.land[0], palette.land[2], near);
  const haze = mixColours(colour, palette.sky[0], 0.35);
  fillPath(
    canvas,
    [ground(canvas.width, canvas.height, heightAt)],
    fade(haze, colour, base - unit * 8, base + unit * 14),
  );
  const trees = Math.round(near * 16);
  for (let i = 0; i < trees; i++) {
    const x = chance() * canvas.width;
    paintTree(
      canvas,
      x,
      heightAt(x) + unit * 0.6,
      between(chance, 4, 8) * unit * (0.4 + near * 0.6),
      palette,
      chance,
    );
  }
}

function paintTree(
  canvas: Canvas,
  x: number,
  foot: number,
  height: number,
  palette: Palette,
  chance: Chance,
): void {
  const colour = mixColours(pick(chance, palette.accents), palette.land[2], 0.45);
  const trunk = height * 0.05;
  fillPath(
    canvas,
    [[x - trunk, foot, x - trunk, foot - height, x + trunk, foot - height, x + trunk, foot]],
    solid(palette.ink),
  );
  const crown = [0, 1, 2].map((i) =>
    disc(x + (i - 1) * height * 0.17, foot - height * (i === 1 ? 0.95 : 0.72), height * 0.27),
  );
  fillPath(
    canvas,
    crown,
    fade(mixColours(colour, WHITE, 0.25), colour, foot - height * 1.2, foot - height * 0.4),
  );
}

function paintBird(canvas: Canvas, colour: Rgb, chance: Chance): void {
  const unit = unitOf(canvas);
  const x = chance() * canvas.width;
  const y = between(chance, 0.04, 0.36) * canvas.height;
  const span = between(chance, 0.9, 2) * unit;
  const wings = Array.from({ length: 17 }, (_, i) => {
    const t = i / 8 - 1;
    return [x + t * span, y - Math.abs(Math.sin(t * Math.PI)) * span * 0.4] as const;
  });
  fillPath(canvas, [ribbon(wings, unit * 0.22)], solid(colour, 0.7));
}
