/** What a model is to the simulator: which fields and files it takes, and what an order for it costs. */

import * as z from "zod";
import type { Result } from "../../../src/result.ts";
import type { ImageHeader } from "../image-header.ts";
import type { Size } from "./sizes.ts";

/** A generate request that has passed every check. */
export interface Order {
  model: string;
  prompt: string;
  imageCount: number;
  /** Undefined = the provider chooses. */
  seed: number | undefined;
  rewritesPrompt: boolean;
  isAsync: boolean;
  webhookUrl: string | null;
  size: Size;
  billingIdentifier: string;
  usdMicrosPerImage: number;
  /** Time for one picture at latency scale 1. */
  baseSeconds: number;
  hasGenerationKind: boolean;
}

/** `schema` is answered as a problem document, `semantic` as {error}, `missing` as 404. */
export interface Refusal {
  kind: "schema" | "semantic" | "missing";
  message: string;
}

/** Pictures sent along, by the name of their field, in order. */
export type Uploads = Readonly<Record<string, readonly ImageHeader[]>>;

export interface Model {
  /** The most files that each field takes; a model without any takes JSON only. */
  files: Readonly<Record<string, number>>;
  parse(values: Record<string, unknown>, uploads: Uploads): Result<Order, Refusal>;
}

const PROMPT_MAX_CHARACTERS = 10_000;
const IMAGES_MAX = 8;
export const SEED_MAX = 2_147_483_647;
const WEBHOOK_URL_MAX_CHARACTERS = 2_048;

/** Fields that every generate route takes. */
export const commonFields = {
  prompt: z.string().min(1).max(PROMPT_MAX_CHARACTERS),
  num_images: z.int().min(1).max(IMAGES_MAX).default(1),
  seed: z.int().min(0).max(SEED_MAX).optional(),
  magic_prompt: z.enum(["auto", "on", "off"]).default("auto"),
  enable_copyright_detection: z.boolean().nullable().optional(),
  private: z.boolean().nullable().optional(),
  async: z.boolean().default(false),
  webhook_url: z.string().max(WEBHOOK_URL_MAX_CHARACTERS).optional(),
  target_collection_id: z.string().optional(),
};

const commonSchema = z.object(commonFields);

type CommonOrder = Pick<
  Order,
  "prompt" | "imageCount" | "seed" | "rewritesPrompt" | "isAsync" | "webhookUrl"
>;

export function buildCommonOrder(fields: z.infer<typeof commonSchema>): CommonOrder {
  return {
    prompt: fields.prompt,
    imageCount: fields.num_images,
    seed: fields.seed,
    rewritesPrompt: fields.magic_prompt !== "off",
    isAsync: fields.async || fields.webhook_url !== undefined,
    webhookUrl: fields.webhook_url ?? null,
  };
}

export const assetIdentifierSchema = z.strictObject({
  asset_type: z.enum(["ASSET", "CANVAS_ASSET", "LAYERED_ASSET", "RESPONSE", "UPLOAD"]),
  asset_id: z.string().min(1),
  collection_id: z.string().optional(),
});

/** The simulator keeps no assets, so that every identifier is unknown to it. */
export function refuseUnknownAsset(assetId: string): Refusal {
  return { kind: "missing", message: `Asset ${assetId} was not found.` };
}
