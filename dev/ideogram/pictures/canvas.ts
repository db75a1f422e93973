/**
 * A canvas of RGB bytes and an anti-aliased polygon filler: everything a picture shows is painted by these.
 * Coverage is exact area accumulation, one row at a time; overlapping contours of one direction merge.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

/** A closed outline as x, y, x, y … in pixels. A hole is a contour of the opposite direction. */
export type Contour = readonly number[];
export type Path = readonly Contour[];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Rows from the top, three bytes a pixel. */
  readonly pixels: Uint8Array;
}

/** Colours run from `from` at row `top` to `to` at row `bottom`, opacity likewise. */
export interface Paint {
  from: Rgb;
  to: Rgb;
  top: number;
  bottom: number;
  opacityFrom: number;
  opacityTo: number;
}

interface Edge {
  x: number;
  slope: number;
  top: number;
  bottom: number;
  direction: 1 | -1;
}

/** Coverage below this changes no byte. */
const COVERAGE_EPSILON = 1 / 512;

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, pixels: new Uint8Array(width * height * 3) };
}

/** One colour, optionally translucent. */
export function solid(colour: Rgb, opacity = 1): Paint {
  return { from: colour, to: colour, top: 0, bottom: 1, opacityFrom: opacity, opacityTo: opacity };
}

/** A vertical run from one colour to another. */
export function fade(from: Rgb, to: Rgb, top: number, bottom: number, opacityFrom = 1, opacityTo = 1): Paint {
  return { from, to, top, bottom, opacityFrom, opacityTo };
}

/** Fills the inside of a path. Parts outside the canvas are cut off. */
export function fillPath(canvas: Canvas, path: Path, paint: Paint): void {
  const edges = buildEdges(path, canvas.height);
  const coverage = new Float32Array(canvas.width + 2);
  let active: Edge[] = [];
  let next = 0;
  for (let y = Math.floor(edges[0]?.top ?? 0); next < edges.length || active.length > 0; y++) {
    active = active.filter((edge) => edge.bottom > y);
    for (let edge = edges[next]; edge !== undefined && edge.top < y + 1; edge = edges[++next])
      active.push(edge);
    if (active.length === 0) continue;
    const [left, right] = accumulateRow(coverage, active, y, canvas.width);
    blendRow(canvas, coverage, left, right, y, paint);
  }
}

/** Mixes one pixel towards a colour. */
export function blendPixel(pixels: Uint8Array, at: number, colour: Rgb, opacity: number): void {
  const red = pixels[at] ?? 0;
  const green = pixels[at + 1] ?? 0;
  const blue = pixels[at + 2] ?? 0;
  pixels[at] = red + (colour[0] - red) * opacity + 0.5;
  pixels[at + 1] = green + (colour[1] - green) * opacity + 0.5;
  pixels[at + 2] = blue + (colour[2] - blue) * opacity + 0.5;
}

export function mixColours(from: Rgb, to: Rgb, share: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

function buildEdges(path: Path, height: number): Edge[] {
  const edges: Edge[] = [];
  for (const contour of path) {
    for (let i = 0; i < contour.length; i += 2) {
      const j = (i + 2) % contour.length;
      const edge = buildEdge(contour[i] ?? 0, contour[i + 1] ?? 0, contour[j] ?? 0, contour[j + 1] ?? 0);
      if (edge === null || edge.bottom <= 0 || edge.top >= height) continue;
      edges.push(clipEdge(edge, height));
    }
  }
  return edges.sort((a, b) => a.top - b.top);
}

function buildEdge(x0: number, y0: number, x1: number, y1: number): Edge | null {
  if (y0 === y1) return null;
  const slope = (x1 - x0) / (y1 - y0);
  return y0 < y1
    ? { x: x0, slope, top: y0, bottom: y1, direction: 1 }
    : { x: x1, slope, top: y1, bottom: y0, direction: -1 };
}

function clipEdge(edge: Edge, height: number): Edge {
  const top = Math.max(edge.top, 0);
  return { ...edge, x: edge.x + (top - edge.top) * edge.slope, top, bottom: Math.min(edge.bottom, height) };
}

/** Adds what each edge covers in row `y`; answers the first and last column touched. */
function accumulateRow(
  coverage: Float32Array,
  active: readonly Edge[],
  y: number,
  width: number,
): [number, number] {
  let left = width;
  let right = 0;
  for (const edge of active) {
    const from = Math.max(edge.top, y);
    const to = Math.min(edge.bottom, y + 1);
    const a = clamp(edge.x + (from - edge.top) * edge.slope, width);
    const b = clamp(edge.x + (to - edge.top) * edge.slope, width);
    const low = Math.min(a, b);
    const high = Math.max(a, b);
    addEdge(coverage, low, high, (to - from) * edge.direction);
    left = Math.min(left, Math.floor(low));
    right = Math.max(right, Math.floor(high) + 1);
  }
  return [left, right];
}

/** Spreads `amount` of cover over the columns that a slanted edge crosses, so that a running sum is the area. */
function addEdge(coverage: Float32Array, low: number, high: number, amount: number): void {
  const first = Math.floor(low);
  const last = Math.floor(high);
  if (first === last) {
    const inside = (low + high) / 2 - first;
    coverage[first] = (coverage[first] ?? 0) + amount * (1 - inside);
    coverage[first + 1] = (coverage[first + 1] ?? 0) + amount * inside;
    return;
  }
  const perColumn = amount / (high - low);
  for (let column = first; column <= last; column++) {
    const from = Math.max(low, column);
    const to = Math.min(high, column + 1);
    const share = (to - from) * perColumn;
    const inside = (from + to) / 2 - column;
    coverage[column] = (coverage[column] ?? 0) + share * (1 - inside);
    coverage[column + 1] = (coverage[column + 1] ?? 0) + share * inside;
  }
}

function blendRow(
  canvas: Canvas,
  coverage: Float32Array,
  left: number,
  right: number,
  y: number,
  paint: Paint,
): void {
  const share = Math.min(1, Math.max(0, (y - paint.top) / (paint.bottom - paint.top)));
  const colour = mixColours(paint.from, paint.to, share);
  const opacity = paint.opacityFrom + (paint.opacityTo - paint.opacityFrom) * share;
  const [red, green, blue] = [Math.round(colour[0]), Math.round(colour[1]), Math.round(colour[2])];
  let sum = 0;
  let at = (y * canvas.width + left) * 3;
  for (let x = left; x <= right; x++, at += 3) {
    sum += coverage[x] ?? 0;
    coverage[x] = 0;
    if (x >= canvas.width) continue;
    const cover = Math.min(1, Math.abs(sum)) * opacity;
    if (cover > 1 - COVERAGE_EPSILON) {
      canvas.pixels[at] = red;
      canvas.pixels[at + 1] = green;
      canvas.pixels[at + 2] = blue;
    } else if (cover > COVERAGE_EPSILON) {
      blendPixel(canvas.pixels, at, colour, cover);
    }
  }
}

function clamp(x: number, width: number): number {
  return Math.max(0, Math.min(width, x));
}
