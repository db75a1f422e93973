/**
 * Pixel sizes: what the provider is asked for, and what is stored. A size is taken from the model's own list,
 * so a size that the provider doesn't define can't be charged for. The stored size has the shape's exact ratio.
 */
import { getQuality, getShape, type Quality, type QualityKey, type ShapeKey } from "./catalogue.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PictureSize extends Size {
  /** What the provider generates, as `WIDTHxHEIGHT`. Cropped to width and height where the two differ. */
  readonly providerSize: string;
}

type Resolution = Quality["resolution"];
type SizesByShape = Readonly<Record<ShapeKey, Readonly<Record<Resolution, Size>>>>;

function pair(small: Size, large: Size): Readonly<Record<Resolution, Size>> {
  return { "1K": small, "2K": large };
}

function size(width: number, height: number): Size {
  return { width, height };
}

/** Models 4 and 4.5 share one list of presets. None of them is 5:7, the nearest is 3:4. */
const SIZES_OF_4: SizesByShape = {
  "16:9": pair(size(1280, 720), size(2560, 1440)),
  "4:3": pair(size(1152, 864), size(2304, 1728)),
  "1:1": pair(size(1024, 1024), size(2048, 2048)),
  "9:16": pair(size(720, 1280), size(1440, 2560)),
  "3:4": pair(size(864, 1152), size(1728, 2304)),
  "4:5": pair(size(896, 1120), size(1792, 2240)),
  "5:7": pair(size(864, 1152), size(1728, 2304)),
  "2:3": pair(size(832, 1248), size(1664, 2496)),
};

/** Model 3 has one resolution for both qualities, and its widescreen presets are a little off 16:9. */
const SIZES_OF_3: SizesByShape = {
  "16:9": pair(size(1312, 736), size(1312, 736)),
  "4:3": pair(size(1152, 864), size(1152, 864)),
  "1:1": pair(size(1024, 1024), size(1024, 1024)),
  "9:16": pair(size(736, 1312), size(736, 1312)),
  "3:4": pair(size(864, 1152), size(864, 1152)),
  "4:5": pair(size(896, 1120), size(896, 1120)),
  "5:7": pair(size(864, 1152), size(864, 1152)),
  "2:3": pair(size(832, 1248), size(832, 1248)),
};

const SIZES_BY_MODEL: ReadonlyMap<string, SizesByShape> = new Map([
  ["ideogram-4-5", SIZES_OF_4],
  ["ideogram-4", SIZES_OF_4],
  ["ideogram-3", SIZES_OF_3],
]);

/** The size of one picture. Throws for a model that the table doesn't know, which is before anything is charged. */
export function getPictureSize(shape: ShapeKey, quality: QualityKey, model: string): PictureSize {
  const sizes = SIZES_BY_MODEL.get(model);
  if (sizes === undefined) throw new Error(`No sizes are known for the model ${model}.`);
  const provided = sizes[shape][getQuality(quality).resolution];
  const stored = buildLargestCrop(provided, getShape(shape).ratio);
  return { ...stored, providerSize: `${provided.width}x${provided.height}` };
}

/** The largest whole-pixel rectangle of exactly this ratio that fits. The ratio is in lowest terms. */
export function buildLargestCrop(from: Size, ratio: readonly [number, number]): Size {
  const [across, down] = ratio;
  const unit = Math.floor(Math.min(from.width / across, from.height / down));
  return { width: across * unit, height: down * unit };
}
