/** No statement reads a table from one end to the other: each is answered by an index, or says here why not. */
import { describe, expect, it } from "vitest";
import { applyCredits } from "../../src/credits/apply.ts";
import { reserveBrief } from "../../src/credits/reserve.ts";
import { buildGrantMemory, buildStartingGrant } from "../../src/credits/starting-grant.ts";
import { listAudit } from "../../src/db/audit.ts";
import { EXPORT_LISTS, readExportPage } from "../../src/db/export.ts";
import { listImagesByUser } from "../../src/db/images.ts";
import { listJobs } from "../../src/db/jobs.ts";
import { buildTake, takeFromLimits } from "../../src/db/rate-counters.ts";
import { extendSession } from "../../src/db/sessions.ts";
import { listUsers } from "../../src/db/users.ts";
import { newId } from "../../src/ids.ts";
import { buildRequest, GENEROUS } from "../support/jobs.ts";
import { createStandIn, findScans, recordStatements } from "../support/query-plans.ts";

type Call = (db: D1Database) => unknown;

const modules = import.meta.glob<Record<string, unknown>>(["../../src/db/*.ts", "../../src/credits/*.ts"], {
  eager: true,
});

/** Exported functions that ask nothing themselves. */
const ASK_NOTHING = new Set([
  "parseGenerationRow",
  "preparedOnce",
  "orm",
  "runQuery",
  "runQueries",
  "buildContains",
  "buildPage",
  "changeJob",
  "buildMakeHeroSql",
  "buildFlagJournal",
  "buildFlagAgenda",
]);

const ID = newId();
const PAGE = { cursor: ID, limit: 20 };
const NEWEST = { cursor: 9, limit: 20 };
const LIMIT = { key: "k", windowMs: 60_000, max: 5 };

/** Functions whose statement depends on what they are given, or that look closely at it. */
const BY_HAND: Record<string, Record<string, Call>> = {
  applyCredits: {
    "": (db) =>
      applyCredits(db, {
        userId: ID,
        amount: 1,
        reason: "reason",
        opKey: "key",
        requestHash: "hash",
        actor: { id: ID, mayActOn: ["USER"] },
        audit: { requestId: "r", place: null },
      }),
  },
  reserveBrief: { "": (db) => reserveBrief(db, buildRequest(ID), GENEROUS) },
  buildStartingGrant: {
    "": (db) => buildStartingGrant(db, { email: "a@example.test", provenAt: 1 }, 10, ["f"]),
  },
  buildGrantMemory: { "": (db) => buildGrantMemory(db, ID, [["f", "g"]]) },
  buildTake: { "": (db) => buildTake(db, [LIMIT], 0) },
  takeFromLimits: { "": (db) => takeFromLimits(db, [LIMIT, { ...LIMIT, share: { key: "s", max: 3 } }], 0) },
  extendSession: { "": (db) => extendSession(db, ID, { lastUsedAt: 0, expiresAt: 0 }) },
  listImagesByUser: {
    "without a filter": (db) => listImagesByUser(db, ID, {}, PAGE),
    "with every filter": (db) =>
      listImagesByUser(
        db,
        ID,
        {
          q: "x",
          eventType: "x",
          style: "x",
          shape: "1:1",
          visibility: "public",
          favourite: true,
          tag: "x",
        },
        PAGE,
      ),
  },
  readExportPage: Object.fromEntries(
    EXPORT_LISTS.map((list) => [`of ${list.name}`, (db) => readExportPage(db, list, ID, list.start, 100)]),
  ),
  listJobs: {
    "of everybody": (db) => listJobs(db, {}, PAGE),
    "in a state": (db) => listJobs(db, { status: "failed" }, PAGE),
    "of a person": (db) => listJobs(db, { userId: ID }, PAGE),
  },
  listAudit: {
    "of everything": (db) => listAudit(db, {}, NEWEST),
    "by actor": (db) => listAudit(db, { actor: ID }, NEWEST),
    "by the actor's address": (db) => listAudit(db, { actor: "a@example.test" }, NEWEST),
    "by subject": (db) => listAudit(db, { subject: ID }, NEWEST),
    "by the subject's address": (db) => listAudit(db, { subject: "a@example.test" }, NEWEST),
    "by action": (db) => listAudit(db, { action: "credits.apply" }, NEWEST),
  },
  listUsers: {
    "of everybody": (db) => listUsers(db, {}, PAGE),
    "in a role": (db) => listUsers(db, { role: "ADMIN" }, PAGE),
    "with a search": (db) => listUsers(db, { q: "x" }, PAGE),
  },
};

/** Reads from one end to the other, and why that is bounded or wanted. */
const ALLOWED: Record<string, { reason: string; scan: RegExp }> = {
  findAppliedSchema: { reason: "the list of tables and triggers", scan: /sqlite_master|d1_migrations/ },
  buildLastReconciliationQuery: { reason: "newest first, and 500 rows are kept", scan: /reconciliations/ },
  buildAdminFiguresQuery: { reason: "totals over everybody, for admins", scan: /users|credit_accounts/ },
  listUsers: { reason: "counts everybody, and a part of an address is in no index", scan: /^SCAN u$/ },
  insertDevMail: { reason: "the development mailbox keeps few letters", scan: /dev_mail/ },
  listDevMail: { reason: "the development mailbox, newest first", scan: /dev_mail/ },
  countWaitingLetters: { reason: "a letter's row goes when it is sent", scan: /mail_outbox/ },
};

const STAND_INS = 8;

/** With stand-ins, where nothing is written down by hand. */
function listCalls(): { title: string; name: string; call: Call }[] {
  return Object.values(modules).flatMap((module) =>
    Object.entries(module).flatMap(([name, member]) => {
      if (typeof member !== "function" || ASK_NOTHING.has(name) || /^is[A-Z]/.test(name)) return [];
      const call: Call = (db) => member(db, ...Array.from({ length: STAND_INS }, createStandIn));
      const byHand = BY_HAND[name] ?? { "": call };
      return Object.entries(byHand).map(([way, ask]) => ({
        title: `${name} ${way}`.trim(),
        name,
        call: ask,
      }));
    }),
  );
}

async function listScans(call: Call): Promise<{ asked: number; scans: string[] }> {
  const { db, statements } = recordStatements();
  try {
    await call(db);
  } catch (error) {
    // The recorder answers with nothing, which some functions rightly take for a bug.
    expect(error).toBeInstanceOf(Error);
  }
  return { asked: statements.length, scans: (await Promise.all(statements.map(findScans))).flat() };
}

describe("the query plans", () => {
  it.each(listCalls())("use an index for $title", async ({ name, call }) => {
    const { asked, scans } = await listScans(call);
    expect(
      asked,
      "it asked nothing: show it by hand how to ask, or list it as asking nothing",
    ).toBeGreaterThan(0);
    expect(scans.filter((scan) => !(ALLOWED[name]?.scan ?? /^$/).test(scan))).toEqual([]);
  });

  it.each(Object.keys(ALLOWED))("still need the exception for %s", async (name) => {
    const calls = listCalls().filter((candidate) => candidate.name === name);
    const found = await Promise.all(calls.map(({ call }) => listScans(call)));
    expect(found.flatMap(({ scans }) => scans)).not.toEqual([]);
  });
});
