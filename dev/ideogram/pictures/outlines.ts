/** Outlines of the shapes that scenes are made of, as contours in pixels. Pure geometry: nothing is painted. */

import type { Contour, Path } from "./canvas.ts";

const FULL_TURN = Math.PI * 2;
/** Longest piece of a flattened curve, in pixels. */
const CURVE_STEP_PIXELS = 4;
const CURVE_PIECES_MIN = 12;
const CURVE_PIECES_MAX = 240;

export function disc(x: number, y: number, radius: number): Contour {
  return ellipse(x, y, radius, radius);
}

/** `turn` rotates it, in radians. */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number, turn = 0): Contour {
  const pieces = countPieces(FULL_TURN * Math.max(radiusX, radiusY));
  const points: number[] = [];
  for (let i = 0; i < pieces; i++) {
    const angle = (i / pieces) * FULL_TURN;
    const dx = Math.cos(angle) * radiusX;
    const dy = Math.sin(angle) * radiusY;
    points.push(x + dx * Math.cos(turn) - dy * Math.sin(turn), y + dx * Math.sin(turn) + dy * Math.cos(turn));
  }
  return points;
}

export function ring(x: number, y: number, radius: number, thickness: number): Path {
  return [disc(x, y, radius), reverse(disc(x, y, radius - thickness))];
}

/** A rectangle of the given centre and size, rotated by `turn` radians. */
export function bar(x: number, y: number, width: number, height: number, turn = 0): Contour {
  const corners: [number, number][] = [
    [-width / 2, -height / 2],
    [width / 2, -height / 2],
    [width / 2, height / 2],
    [-width / 2, height / 2],
  ];
  return corners.flatMap(([dx, dy]) => [
    x + dx * Math.cos(turn) - dy * Math.sin(turn),
    y + dx * Math.sin(turn) + dy * Math.cos(turn),
  ]);
}

export function roundedBox(x: number, y: number, width: number, height: number, radius: number): Contour {
  const pieces = countPieces((FULL_TURN / 4) * radius);
  const corners: [number, number, number][] = [
    [x + width - radius, y + height - radius, 0],
    [x + radius, y + height - radius, 1],
    [x + radius, y + radius, 2],
    [x + width - radius, y + radius, 3],
  ];
  return corners.flatMap(([cx, cy, quarter]) =>
    Array.from({ length: pieces + 1 }, (_, i) => ((quarter + i / pieces) * FULL_TURN) / 4).flatMap(
      (angle) => [cx + Math.cos(angle) * radius, cy + Math.sin(angle) * radius],
    ),
  );
}

/** The line of a rounded box: the box less a smaller one. */
export function roundedFrame(
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  line: number,
): Path {
  const inner = roundedBox(
    x + line,
    y + line,
    width - 2 * line,
    height - 2 * line,
    Math.max(0.5, radius - line),
  );
  return [roundedBox(x, y, width, height, radius), reverse(inner)];
}

/** A star of `points` rays; `inner` is the share of the radius at its hollows. */
export function star(x: number, y: number, radius: number, points: number, inner: number, turn = 0): Contour {
  return Array.from({ length: points * 2 }, (_, i) => i).flatMap((i) => {
    const reach = i % 2 === 0 ? radius : radius * inner;
    const angle = turn - FULL_TURN / 4 + (i / (points * 2)) * FULL_TURN;
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach];
  });
}

/** A heart that fits a square of twice `size`. */
export function heart(x: number, y: number, size: number, turn = 0): Contour {
  const pieces = countPieces(size * 6);
  return Array.from({ length: pieces }, (_, i) => (i / pieces) * FULL_TURN).flatMap((t) => {
    const dx = (Math.sin(t) ** 3 * size * 16) / 17;
    const dy =
      (-(13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)) * size) / 17;
    return [x + dx * Math.cos(turn) - dy * Math.sin(turn), y + dx * Math.sin(turn) + dy * Math.cos(turn)];
  });
}

/** A pointed leaf from (x, y) along `turn`. */
export function leaf(x: number, y: number, length: number, breadth: number, turn: number): Contour {
  const pieces = Math.max(8, countPieces(length) >> 1);
  const side = (sign: 1 | -1): number[][] =>
    Array.from({ length: pieces + 1 }, (_, i) => i / pieces).map((t) => {
      const along = t * length;
      const across = sign * Math.sin(Math.PI * t ** 0.8) * breadth;
      return [
        x + along * Math.cos(turn) - across * Math.sin(turn),
        y + along * Math.sin(turn) + across * Math.cos(turn),
      ];
    });
  return [...side(1), ...side(-1).reverse()].flat();
}

/** A line of even thickness through the points. */
export function ribbon(points: readonly (readonly [number, number])[], thickness: number): Contour {
  const side = (sign: 1 | -1): number[][] =>
    points.map(([x, y], i) => {
      const before = points[Math.max(0, i - 1)] ?? [x, y];
      const after = points[Math.min(points.length - 1, i + 1)] ?? [x, y];
      const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
      return [
        x - (sign * (after[1] - before[1]) * thickness) / 2 / length,
        y + (sign * (after[0] - before[0]) * thickness) / 2 / length,
      ];
    });
  return [...side(1), ...side(-1).reverse()].flat();
}

/** Everything below the line y = heightAt(x), down to `bottom`. */
export function ground(width: number, bottom: number, heightAt: (x: number) => number): Contour {
  const pieces = Math.ceil(width / CURVE_STEP_PIXELS);
  const line = Array.from({ length: pieces + 1 }, (_, i) => (i / pieces) * width);
  return [...line.flatMap((x) => [x, heightAt(x)]), width, bottom, 0, bottom];
}

export function reverse(contour: Contour): Contour {
  const points: number[] = [];
  for (let i = contour.length - 2; i >= 0; i -= 2) points.push(contour[i] ?? 0, contour[i + 1] ?? 0);
  return points;
}

function countPieces(length: number): number {
  return Math.min(CURVE_PIECES_MAX, Math.max(CURVE_PIECES_MIN, Math.ceil(length / CURVE_STEP_PIXELS)));
}
