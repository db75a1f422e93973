/**
 * What each of the provider's models can be asked for, as data. A value that isn't in this table is never sent.
 * Source: developer.ideogram.ai, reference pages of /v2/image/generate/{ideogram-4-5, ideogram-4, ideogram-3}.
 */

export type ProviderQuality = "low" | "medium" | "high";
export type MagicPrompt = "auto" | "on" | "off";

export interface ModelCapabilities {
  model: string;
  promptMaxCharacters: number;
  seedMax: number;
  magicPrompts: ReadonlySet<string>;
  /** The name of the field that sets price and effort, and its value for each of our qualities. */
  qualityField: "quality" | "rendering_speed";
  qualityValues: ReadonlyMap<string, string>;
  sizeField: "size" | "resolution";
  /** `WIDTHxHEIGHT` in pixels. */
  sizes: ReadonlySet<string>;
}

/** null for a model that this product doesn't know. */
export function findCapabilities(model: string): ModelCapabilities | null {
  return CAPABILITIES.get(model) ?? null;
}

export function listModels(): string[] {
  return [...CAPABILITIES.keys()];
}

const PROMPT_MAX_CHARACTERS = 10_000;
const SEED_MAX = 2_147_483_647;
const MAGIC_PROMPTS: ReadonlySet<MagicPrompt> = new Set<MagicPrompt>(["auto", "on", "off"]);

const QUALITIES = buildQualityValues({ low: "low", medium: "medium", high: "high" });
const RENDERING_SPEEDS = buildQualityValues({ low: "turbo", medium: "default", high: "quality" });

// The docs list these for 4.0; for 4.5 they give examples only, all of them from this list.
const SIZES_OF_4 = parseSizes(`
  1024x1024 896x1120 1120x896 864x1152 1152x864 832x1248 1248x832 800x1280 1280x800 720x1280 1280x720
  720x1440 1440x720 512x1536 1536x512
  2048x2048 1792x2240 2240x1792 1728x2304 2304x1728 1664x2496 2496x1664 1600x2560 2560x1600 1440x2560 2560x1440
  1440x2880 2880x1440 1024x3072 3072x1024
  1280x3072 3072x1280 1296x3168 3168x1296 1152x2944 2944x1152 1248x3328 3328x1248
`);

const SIZES_OF_3 = parseSizes(`
  512x1536 576x1408 576x1472 576x1536 640x1344 640x1408 640x1472 640x1536 704x1152 704x1216 704x1280 704x1344
  704x1408 704x1472 736x1312 768x1088 768x1216 768x1280 768x1344 800x1280 832x960 832x1024 832x1088 832x1152
  832x1216 832x1248 864x1152 896x960 896x1024 896x1088 896x1120 896x1152 960x832 960x896 960x1024 960x1088
  1024x832 1024x896 1024x960 1024x1024 1088x768 1088x832 1088x896 1088x960 1120x896 1152x704 1152x832 1152x864
  1152x896 1216x704 1216x768 1216x832 1248x832 1280x704 1280x768 1280x800 1312x736 1344x640 1344x704 1344x768
  1408x576 1408x640 1408x704 1472x576 1472x640 1472x704 1536x512 1536x576 1536x640
`);

const COMMON = { promptMaxCharacters: PROMPT_MAX_CHARACTERS, seedMax: SEED_MAX, magicPrompts: MAGIC_PROMPTS };

const TABLE: ModelCapabilities[] = [
  {
    model: "ideogram-4-5",
    ...COMMON,
    qualityField: "quality",
    qualityValues: QUALITIES,
    sizeField: "size",
    sizes: SIZES_OF_4,
  },
  {
    model: "ideogram-4",
    ...COMMON,
    qualityField: "rendering_speed",
    qualityValues: RENDERING_SPEEDS,
    sizeField: "resolution",
    sizes: SIZES_OF_4,
  },
  {
    model: "ideogram-3",
    ...COMMON,
    qualityField: "rendering_speed",
    qualityValues: RENDERING_SPEEDS,
    sizeField: "resolution",
    sizes: SIZES_OF_3,
  },
];

const CAPABILITIES: ReadonlyMap<string, ModelCapabilities> = new Map(TABLE.map((row) => [row.model, row]));

function buildQualityValues(values: Record<ProviderQuality, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(values));
}

function parseSizes(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
