/** Colours that go together: a few hues around one, in OKLCH, where equal numbers look equally light. */

import type { Rgb } from "./canvas.ts";
import { between, type Chance, pick } from "./chance.ts";

export interface Palette {
  /** Whether the background is night rather than day. */
  dark: boolean;
  /** The background's gradient. */
  sky: readonly [Rgb, Rgb, Rgb];
  /** For shapes, from the quietest to the loudest. */
  accents: readonly [Rgb, Rgb, Rgb, Rgb, Rgb];
  /** For the land in front, from far to near. */
  land: readonly [Rgb, Rgb, Rgb];
  paper: Rgb;
  ink: Rgb;
  gold: Rgb;
}

/** Hue distances, in degrees, that painters call analogous, complementary and triadic. */
const HARMONIES: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 35, 70, 180, 210],
  [0, 150, 180, 210, 30],
  [0, 120, 240, 30, 150],
  [0, 60, 90, 200, 300],
];

/** Night skies from teal over blue to wine red; dark yellows would be mud. */
const NIGHT_HUES = [180, 350] as const;
/** How far the sky's colours move away from its first one. */
const DRIFT_DEGREES = [25, 70] as const;
/** Meadow green, for land whose own hue would be brown. */
const LUSH_HUE = 148;

export function createPalette(chance: Chance, dark: boolean): Palette {
  const hue = dark ? between(chance, ...NIGHT_HUES) : chance() * 360;
  const harmony = pick(chance, HARMONIES).map((distance) => hue + distance);
  const drift = between(chance, ...DRIFT_DEGREES) * (chance() < 0.5 ? -1 : 1);
  return dark ? createNight(hue, harmony, drift / 2) : createDay(hue, harmony, drift);
}

function createNight(hue: number, harmony: readonly number[], drift: number): Palette {
  const [first = hue, second = hue, third = hue, fourth = hue, fifth = hue] = harmony;
  return {
    dark: true,
    sky: [oklch(0.2, 0.07, hue), oklch(0.33, 0.13, hue + drift), oklch(0.5, 0.16, hue + drift * 1.6)],
    accents: [
      oklch(0.62, 0.16, first),
      oklch(0.7, 0.17, second),
      oklch(0.76, 0.15, third),
      oklch(0.82, 0.14, fourth),
      oklch(0.88, 0.12, fifth),
    ],
    land: [oklch(0.3, 0.09, hue + drift), oklch(0.22, 0.07, hue + drift / 2), oklch(0.14, 0.04, hue)],
    paper: oklch(0.19, 0.045, hue),
    ink: oklch(0.97, 0.02, fifth),
    gold: oklch(0.85, 0.12, 88),
  };
}

function createDay(hue: number, harmony: readonly number[], drift: number): Palette {
  const [first = hue, second = hue, third = hue, fourth = hue, fifth = hue] = harmony;
  const landHue = isMuddy(hue + drift) ? LUSH_HUE : hue + drift;
  return {
    dark: false,
    sky: [oklch(0.94, 0.045, hue), oklch(0.88, 0.085, hue + drift), oklch(0.79, 0.12, hue + drift * 1.6)],
    accents: [
      clean(0.8, 0.12, first),
      clean(0.72, 0.15, second),
      clean(0.68, 0.17, third),
      clean(0.64, 0.18, fourth),
      clean(0.58, 0.19, fifth),
    ],
    land: [oklch(0.76, 0.11, landHue), oklch(0.64, 0.12, landHue + 12), oklch(0.5, 0.11, landHue + 24)],
    paper: oklch(0.985, 0.012, hue + drift),
    ink: oklch(0.28, 0.075, hue),
    gold: oklch(0.72, 0.13, 80),
  };
}

/** Dark yellows read as brown and olive: as an accent they are made lighter. */
function clean(lightness: number, chroma: number, hueDegrees: number): Rgb {
  return isMuddy(hueDegrees)
    ? oklch(0.84, Math.min(chroma, 0.15), hueDegrees)
    : oklch(lightness, chroma, hueDegrees);
}

function isMuddy(hueDegrees: number): boolean {
  const hue = ((hueDegrees % 360) + 360) % 360;
  return hue > 60 && hue < 125;
}

/** OKLCH (lightness 0–1, chroma, hue in degrees) to sRGB bytes, after Ottosson's published matrices. */
export function oklch(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  const inside = Math.min(1, Math.max(0, linear));
  const encoded = inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
