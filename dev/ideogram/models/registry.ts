/** The models that can be asked for, by the last part of their path. */

import { ideogram3 } from "./ideogram-3.ts";
import { ideogram4 } from "./ideogram-4.ts";
import { ideogram45 } from "./ideogram-4-5.ts";
import type { Model } from "./model.ts";

const MODELS = new Map<string, Model>([
  ["ideogram-4-5", ideogram45],
  ["ideogram-4", ideogram4],
  ["ideogram-3", ideogram3],
]);

export function findModel(name: string): Model | null {
  return MODELS.get(name) ?? null;
}
