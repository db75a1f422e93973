/** Large soft surfaces that no polygon can give: the background gradient, round glows and a vignette. */

import { blendPixel, type Canvas, mixColours, type Rgb } from "./canvas.ts";

const GRADIENT_STEPS = 1024;

/** Covers the whole canvas with a three-colour gradient. `angle` is radians clockwise from "to the right". */
export function paintGradient(canvas: Canvas, stops: readonly [Rgb, Rgb, Rgb], angle: number): void {
  const table = buildGradientTable(stops);
  const { width, height, pixels } = canvas;
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  const low = Math.min(0, dx * width) + Math.min(0, dy * height);
  const reach = Math.abs(dx) * width + Math.abs(dy) * height;
  const scale = (GRADIENT_STEPS - 1) / reach;
  let at = 0;
  for (let y = 0; y < height; y++) {
    let position = (dy * y - low) * scale;
    for (let x = 0; x < width; x++, position += dx * scale, at += 3) {
      const entry = (position | 0) * 3;
      pixels[at] = table[entry] ?? 0;
      pixels[at + 1] = table[entry + 1] ?? 0;
      pixels[at + 2] = table[entry + 2] ?? 0;
    }
  }
}

/** A round light that fades to nothing at `radius`. */
export function paintGlow(
  canvas: Canvas,
  centreX: number,
  centreY: number,
  radius: number,
  colour: Rgb,
  strength: number,
): void {
  const top = Math.max(0, Math.ceil(centreY - radius));
  const bottom = Math.min(canvas.height - 1, Math.floor(centreY + radius));
  for (let y = top; y <= bottom; y++) {
    const dy = (y - centreY) / radius;
    const half = Math.sqrt(1 - dy * dy) * radius;
    const left = Math.max(0, Math.ceil(centreX - half));
    const right = Math.min(canvas.width - 1, Math.floor(centreX + half));
    for (let x = left; x <= right; x++) {
      const dx = (x - centreX) / radius;
      const near = 1 - dx * dx - dy * dy;
      blendPixel(canvas.pixels, (y * canvas.width + x) * 3, colour, near * near * strength);
    }
  }
}

function buildGradientTable(stops: readonly [Rgb, Rgb, Rgb]): Uint8Array {
  const table = new Uint8Array(GRADIENT_STEPS * 3);
  for (let step = 0; step < GRADIENT_STEPS; step++) {
    const share = (step / (GRADIENT_STEPS - 1)) * 2;
    const colour =
      share < 1 ? mixColours(stops[0], stops[1], share) : mixColours(stops[1], stops[2], share - 1);
    table.set(
      colour.map((channel) => Math.round(channel)),
      step * 3,
    );
  }
  return table;
}
