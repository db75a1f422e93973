/** How an administrator's change reaches KV and the history, for the API and the pages alike. */
import * as z from "zod/mini";
import { buildFlagJournal, type FlagChangeRow } from "../db/flag-changes.ts";
import { AppError } from "../errors.ts";
import { type ChangeTools, changeValue } from "../flags/change.ts";
import { EMPTY_RULES, RULES_KEY, type StoredKey } from "../flags/keys.ts";
import { noticeChanges, staleReadMsOf } from "../flags/notice-changes.ts";
import { type FlagKey, getDefinition } from "../flags/registry.ts";
import { listSwitchVariants } from "../flags/snapshot.ts";
import { parseSwitch } from "../flags/switch-value.ts";
import { newId } from "../ids.ts";
import { type AppContext, requireUser } from "./context.ts";
import { requireSnapshot } from "./flags.ts";

export const NOTE_MIN_CHARACTERS = 3;
export const NOTE_MAX_CHARACTERS = 300;
const VALUE_MAX_CHARACTERS = 100;
const WRITE_RETRY_SECONDS = 2;

const noteSchema = z.pipe(
  z.nullish(
    z
      .string()
      .check(
        z.trim(),
        z.maxLength(NOTE_MAX_CHARACTERS, `Say why, in at most ${NOTE_MAX_CHARACTERS} characters.`),
      ),
  ),
  z.transform((note) => (note === undefined || note === "" ? null : note)),
);

/** The body of a document is the document itself, so that its reason stands in the address. */
export const documentQuery = z.object({ note: noteSchema });

export const switchChangeSchema = z.strictObject({
  value: z
    .string("Say on, off, auto, a variant or a percentage.")
    .check(z.trim(), z.minLength(1), z.maxLength(VALUE_MAX_CHARACTERS)),
  note: noteSchema,
});

export type SwitchChange = z.infer<typeof switchChangeSchema>;

/** Refuses a value that would change nothing, and a critical change without a reason. */
export function requireSwitchChange(c: AppContext, key: FlagKey, change: SwitchChange): void {
  const { rule } = requireSnapshot(c).flags[key];
  const errors = [];
  if (parseSwitch(change.value, listSwitchVariants(rule)).kind === "invalid") {
    errors.push({
      field: "value",
      message: "Say on, off, auto, a variant of the rule, or a share such as 25%.",
    });
  }
  if (getDefinition(key).critical && (change.note ?? "").length < NOTE_MIN_CHARACTERS) {
    errors.push({
      field: "note",
      message: `${key} is critical: say why, in at least ${NOTE_MIN_CHARACTERS} characters.`,
    });
  }
  if (errors.length > 0) throw new AppError("invalid_request", { errors });
}

/** Writes it, or throws 503: then nothing has changed. From here on this request works with the new value. */
export async function applyChange(
  c: AppContext,
  key: StoredKey,
  value: string,
  note: string | null,
): Promise<void> {
  const { id: actor, keyId } = requireUser(c);
  const applied = await changeValue(buildChangeTools(c), {
    id: newId(),
    key,
    value,
    via: "admin",
    actor,
    note,
    requestId: c.get("requestId"),
    apiKeyId: keyId ?? null,
    now: Date.now(),
  });
  if (applied.ok) {
    c.set("flags", applied.value.snapshot ?? requireSnapshot(c));
    c.set("flagValues", undefined);
    return;
  }
  throw new AppError("unavailable", {
    detail: "The change could not be stored. The flag is as it was; try again in a moment.",
    headers: { "Retry-After": String(WRITE_RETRY_SECONDS) },
    reason: "flag_store_failed",
    cause: applied.error.cause,
  });
}

function buildChangeTools(c: AppContext): ChangeTools {
  return {
    store: c.env.FLAGS,
    journal: buildFlagJournal(c.env.DB),
    staleReadMs: findStaleReadMs(c),
    sleep: (ms) => scheduler.wait(ms),
  };
}

/**
 * Asks for a part of the history, writes into it what it doesn't know of this request's snapshot, and asks again if
 * there was any. The snapshot is as old as FLAGS_TTL_SECONDS allows: a forced read could bring back what was changed
 * a moment ago.
 */
export async function noticeNow<Known extends { last: FlagChangeRow[] }>(
  c: AppContext,
  ask: () => Promise<Known>,
): Promise<Known> {
  const { source, values, readAt } = requireSnapshot(c);
  const known = await ask();
  if (source !== "kv" || readAt === null) return known;
  const reading = { values, readAt };
  const noticed = await noticeChanges(buildFlagJournal(c.env.DB), known.last, reading, findStaleReadMs(c));
  return noticed.length === 0 ? known : ask();
}

/** As the history has them: this isolate may not have read yet what another one has saved. */
export function findNewestRules(last: readonly FlagChangeRow[]): string {
  return last.find(({ key }) => key === RULES_KEY)?.new ?? EMPTY_RULES;
}

function findStaleReadMs(c: AppContext): number {
  const { environment, flagsTtlSeconds } = c.get("config");
  return staleReadMsOf(environment, flagsTtlSeconds * 1_000);
}
