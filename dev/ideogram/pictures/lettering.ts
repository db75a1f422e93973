/** Sets text in the simulator's typeface: measures, breaks lines, and paints them with smooth edges. */

import type { Canvas, Rgb } from "./canvas.ts";
import { CAP_HEIGHT, findAccent, findGlyph, type Glyph, SPACE_WIDTH, UNKNOWN_GLYPH } from "./glyphs.ts";
import { paintStrokes, parseStrokes, type Segment } from "./strokes.ts";

export interface LineStyle {
  /** Height of a capital letter, in pixels. */
  capHeight: number;
  /** Thickness of a stroke, as a share of the capital's height. */
  weight: number;
  /** Room between letters beyond the strokes, as a share of the capital's height. */
  tracking: number;
}

interface PlacedGlyph {
  x: number;
  strokes: string;
  /** Accents move up on tall letters. */
  lift: number;
}

const ACCENT_LIFT_ON_TALL = 34;
const EVEN_STEP = 0.05;
const ACCENTED_DOTLESS: Record<string, string> = { i: "ı", j: "ȷ" };
const BELOW_ACCENTS = "\u0327\u0328";

/** Width of a line in pixels, from the outer edge of its first stroke to that of its last. */
export function measureLine(text: string, style: LineStyle): number {
  const { width } = placeGlyphs(text, style);
  return ((width + style.weight * CAP_HEIGHT) * style.capHeight) / CAP_HEIGHT;
}

/** Paints a line with its capitals between `top` and `top + capHeight`, its left edge at `left`. */
export function paintLine(
  canvas: Canvas,
  text: string,
  left: number,
  top: number,
  style: LineStyle,
  colour: Rgb,
  opacity = 1,
): void {
  const scale = style.capHeight / CAP_HEIGHT;
  const radius = (style.weight * style.capHeight) / 2;
  for (const glyph of placeGlyphs(text, style).glyphs) {
    const x = left + radius + glyph.x * scale;
    const segments = parseStrokes(glyph.strokes).map(
      ([x0, y0, x1, y1]): Segment => [
        x + x0 * scale,
        top + (y0 - glyph.lift) * scale,
        x + x1 * scale,
        top + (y1 - glyph.lift) * scale,
      ],
    );
    paintStrokes(canvas, segments, radius, colour, opacity);
  }
}

/** Breaks a paragraph into as few lines as `width` pixels allow, of lengths as even as possible. */
export function breakEvenly(text: string, width: number, style: LineStyle): string[] {
  let best = breakLines(text, width, style);
  for (let share = 1 - EVEN_STEP; share > 0 && best.length > 1; share -= EVEN_STEP) {
    const narrower = breakLines(text, width * share, style);
    if (narrower.length > best.length) break;
    best = narrower;
  }
  return best;
}

/** Fills lines one after the other; a word wider than `width` has its own line. */
function breakLines(text: string, width: number, style: LineStyle): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || measureLine(longer, style) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}

function placeGlyphs(text: string, style: LineStyle): { glyphs: PlacedGlyph[]; width: number } {
  const gap = (style.weight + style.tracking) * CAP_HEIGHT;
  const glyphs: PlacedGlyph[] = [];
  let x = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (segment.trim() === "") {
      x += SPACE_WIDTH;
      continue;
    }
    const { base, accents } = composeCharacter(segment);
    glyphs.push({ x, strokes: base.strokes, lift: 0 });
    for (const accent of accents)
      glyphs.push({ x: x + base.width / 2, strokes: accent.strokes, lift: accent.lift });
    x += base.width + gap;
  }
  return { glyphs, width: Math.max(0, x - gap) };
}

function composeCharacter(character: string): {
  base: Glyph;
  accents: { strokes: string; lift: number }[];
} {
  const whole = findGlyph(character);
  if (whole !== null) return { base: whole, accents: [] };
  const [letter = "", ...combining] = [...character.normalize("NFD")];
  const base = findGlyph(combining.length === 0 ? letter : (ACCENTED_DOTLESS[letter] ?? letter));
  if (base === null) return { base: UNKNOWN_GLYPH, accents: [] };
  const isTall = letter !== letter.toLowerCase() || /[bdfhklt]/.test(letter);
  const accents = combining.flatMap((mark) => {
    const strokes = findAccent(mark);
    const lift = isTall && !BELOW_ACCENTS.includes(mark) ? ACCENT_LIFT_ON_TALL : 0;
    return strokes === null ? [] : [{ strokes, lift }];
  });
  return { base, accents };
}
