/**
 * The snapshot that a request works with: from this isolate's memory while it is fresh, else from KV, else the last
 * known good, else the code's defaults. It never throws and never waits longer than patience.ts allows.
 */
import { logAlarm, logInfo, logWarning } from "../log.ts";
import { parseAuthorship, STORED_KEYS, type StoredKey, type WriteMetadata } from "./keys.ts";
import { findLastKnownGood, type KeptValues, keepLastKnownGood } from "./last-known-good.ts";
import { COLD_WAIT_MS, COPY_WAIT_MS, WARM_WAIT_MS } from "./patience.ts";
import { type Environment, FLAG_KEYS } from "./registry.ts";
import { buildSnapshot, type FlagSnapshot, NOTHING_STORED } from "./snapshot.ts";
import { type FlagStore, readValues } from "./store.ts";

/** After a failed read, the next one is tried no sooner. */
const RETRY_MS = 2_000;
/** A reader that has said nothing for this long is taken for dead: its request was cut off. */
const READER_MAX_MS = 10_000;
/** The copy of the last values is renewed when they change, and this often. */
const COPY_RENEWAL_MS = 3_600_000;

export interface LoadOptions {
  store: FlagStore;
  environment: Environment;
  /** Tells this deployment's copy in the shared cache apart from others': its public origin. */
  scope: string;
  /** A value that was changed in KV is served after at most this long, in milliseconds. */
  ttlMs: number;
  now: number;
  /** Keeps the invocation alive for work that the answer doesn't wait for. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Told when this isolate begins to serve a value that this product didn't write. Must not reject. */
  onForeignChange?: (snapshot: FlagSnapshot) => Promise<void>;
}

interface Memory {
  snapshot: FlagSnapshot;
  /** When the snapshot was last known to be what KV holds; 0 for one that isn't from KV. */
  freshAt: number;
  /** A read is under way since then; null when none is. Its promise stays in its own request. */
  readingSince: number | null;
  retryAt: number;
  copiedAt: number;
}

// Mutable on purpose: the isolate's copy of the namespace, keyed by the binding, replaced as a whole by newer reads.
const memories = new WeakMap<FlagStore, Memory>();

export async function loadFlags(options: LoadOptions): Promise<FlagSnapshot> {
  const memory = memories.get(options.store);
  if (memory === undefined) return loadCold(options);
  const age = options.now - memory.freshAt;
  if (age * 2 < options.ttlMs) return memory.snapshot;
  const isOutdated = age >= options.ttlMs;
  // With no time to live at all, every request reads for itself.
  if (options.ttlMs > 0 && isReadByOthers(memory, options.now, isOutdated)) {
    return isOutdated ? serveStale(memory) : memory.snapshot;
  }
  const read = refresh(options, memory);
  options.waitUntil(read);
  // Past half of its time a snapshot is renewed behind the answer, so that a busy isolate never waits.
  if (!isOutdated) return memory.snapshot;
  return (await within(WARM_WAIT_MS, read)) ?? serveStale(memory);
}

/** KV is slow or broken: what was read before holds, and says that it is old. */
function serveStale(memory: Memory): FlagSnapshot {
  if (memory.snapshot.source === "kv") memory.snapshot = { ...memory.snapshot, source: "last_known_good" };
  return memory.snapshot;
}

/**
 * Another request's read can't be awaited. Past its time a snapshot isn't served because of one that has only just
 * begun: after a quiet hour, all requests of a page would get what held then, except the first.
 */
function isReadByOthers({ readingSince, retryAt }: Memory, now: number, isOutdated: boolean): boolean {
  if (now < retryAt) return true;
  if (readingSince === null) return false;
  const ms = now - readingSince;
  return ms < READER_MAX_MS && (!isOutdated || ms >= WARM_WAIT_MS);
}

/** The first request of an isolate, or several at once: each reads for itself. */
async function loadCold(options: LoadOptions): Promise<FlagSnapshot> {
  const read = refresh(options, null);
  options.waitUntil(read);
  const snapshot = await within(COLD_WAIT_MS, read);
  if (snapshot !== null) return snapshot;
  const known = memories.get(options.store);
  if (known !== undefined) return known.snapshot;
  const kept = await within(COPY_WAIT_MS, findLastKnownGood(options.scope));
  const fallback = await buildFallback(options.environment, kept);
  logAlarm("flags_unreadable", { source: fallback.source });
  remember(options, fallback, { freshAt: 0, retryAt: options.now + RETRY_MS });
  return fallback;
}

function buildFallback(environment: Environment, kept: KeptValues | null): Promise<FlagSnapshot> {
  if (kept === null) {
    return buildSnapshot(NOTHING_STORED, { environment, source: "defaults", readAt: null });
  }
  return buildSnapshot(kept.values, { environment, source: "last_known_good", readAt: kept.readAt });
}

/** Null when KV failed; the memory then says so. Never rejects. */
async function refresh(options: LoadOptions, memory: Memory | null): Promise<FlagSnapshot | null> {
  const startedAt = options.now;
  if (memory !== null) memory.readingSince = sinceWhenRead(memory, startedAt);
  try {
    const values = await readValues(options.store);
    const previous = memories.get(options.store)?.snapshot ?? null;
    const { environment } = options;
    const snapshot = await buildSnapshot(values, { environment, source: "kv", readAt: startedAt, previous });
    warnOfUnusable(options.store, snapshot);
    if (previous !== null && previous.rev !== snapshot.rev) logInfo("flags_changed", { rev: snapshot.rev });
    const current = remember(options, snapshot, { freshAt: startedAt, retryAt: 0 });
    if (current.snapshot === snapshot) tellForeignChange(options, previous, snapshot);
    if (isCopyDue(current, previous, startedAt)) {
      current.copiedAt = startedAt;
      options.waitUntil(keepLastKnownGood(options.scope, { values, readAt: startedAt }));
    }
    return snapshot;
  } catch (error) {
    logAlarm("flags_read_failed", { error: String(error) });
    if (memory !== null) {
      memory.readingSince = null;
      memory.retryAt = options.now + RETRY_MS;
      serveStale(memory);
    }
    return null;
  }
}

/** The first of several readers counts, unless it is dead: how slow KV is must not be forgotten with each of them. */
function sinceWhenRead({ readingSince }: Memory, now: number): number {
  return readingSince !== null && now - readingSince < READER_MAX_MS ? readingSince : now;
}

/** Our own changes carry a mark, and are in the history without anybody's looking. */
function tellForeignChange(
  { onForeignChange, waitUntil }: LoadOptions,
  before: FlagSnapshot | null,
  after: FlagSnapshot,
): void {
  if (before === null || onForeignChange === undefined) return;
  const isForeign = STORED_KEYS.some((key) => {
    const { value, metadata } = after.values[key];
    return value !== before.values[key].value && parseAuthorship(metadata).change === null;
  });
  if (isForeign) waitUntil(onForeignChange(after));
}

// Mutable on purpose: the revision that this isolate has warned of last, so that it says so once and not once a read.
const warnedOf = new WeakMap<FlagStore, string>();

/** Names which switches, and how many rules: what they say is an operator's text and stays out of the log. */
function warnOfUnusable(store: FlagStore, { rev, flags, document }: FlagSnapshot): void {
  const switches = FLAG_KEYS.filter((key) => flags[key].switch.kind === "invalid");
  const isUsable = switches.length === 0 && document.problems.length === 0;
  if (isUsable || warnedOf.get(store) === rev) return;
  warnedOf.set(store, rev);
  logWarning("flags_unusable", { rev, switches: switches.join(" "), ruleProblems: document.problems.length });
}

function isCopyDue(current: Memory, previous: FlagSnapshot | null, now: number): boolean {
  return previous?.rev !== current.snapshot.rev || now - current.copiedAt > COPY_RENEWAL_MS;
}

/** A read that began before the one in memory never replaces it. */
function remember(
  options: LoadOptions,
  snapshot: FlagSnapshot,
  times: { freshAt: number; retryAt: number },
): Memory {
  const known = memories.get(options.store);
  if (known === undefined) {
    const memory = { snapshot, ...times, readingSince: null, copiedAt: 0 };
    memories.set(options.store, memory);
    return memory;
  }
  known.readingSince = null;
  if (times.freshAt >= known.freshAt) Object.assign(known, { snapshot, ...times });
  return known;
}

/**
 * Serves a value that this isolate has just written, without waiting for KV to show it. Null when nothing was read
 * here yet: then the next read will.
 */
export async function rememberWrite(
  store: FlagStore,
  key: StoredKey,
  value: string,
  metadata: WriteMetadata,
  now: number,
): Promise<FlagSnapshot | null> {
  const memory = memories.get(store);
  if (memory === undefined) return null;
  const previous = memory.snapshot;
  const { environment, source, readAt } = previous;
  const values = { ...previous.values, [key]: { value, metadata } };
  const snapshot = await buildSnapshot(values, { environment, source, readAt, previous });
  // Somebody else wrote or read meanwhile: ours goes on top of that.
  if (memory.snapshot !== previous) return rememberWrite(store, key, value, metadata, now);
  memory.snapshot = snapshot;
  memory.freshAt = now;
  return snapshot;
}

/** Null when it takes longer than `ms`. */
async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
  const timer = new AbortController();
  const timeout = scheduler.wait(ms, { signal: timer.signal }).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}
