/** The strokes of a glyph: from their notation (see glyphs.ts) to straight pieces, and from those to pixels. */

import { blendPixel, type Canvas, type Rgb } from "./canvas.ts";

export type Segment = readonly [x0: number, y0: number, x1: number, y1: number];

/** A dot is a piece without length, and a little bolder than a stroke. */
const DOT_SWELL = 1.25;
const ARC_STEP_DEGREES = 9;

/** The pieces of a glyph's strokes, in the units of the typeface. */
export function parseStrokes(strokes: string): Segment[] {
  return strokes.split(";").flatMap((stroke) => {
    const points = stroke.split(" ").flatMap(parsePoints);
    const [first] = points;
    if (points.length === 1 && first !== undefined) return [[...first, ...first] as const];
    // An arc that starts where the line before it ends gives a piece without length; only a lone dot may be one.
    return points
      .slice(1)
      .map((point, i): Segment => [...(points[i] ?? point), ...point])
      .filter(([x0, y0, x1, y1]) => x0 !== x1 || y0 !== y1);
  });
}

function parsePoints(token: string): (readonly [number, number])[] {
  const numbers = token.replace(/^[@!]/, "").split(",").map(Number);
  const [a = 0, b = 0, radiusX = 0, radiusY = 0, from = 0, to = 0] = numbers;
  if (!token.startsWith("@")) return [[a, b]];
  const steps = Math.ceil(Math.abs(to - from) / ARC_STEP_DEGREES);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [a + Math.cos(angle) * radiusX, b + Math.sin(angle) * radiusY] as const;
  });
}

/** Paints all strokes of one glyph as one shape, so that crossings do not show when translucent. */
export function paintStrokes(
  canvas: Canvas,
  segments: readonly Segment[],
  radius: number,
  colour: Rgb,
  opacity: number,
): void {
  const reach = radius * DOT_SWELL + 1;
  const left = Math.max(0, Math.floor(Math.min(...segments.map((s) => Math.min(s[0], s[2]))) - reach));
  const top = Math.max(0, Math.floor(Math.min(...segments.map((s) => Math.min(s[1], s[3]))) - reach));
  const right = Math.min(
    canvas.width,
    Math.ceil(Math.max(...segments.map((s) => Math.max(s[0], s[2]))) + reach),
  );
  const bottom = Math.min(
    canvas.height,
    Math.ceil(Math.max(...segments.map((s) => Math.max(s[1], s[3]))) + reach),
  );
  if (right <= left || bottom <= top) return;
  const mask = new Float32Array((right - left) * (bottom - top));
  for (const segment of segments) coverSegment(mask, left, top, right, bottom, segment, radius);
  let cell = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++, cell++) {
      const cover = mask[cell] ?? 0;
      if (cover > 0) blendPixel(canvas.pixels, (y * canvas.width + x) * 3, colour, cover * opacity);
    }
  }
}

/** Raises the mask to how much of each pixel lies within `radius` of the segment. */
function coverSegment(
  mask: Float32Array,
  left: number,
  top: number,
  right: number,
  bottom: number,
  [x0, y0, x1, y1]: Segment,
  radius: number,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const lengthSquared = dx * dx + dy * dy;
  const thickness = lengthSquared === 0 ? radius * DOT_SWELL : radius;
  const reach = thickness + 1;
  const endX = Math.min(right, Math.ceil(Math.max(x0, x1) + reach));
  const endY = Math.min(bottom, Math.ceil(Math.max(y0, y1) + reach));
  for (let y = Math.max(top, Math.floor(Math.min(y0, y1) - reach)); y < endY; y++) {
    for (let x = Math.max(left, Math.floor(Math.min(x0, x1) - reach)); x < endX; x++) {
      const px = x + 0.5 - x0;
      const py = y + 0.5 - y0;
      const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const cover = Math.min(1, thickness - distance + 0.5);
      const cell = (y - top) * (right - left) + x - left;
      if (cover > (mask[cell] ?? 0)) mask[cell] = cover;
    }
  }
}
