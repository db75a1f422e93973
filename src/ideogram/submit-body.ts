/**
 * The body of a generate call. Every field that has a price or a privacy meaning is always sent, because the
 * provider's defaults are the dearest quality and may change. What the capability table doesn't know is refused
 * here, before anything can cost money.
 */

import { fail, type Result, succeed } from "../result.ts";
import { findCapabilities, type MagicPrompt, type ProviderQuality } from "./capabilities.ts";

/** One picture: a job is one picture, so that each succeeds or is given back on its own. */
export interface GenerationRequest {
  model: string;
  prompt: string;
  quality: ProviderQuality;
  /** `WIDTHxHEIGHT` in pixels, one of the model's sizes. */
  size: string;
  magicPrompt: MagicPrompt;
  seed?: number | undefined;
}

export type SubmitBody = Readonly<Record<string, string | number | boolean>>;

/** Nothing was sent. Our own request or configuration is wrong, so repeating it can't help. */
export interface UnsupportedRequest {
  kind: "unsupported";
  field: "model" | "prompt" | "quality" | "size" | "magicPrompt" | "seed";
  message: string;
}

export function buildSubmitBody(
  model: string,
  request: Omit<GenerationRequest, "model">,
): Result<SubmitBody, UnsupportedRequest> {
  const capabilities = findCapabilities(model);
  if (capabilities === null) {
    return refuse("model", "The model is not one that this product knows.");
  }
  const { promptMaxCharacters, seedMax } = capabilities;
  if (request.prompt.trim() === "" || request.prompt.length > promptMaxCharacters) {
    return refuse("prompt", `The prompt must have 1 to ${promptMaxCharacters} characters.`);
  }
  const quality = capabilities.qualityValues.get(request.quality);
  if (quality === undefined) return refuse("quality", `${model} does not offer this quality.`);
  if (!capabilities.sizes.has(request.size)) return refuse("size", `${model} does not offer this size.`);
  if (!capabilities.magicPrompts.has(request.magicPrompt)) {
    return refuse("magicPrompt", `${model} does not offer this magic prompt setting.`);
  }
  const { seed } = request;
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= seedMax)) {
    return refuse("seed", `The seed must be a whole number from 0 to ${seedMax}.`);
  }
  return succeed({
    prompt: request.prompt,
    [capabilities.qualityField]: quality,
    [capabilities.sizeField]: request.size,
    num_images: 1,
    magic_prompt: request.magicPrompt,
    private: true,
    async: true,
    ...(seed === undefined ? {} : { seed }),
  });
}

function refuse(field: UnsupportedRequest["field"], message: string): Result<never, UnsupportedRequest> {
  return fail({ kind: "unsupported", field, message });
}
