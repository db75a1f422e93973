/**
 * A copy of the last values that could be read, kept in the location's cache: an isolate that starts while KV does
 * not answer still knows what an operator switched off. It is a help and never a condition: every failure is null.
 */
import * as z from "zod/mini";
import { logWarning } from "../log.ts";
import { STORED_KEYS, type StoredKey } from "./keys.ts";
import { NOTHING_STORED, type StoredValues } from "./snapshot.ts";

const CACHE_NAME = "flags";
/** The version is that of the copy's shape. */
const CACHE_ADDRESS = "https://flags.invalid/last-known-good/v1/";
const KEPT_SECONDS = 24 * 3600;

const storedValue = z.object({ value: z.nullable(z.string()), metadata: z.unknown() });

const copySchema = z.object({
  readAt: z.int(),
  values: z.partialRecord(z.enum(STORED_KEYS as [StoredKey, ...StoredKey[]]), storedValue),
});

export interface KeptValues {
  values: StoredValues;
  /** Milliseconds UTC of the read. */
  readAt: number;
}

/** `scope` is the deployment's public origin. */
export async function findLastKnownGood(scope: string): Promise<KeptValues | null> {
  try {
    const cache = await caches.open(CACHE_NAME);
    const kept = await cache.match(addressOf(scope));
    if (kept === undefined) return null;
    const copy = copySchema.safeParse(await kept.json());
    return copy.success ? toKeptValues(copy.data) : null;
  } catch (error) {
    logWarning("flags_copy_unreadable", { error: String(error) });
    return null;
  }
}

function toKeptValues(copy: z.infer<typeof copySchema>): KeptValues {
  const values = Object.entries(copy.values).map(([key, stored]) => [
    key,
    { value: stored.value, metadata: stored.metadata ?? null },
  ]);
  return { readAt: copy.readAt, values: { ...NOTHING_STORED, ...Object.fromEntries(values) } };
}

export async function keepLastKnownGood(scope: string, kept: KeptValues): Promise<void> {
  try {
    const cache = await caches.open(CACHE_NAME);
    const headers = { "Content-Type": "application/json", "Cache-Control": `max-age=${KEPT_SECONDS}` };
    await cache.put(addressOf(scope), new Response(JSON.stringify(kept), { headers }));
  } catch (error) {
    logWarning("flags_copy_not_kept", { error: String(error) });
  }
}

function addressOf(scope: string): string {
  return CACHE_ADDRESS + encodeURIComponent(scope);
}
