/** The flags for administrators' programs: what holds and why, changes, the rules, and every change there ever was. */
import { Hono } from "hono";
import type * as z from "zod/mini";
import { buildFlagHistoryQuery, buildLastFlagChangesQuery } from "../db/flag-changes.ts";
import { runQueries, runQuery } from "../db/query.ts";
import { AppError } from "../errors.ts";
import { type CheckedDocument, checkDocument } from "../flags/check-document.ts";
import { toDocumentText } from "../flags/edit-document.ts";
import { describeUnknownKeys, listFlagFindings, type UnknownKey } from "../flags/findings.ts";
import { parseJson } from "../flags/json.ts";
import { EMPTY_RULES, RULES_KEY, STORED_KEYS, type StoredKey } from "../flags/keys.ts";
import { type FlagKey, isFlagKey } from "../flags/registry.ts";
import { listUnknownKeys } from "../flags/store.ts";
import { logWarning } from "../log.ts";
import { numberedPageQuery, parseJsonBody, parseQuery, readJson } from "./body.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { buildOwnContext, requireSnapshot } from "./flags.ts";
import {
  applyChange,
  documentQuery,
  noticeNow,
  requireSwitchChange,
  switchChangeSchema,
} from "./flags-change.ts";
import { presentFlagChange, presentFlags } from "./flags-present.ts";
import type { AdminFlag } from "./views/admin/flag-model.ts";

export const flagsAdmin = new Hono<AppEnv>()
  .get("/api/admin/flags", async (c) => {
    const [items, unknown] = await Promise.all([listFlags(c), findUnknownKeys(c)]);
    const snapshot = requireSnapshot(c);
    const { rev, source, readAt } = snapshot;
    return c.json({
      items,
      unknown,
      rev,
      source,
      readAt: readAt === null ? null : new Date(readAt).toISOString(),
      findings: listFlagFindings(snapshot, unknown),
    });
  })
  .get("/api/admin/flags/document", (c) => {
    const text = requireSnapshot(c).values[RULES_KEY].value ?? EMPTY_RULES;
    if (parseJson(text).ok) return c.body(text, 200, { "Content-Type": "application/json" });
    throw new AppError("conflict", {
      detail: "The stored document is not JSON, so that no rule is in force. Replace it with PUT.",
    });
  })
  .put("/api/admin/flags/document", async (c) => {
    const body = await readJson(c);
    const { note } = parseQuery(c, documentQuery);
    const { document, warnings } = requireDocument(body);
    await applyChange(c, RULES_KEY, toDocumentText(body), note);
    return c.json({ flags: document.keys, warnings, rev: requireSnapshot(c).rev });
  })
  .put("/api/admin/flags/:key", async (c) => {
    const change = await parseJsonBody(c, switchChangeSchema);
    const key = requireFlagKey(c.req.param("key"));
    requireSwitchChange(c, key, change);
    await applyChange(c, key, change.value, change.note);
    const items = await listFlags(c);
    return c.json({ ...items.find((item) => item.key === key), rev: requireSnapshot(c).rev });
  })
  .get("/api/admin/flags/:key/history", async (c) => {
    const key = requireStoredKey(c.req.param("key"));
    const query = parseQuery(c, numberedPageQuery);
    const { page } = await noticeNow(c, () => readHistory(c, key, query));
    return c.json({ items: page.items.map(presentFlagChange), nextCursor: page.nextCursor });
  });

/** Every flag of the table as it is for the caller. */
export async function listFlags(c: AppContext): Promise<AdminFlag[]> {
  const snapshot = requireSnapshot(c);
  const { last } = await noticeNow(c, async () => ({
    last: await runQuery(buildLastFlagChangesQuery(c.env.DB, STORED_KEYS)),
  }));
  return presentFlags(snapshot, last, buildOwnContext(c));
}

async function readHistory(c: AppContext, key: string, query: z.infer<typeof numberedPageQuery>) {
  const [page, last] = await runQueries(c.env.DB, [
    buildFlagHistoryQuery(c.env.DB, key, query),
    buildLastFlagChangesQuery(c.env.DB, STORED_KEYS),
  ]);
  return { page, last };
}

/** Keys in the namespace that no flag has. A list that can't be had is no reason to show nothing. */
export async function findUnknownKeys(c: AppContext): Promise<UnknownKey[]> {
  try {
    return describeUnknownKeys(await listUnknownKeys(c.env.FLAGS));
  } catch (error) {
    logWarning("flag_keys_not_listed", { error: String(error) });
    return [];
  }
}

/** Refuses a document in which something would break. */
export function requireDocument(value: unknown): CheckedDocument {
  const checked = checkDocument(value);
  if (checked.errors.length > 0) throw new AppError("invalid_request", { errors: [...checked.errors] });
  return checked;
}

export function requireFlagKey(key: string): FlagKey {
  if (!isFlagKey(key)) throw new AppError("not_found", { reason: "unknown_flag" });
  return key;
}

/** The rules have a history too. */
export function requireStoredKey(key: string): StoredKey {
  return key === RULES_KEY ? RULES_KEY : requireFlagKey(key);
}
