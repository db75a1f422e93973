/**
 * What lies in the KV namespace FLAGS: a switch under each flag's key, the rules under one more.
 * The metadata beside a value says who wrote it; a plain `wrangler kv key put` leaves none.
 */
import * as z from "zod/mini";
import { orElse } from "../fields.ts";
import { ID_PATTERN } from "../ids.ts";
import { FLAG_KEYS, type FlagKey } from "./registry.ts";

/** The flagd document with targeting rules, and with further flags for outside clients. */
export const RULES_KEY = "rules.json";

export type StoredKey = FlagKey | typeof RULES_KEY;

export const STORED_KEYS: readonly StoredKey[] = [...FLAG_KEYS, RULES_KEY];

export const CHANGE_SOURCES = ["admin", "wrangler", "schedule", "guard"] as const;
export type ChangeSource = (typeof CHANGE_SOURCES)[number];

/** An absent switch follows the rules, and says the same as this word. */
export const AUTO = "auto";

/** An absent document defines nothing, and says the same as this one. */
export const EMPTY_RULES = '{"flags":{}}';

/** Of a name and of a note. */
export const WORDS_MAX_CHARACTERS = 300;

const words = z.string().check(z.maxLength(WORDS_MAX_CHARACTERS));

/** Written by this product with every value: which change it was. */
const ownMetadata = z.object({
  change: z.string().check(z.regex(ID_PATTERN)),
  via: z.enum(CHANGE_SOURCES),
  by: z.nullable(words),
  at: z.int(),
  note: z.nullable(words),
});

/** Of what an operator gave by hand, whatever can be used. */
const handWords = orElse(
  z.pipe(
    z.string(),
    z.transform((text) => text.slice(0, WORDS_MAX_CHARACTERS).toWellFormed()),
  ),
  "",
);

/** `--metadata '{"by":"ana","note":"provider is down"}'` */
const handMetadata = orElse(z.object({ by: handWords, note: handWords }), { by: "", note: "" });

export type WriteMetadata = z.infer<typeof ownMetadata>;

export interface Authorship {
  /** The change in our history; null for a value that was written past this product. */
  change: string | null;
  via: ChangeSource;
  by: string | null;
  /** Milliseconds UTC; null where nobody said. */
  at: number | null;
  note: string | null;
}

/** Who wrote a value. Metadata that isn't ours is a wrangler's, whatever else it holds. */
export function parseAuthorship(metadata: unknown): Authorship {
  const own = ownMetadata.safeParse(metadata);
  if (own.success) return own.data;
  const { by, note } = handMetadata.parse(metadata);
  return { change: null, via: "wrangler", by: by || null, at: null, note: note || null };
}
