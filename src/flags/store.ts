/**
 * The only code that touches the KV namespace. One bulk read fetches every switch and the rules; every value that we
 * write carries who, why and which change it is.
 */
import { RULES_KEY, STORED_KEYS, type StoredKey, type WriteMetadata } from "./keys.ts";
import { isFlagKey } from "./registry.ts";
import { NOTHING_STORED, type StoredValues } from "./snapshot.ts";

export type FlagStore = KVNamespace;

/** The least that KV allows. A location may serve its copy for this long, and sometimes longer. */
const CACHE_TTL_SECONDS = 30;
const UNKNOWN_KEYS_MAX = 100;
const METADATA_MAX_BYTES = 1_024;

export async function readValues(store: FlagStore): Promise<StoredValues> {
  const found = await store.getWithMetadata([...STORED_KEYS], {
    type: "text",
    cacheTtl: CACHE_TTL_SECONDS,
  });
  const values = STORED_KEYS.map((key) => {
    const entry = found.get(key);
    return [key, { value: entry?.value ?? null, metadata: entry?.metadata ?? null }] as const;
  });
  return { ...NOTHING_STORED, ...Object.fromEntries(values) };
}

/** Fails when the same key was written less than a second ago: KV takes one write a second for each. */
export async function writeValue(
  store: FlagStore,
  key: StoredKey,
  value: string,
  metadata: WriteMetadata,
): Promise<void> {
  await store.put(key, value, { metadata: fitMetadata(metadata) });
}

/**
 * The whole note is in the history. Beside the value there is room for its beginning, in ASCII, because metadata
 * travels in a header.
 */
export function fitMetadata(metadata: WriteMetadata): WriteMetadata {
  let note = metadata.note === null ? null : toAscii(metadata.note);
  while (note !== null && sizeOf({ ...metadata, note }) > METADATA_MAX_BYTES) {
    note = note.length <= 1 ? null : note.slice(0, Math.floor(note.length / 2));
  }
  return { ...metadata, note };
}

function toAscii(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^ -~]/gu, "?");
}

function sizeOf(metadata: WriteMetadata): number {
  return new TextEncoder().encode(JSON.stringify(metadata)).length;
}

/** Keys in the namespace that no flag has: misspelt ones, most likely. */
export async function listUnknownKeys(store: FlagStore): Promise<string[]> {
  const { keys } = await store.list({ limit: UNKNOWN_KEYS_MAX });
  return keys.map((key) => key.name).filter((name) => name !== RULES_KEY && !isFlagKey(name));
}
