/**
 * What a brief costs and which pictures it makes. The preview shows and the charge uses the same rows:
 * the price of a brief is the sum of its pictures, each of which is held and settled on its own.
 */
import type { Brief } from "./brief.ts";
import { getQuality, type ShapeKey } from "./catalogue.ts";
import { SEED_MAX } from "./limits.ts";
import { getPictureSize, type PictureSize } from "./shapes.ts";

/** One picture to generate, with the size that will be stored. */
export interface Picture extends PictureSize {
  /** From 0, in the order of the brief's shapes. */
  readonly position: number;
  readonly shape: ShapeKey;
  readonly model: string;
  /** Whole credits. */
  readonly cost: number;
  /** Null: the provider picks one. */
  readonly seed: number | null;
}

/** The part of a brief that decides what it costs. */
export type PricedBrief = Pick<Brief, "shapes" | "count" | "quality" | "seed">;

export interface Price {
  /** Whole credits for all pictures together. */
  readonly cost: number;
  readonly pictures: readonly Picture[];
}

export function priceOf(brief: PricedBrief, model: string): Price {
  const pictures = buildPictures(brief, model);
  return { cost: pictures.reduce((sum, picture) => sum + picture.cost, 0), pictures };
}

/** The pictures of a brief: each shape, `count` times. */
export function buildPictures(brief: PricedBrief, model: string): Picture[] {
  const { cost } = getQuality(brief.quality);
  return brief.shapes.flatMap((shape, shapeIndex) =>
    Array.from({ length: brief.count }, (_, repeat) => ({
      position: shapeIndex * brief.count + repeat,
      shape,
      model,
      ...getPictureSize(shape, brief.quality, model),
      cost,
      seed: buildSeed(brief.seed, repeat),
    })),
  );
}

/** The same prompt, size and seed make the same picture, so repeats of a shape count the seed up. */
function buildSeed(seed: number | undefined, repeat: number): number | null {
  return seed === undefined ? null : (seed + repeat) % (SEED_MAX + 1);
}
