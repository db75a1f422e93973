/** Ideogram 4.5: quality and an exact size; may take pictures to start from. */

import * as z from "zod";
import { fail, type Result, succeed } from "../../../src/result.ts";
import {
  assetIdentifierSchema,
  buildCommonOrder,
  commonFields,
  type Model,
  type Order,
  type Refusal,
  refuseUnknownAsset,
  type Uploads,
} from "./model.ts";
import { describeChoice, parseFields } from "./schema-errors.ts";
import { findNearestSize, parseSize, SIZES_2K, SIZES_4, type Size } from "./sizes.ts";

const IMAGES_MAX = 5;
const IMAGES_WITH_MASK_MAX = 4;
const SIDE_STEP_PIXELS = 32;
const SIDE_MIN_PIXELS = 256;
const AREA_MAX_PIXELS = 2048 * 2048;
const ASPECT_MAX = 6;

const schema = z.strictObject({
  ...commonFields,
  quality: z.enum(["very_low", "low", "medium", "high"]).optional(),
  size: z.string().optional(),
  image_asset_identifiers: z.array(assetIdentifierSchema).min(1).max(IMAGES_MAX).optional(),
});

type Fields = z.infer<typeof schema>;
type Quality = NonNullable<Fields["quality"]>;

const USD_MICROS: Record<Quality, number> = { very_low: 8_000, low: 30_000, medium: 60_000, high: 100_000 };
const BASE_SECONDS: Record<Quality, number> = { very_low: 5, low: 5, medium: 10, high: 18 };

export const ideogram45: Model = {
  files: { images: IMAGES_MAX, mask: 1 },
  parse(values, uploads) {
    const fields = parseFields(schema, values);
    if (!fields.ok) return fields;
    const refusal = checkTogether(fields.value, uploads);
    if (refusal !== null) return fail(refusal);
    const source = uploads["images"]?.[0] ?? null;
    const size = chooseSize(fields.value.size ?? "auto", source);
    return size.ok ? succeed(buildOrder(fields.value, size.value, source !== null)) : size;
  },
};

function buildOrder(fields: Fields, size: Size, hasImages: boolean): Order {
  const quality = fields.quality ?? (hasImages ? "medium" : "high");
  return {
    ...buildCommonOrder(fields),
    model: "ideogram-4-5",
    size,
    billingIdentifier: "ideogram_4_5_generate",
    usdMicrosPerImage: USD_MICROS[quality],
    baseSeconds: BASE_SECONDS[quality],
    hasGenerationKind: true,
  };
}

/** Rules between fields, which no schema of single fields can hold. */
function checkTogether(fields: Fields, uploads: Uploads): Refusal | null {
  const images = uploads["images"] ?? [];
  const hasMask = (uploads["mask"] ?? []).length > 0;
  const [asset] = fields.image_asset_identifiers ?? [];
  if (asset !== undefined) return refuseUnknownAsset(asset.asset_id);
  if (images.length === 0 && fields.quality === "very_low")
    return refuse("quality very_low requires at least one source image.");
  if (hasMask && images.length === 0) return refuse("mask requires a source image.");
  if (hasMask && fields.size !== undefined) return refuse("size cannot be used together with mask.");
  if (hasMask && images.length > IMAGES_WITH_MASK_MAX)
    return refuse("At most three further images can be used together with mask.");
  const mask = uploads["mask"]?.[0];
  const [first] = images;
  if (mask && first && (mask.width !== first.width || mask.height !== first.height))
    return refuse("mask must have the size of the first image.");
  const tooLong = images.some(({ width, height }) => isTooLong({ width, height }));
  return tooLong ? refuse("Images must have an aspect ratio between 1:6 and 6:1.") : null;
}

function chooseSize(asked: string, source: Size | null): Result<Size, Refusal> {
  if (asked === "auto")
    return succeed(findNearestSize(SIZES_2K, source === null ? 1 : source.width / source.height));
  if (asked === "source")
    return source === null
      ? fail(refuse("size source requires at least one source image."))
      : succeed({ width: source.width, height: source.height });
  const size = parseSize(asked);
  const isOffered = size !== null && (source === null ? SIZES_4.includes(asked) : isFree(size));
  return isOffered
    ? succeed(size)
    : fail({ kind: "schema", message: describeChoice(asked, ["auto", "source", ...SIZES_4], "size") });
}

/** With source images any size on the grid will do. */
function isFree({ width, height }: Size): boolean {
  const onGrid = width % SIDE_STEP_PIXELS === 0 && height % SIDE_STEP_PIXELS === 0;
  const inBounds = Math.min(width, height) >= SIDE_MIN_PIXELS && width * height <= AREA_MAX_PIXELS;
  return onGrid && inBounds && !isTooLong({ width, height });
}

function isTooLong({ width, height }: Size): boolean {
  return Math.max(width / height, height / width) > ASPECT_MAX;
}

function refuse(message: string): Refusal {
  return { kind: "semantic", message };
}
