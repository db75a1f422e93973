/** The framed panel in the middle, its lettering fitted to it, and the small print at the foot. */

import { type Canvas, fillPath, mixColours, type Rgb, solid } from "./canvas.ts";
import { breakEvenly, type LineStyle, measureLine, paintLine } from "./lettering.ts";
import { bar, reverse, roundedBox, roundedFrame, star } from "./outlines.ts";
import type { Palette } from "./palette.ts";

interface SetLine {
  text: string;
  style: LineStyle;
  colour: Rgb;
}

interface Block {
  lines: SetLine[];
  height: number;
  width: number;
}

const HEADLINE: Omit<LineStyle, "capHeight"> = { weight: 0.165, tracking: 0.12 };
const BODY: Omit<LineStyle, "capHeight"> = { weight: 0.115, tracking: 0.15 };
const BODY_TO_HEADLINE = 0.44;
/** From the top of one line's capitals to the next one's, in capital heights. */
const LINE_PITCH = 1.85;
const FIT_STEP = 0.94;
const FIT_STEPS_MAX = 60;
const HEADLINE_UNITS = 7.8;
const SHADOW: Rgb = [15, 10, 35];
const SHADOW_STEPS = 7;
const SHADOW_STEP_OPACITY = 0.035;
const SHADOW_REACH_UNITS = 2.2;

/** Paints the panel with `wording`, the headline first, and `smallPrint` at the foot of the picture. */
export function paintPanel(
  canvas: Canvas,
  palette: Palette,
  wording: readonly string[],
  smallPrint: string,
): void {
  const { width, height } = canvas;
  const unit = Math.sqrt(width * height) / 100;
  const roomWidth = Math.min(width * 0.8, height * 1.4) - unit * 13;
  const block = fitBlock(wording, roomWidth, height * 0.46, palette, unit);
  const ornament = unit * 5.5;
  const boxWidth = Math.max(block.width + unit * 17, Math.min(width * 0.8, unit * 42));
  const boxHeight = block.height + ornament + unit * 14;
  const left = (width - boxWidth) / 2;
  const top = (height - boxHeight) / 2;
  paintBox(canvas, palette, left, top, boxWidth, boxHeight, unit);
  paintOrnament(canvas, palette, width / 2, top + unit * 7, boxWidth * 0.4, unit);
  paintBlock(canvas, block, width / 2, top + unit * 7 + ornament);
  paintSmallPrint(canvas, palette, smallPrint, unit);
}

function paintBox(
  canvas: Canvas,
  palette: Palette,
  left: number,
  top: number,
  width: number,
  height: number,
  unit: number,
): void {
  const radius = unit * 3;
  for (let step = SHADOW_STEPS; step > 0; step--) {
    const grow = (step / SHADOW_STEPS) * SHADOW_REACH_UNITS * unit;
    const halo = roundedBox(
      left - grow,
      top - grow + unit * 0.6,
      width + 2 * grow,
      height + 2 * grow,
      radius + grow,
    );
    fillPath(canvas, [halo], solid(SHADOW, SHADOW_STEP_OPACITY));
  }
  fillPath(canvas, [roundedBox(left, top, width, height, radius)], solid(palette.paper));
  const frame = (inset: number, line: number, colour: Rgb): void =>
    fillPath(
      canvas,
      roundedFrame(
        left + inset,
        top + inset,
        width - 2 * inset,
        height - 2 * inset,
        Math.max(unit, radius - inset),
        line,
      ),
      solid(colour),
    );
  frame(unit * 1.5, unit * 0.45, palette.gold);
  frame(unit * 2.5, unit * 0.18, palette.gold);
}

/** A small star between two tapering lines. */
function paintOrnament(
  canvas: Canvas,
  palette: Palette,
  x: number,
  y: number,
  width: number,
  unit: number,
): void {
  const colour = palette.accents[4];
  fillPath(canvas, [star(x, y, unit * 1.9, 4, 0.38)], solid(colour));
  for (const side of [-1, 1]) {
    const near = x + side * unit * 3.4;
    const far = x + (side * width) / 2;
    const line = [near, y - unit * 0.28, far, y, near, y + unit * 0.28];
    fillPath(canvas, [side === 1 ? line : reverse(line)], solid(palette.gold));
    fillPath(canvas, [bar(far, y, unit * 0.7, unit * 0.7, Math.PI / 4)], solid(palette.gold));
  }
}

/** The largest setting that fits; very long words are shrunk rather than cut. */
function fitBlock(
  wording: readonly string[],
  width: number,
  height: number,
  palette: Palette,
  unit: number,
): Block {
  let headline = unit * HEADLINE_UNITS;
  let block = setBlock(wording, width, headline, palette);
  for (let step = 0; step < FIT_STEPS_MAX && (block.height > height || block.width > width); step++) {
    headline *= FIT_STEP;
    block = setBlock(wording, width, headline, palette);
  }
  return block;
}

function setBlock(wording: readonly string[], width: number, headline: number, palette: Palette): Block {
  const [title = "", ...rest] = wording;
  const titleStyle = { ...HEADLINE, capHeight: headline };
  const bodyStyle = { ...BODY, capHeight: headline * BODY_TO_HEADLINE };
  const bodyColour = mixColours(palette.ink, palette.paper, 0.12);
  const lines = [
    ...breakEvenly(title, width, titleStyle).map((text) => ({
      text,
      style: titleStyle,
      colour: palette.ink,
    })),
    ...rest.flatMap((line) =>
      breakEvenly(line, width, bodyStyle).map((text) => ({ text, style: bodyStyle, colour: bodyColour })),
    ),
  ];
  const lastGap = (lines.at(-1)?.style.capHeight ?? 0) * (LINE_PITCH - 1);
  return {
    lines,
    height: lines.reduce((sum, { style }) => sum + style.capHeight * LINE_PITCH, 0) - lastGap,
    width: Math.max(...lines.map(({ text, style }) => measureLine(text, style))),
  };
}

function paintBlock(canvas: Canvas, block: Block, centre: number, top: number): void {
  let y = top;
  for (const { text, style, colour } of block.lines) {
    paintLine(canvas, text, centre - measureLine(text, style) / 2, y, style, colour);
    y += style.capHeight * LINE_PITCH;
  }
}

function paintSmallPrint(canvas: Canvas, palette: Palette, text: string, unit: number): void {
  const style: LineStyle = { capHeight: Math.max(9, unit * 1.25), weight: 0.13, tracking: 0.2 };
  const width = measureLine(text, style);
  const left = (canvas.width - width) / 2;
  const top = canvas.height - style.capHeight * 2.6;
  const pill = roundedBox(
    left - unit * 1.6,
    top - style.capHeight * 0.75,
    width + unit * 3.2,
    style.capHeight * 2.5,
    style.capHeight * 1.25,
  );
  fillPath(canvas, [pill], solid(palette.paper, 0.82));
  paintLine(canvas, text, left, top, style, palette.ink, 0.9);
}
