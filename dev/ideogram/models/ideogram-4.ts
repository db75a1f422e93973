/** Ideogram 4: rendering speed and a resolution; JSON only. */

import * as z from "zod";
import { succeed } from "../../../src/result.ts";
import { buildCommonOrder, commonFields, type Model } from "./model.ts";
import { parseFields } from "./schema-errors.ts";
import { findNearestSize, parseSize, SIZES_2K, SIZES_4 } from "./sizes.ts";

const schema = z.strictObject({
  ...commonFields,
  rendering_speed: z.enum(["turbo", "default", "quality"]).default("default"),
  resolution: z.enum(SIZES_4).optional(),
});

const USD_MICROS = { turbo: 30_000, default: 60_000, quality: 100_000 };
const BASE_SECONDS = { turbo: 5, default: 10, quality: 20 };

export const ideogram4: Model = {
  files: {},
  parse(values) {
    const fields = parseFields(schema, values);
    if (!fields.ok) return fields;
    const { resolution, rendering_speed: speed } = fields.value;
    return succeed({
      ...buildCommonOrder(fields.value),
      model: "ideogram-4",
      size: parseSize(resolution ?? "") ?? findNearestSize(SIZES_2K, 1),
      billingIdentifier: "ideogram_4_generate",
      usdMicrosPerImage: USD_MICROS[speed],
      baseSeconds: BASE_SECONDS[speed],
      hasGenerationKind: false,
    });
  },
};
