/** Ideogram 3: styles, palettes, negative prompt, and aspect ratios by name. */

import * as z from "zod";
import { fail, succeed } from "../../../src/result.ts";
import {
  assetIdentifierSchema,
  buildCommonOrder,
  commonFields,
  type Model,
  type Refusal,
  refuseUnknownAsset,
  type Uploads,
} from "./model.ts";
import { parseFields } from "./schema-errors.ts";
import { findNearestSize, parseSize, SIZES_3, type Size } from "./sizes.ts";
import { STYLE_PRESETS } from "./style-presets.ts";

const NEGATIVE_PROMPT_MAX_CHARACTERS = 10_000;
const REFERENCES_MAX = 10;

const colour = z.string().regex(/^#(?:[0-9a-fA-F]{3}){1,2}$/);

const paletteSchema = z.union([
  z.strictObject({
    name: z.enum(["ember", "fresh", "jungle", "magic", "melon", "mosaic", "pastel", "ultramarine"]),
  }),
  z.strictObject({
    members: z
      .array(z.strictObject({ color_hex: colour, color_weight: z.number().min(0.05).max(1).optional() }))
      .min(1),
  }),
]);

const schema = z.strictObject({
  ...commonFields,
  negative_prompt: z.string().max(NEGATIVE_PROMPT_MAX_CHARACTERS).optional(),
  aspect_ratio: z
    .enum("auto 1x3 3x1 1x2 2x1 9x16 16x9 10x16 16x10 2x3 3x2 3x4 4x3 4x5 5x4 1x1".split(" "))
    .optional(),
  resolution: z.enum(SIZES_3).optional(),
  rendering_speed: z.enum(["turbo", "default", "quality"]).default("default"),
  style_type: z.enum(["auto", "general", "realistic", "design", "custom", "fiction", "stylized"]).optional(),
  style_preset: z.enum(STYLE_PRESETS).optional(),
  style_codes: z.array(z.string().regex(/^[0-9a-fA-F]{8}$/)).optional(),
  color_palette: paletteSchema.optional(),
  style_reference_asset_identifiers: z.array(assetIdentifierSchema).min(1).max(REFERENCES_MAX).optional(),
  style_reference_collection_id: z.string().optional(),
  style_reference_collection_version_id: z.string().optional(),
});

type Fields = z.infer<typeof schema>;

const USD_MICROS = { turbo: 30_000, default: 60_000, quality: 90_000 };
const BASE_SECONDS = { turbo: 5, default: 10, quality: 20 };

export const ideogram3: Model = {
  files: { style_reference_images: REFERENCES_MAX },
  parse(values, uploads) {
    const fields = parseFields(schema, values);
    if (!fields.ok) return fields;
    const refusal = checkTogether(fields.value, uploads);
    if (refusal !== null) return fail(refusal);
    const speed = fields.value.rendering_speed;
    return succeed({
      ...buildCommonOrder(fields.value),
      model: "ideogram-3",
      size: chooseSize(fields.value),
      billingIdentifier: "ideogram_3_generate",
      usdMicrosPerImage: USD_MICROS[speed],
      baseSeconds: BASE_SECONDS[speed],
      hasGenerationKind: false,
    });
  },
};

function chooseSize({ resolution, aspect_ratio: aspect }: Fields): Size {
  const exact = parseSize(resolution ?? "");
  if (exact !== null) return exact;
  const [width, height] = (aspect === undefined || aspect === "auto" ? "1x1" : aspect).split("x").map(Number);
  return findNearestSize(SIZES_3, (width ?? 1) / (height ?? 1));
}

/** Rules between fields, which no schema of single fields can hold. */
function checkTogether(fields: Fields, uploads: Uploads): Refusal | null {
  const hasImages = (uploads["style_reference_images"] ?? []).length > 0;
  const [asset] = fields.style_reference_asset_identifiers ?? [];
  const kinds = [hasImages, asset !== undefined, fields.style_reference_collection_id !== undefined];
  const references = kinds.filter(Boolean).length;
  if (fields.resolution !== undefined && fields.aspect_ratio !== undefined)
    return refuse("Only one of resolution and aspect_ratio can be given.");
  if (references > 1) return refuse("Only one kind of style reference can be given.");
  if (fields.style_preset !== undefined && (fields.style_codes !== undefined || references > 0))
    return refuse("style_preset cannot be used together with style codes or style references.");
  if (fields.style_codes !== undefined && (hasImages || fields.style_type !== undefined))
    return refuse("style_codes cannot be used together with style reference images or style_type.");
  return asset === undefined ? null : refuseUnknownAsset(asset.asset_id);
}

function refuse(message: string): Refusal {
  return { kind: "semantic", message };
}
