/** What a careless or hostile statement tries with briefs, jobs and pictures, and what the database says to it. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../src/generations/advance-job.ts";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { createWorkshop, order, readJob, runMinutes, type Workshop } from "../support/jobs.ts";
import { readBalance } from "../support/people.ts";
import { type Answer, pending } from "../support/provider.ts";

afterEach(expectBooksToBalance);

interface History {
  userId: string;
  /** Ids by what has become of the picture. */
  done: string;
  running: string;
  queued: string;
  workshop: Workshop;
}

async function createHistory(): Promise<History> {
  const { id: userId } = await createAccount({ credits: 5 });
  const [done = "", running = "", queued = ""] = await order(userId, 3);
  const workshop = createWorkshop();
  await advanceJob(workshop.context, done);
  workshop.provider.script.poll = Array<Answer>(20).fill(pending);
  await advanceJob(workshop.context, running);
  workshop.provider.script.poll = [];
  return { userId, done, running, queued, workshop };
}

/** `$user`, `$done`, `$running` and `$queued` stand for ids. */
function run(text: string, { userId, done, running, queued }: History) {
  const sql = text
    .replaceAll("$user", `'${userId}'`)
    .replaceAll("$done", `'${done}'`)
    .replaceAll("$running", `'${running}'`)
    .replaceAll("$queued", `'${queued}'`);
  return env.DB.prepare(sql).run();
}

const SHA = "a".repeat(64);
const BRIEF_OF = (id: string) => `(SELECT brief_id FROM generations WHERE id = ${id})`;

/** An image row with every column, for this generation and person. */
function insertImage(generation: string, changes: Record<string, string> = {}, verb = "INSERT"): string {
  const columns: Record<string, string> = {
    id: `'image-' || ${generation}`,
    generation_id: generation,
    user_id: "$user",
    key: `'key-' || ${generation}`,
    format: "'png'",
    width: "512",
    height: "512",
    bytes: "4096",
    sha256: `'${SHA}'`,
    title: "'t'",
    alt: "'a'",
    event_type: "'e'",
    shape: "'1:1'",
    prompt: "'p'",
    model: "'m'",
    created_at: "0",
    updated_at: "0",
    ...changes,
  };
  return `${verb} INTO images (${Object.keys(columns).join(", ")}) VALUES (${Object.values(columns).join(", ")})`;
}

const REFUSED: [name: string, sql: string, error: RegExp][] = [
  [
    "success without a picture",
    "UPDATE generations SET status = 'succeeded', due_at = NULL WHERE id = $running",
    /SUCCESS_WITHOUT_IMAGE/,
  ],
  [
    "success of a job that never ran",
    "UPDATE generations SET status = 'succeeded', due_at = NULL WHERE id = $queued",
    /ILLEGAL_TRANSITION|SUCCESS_WITHOUT/,
  ],
  [
    "failure after success",
    "UPDATE generations SET status = 'failed', error_code = 'timed_out' WHERE id = $done",
    /ILLEGAL_TRANSITION/,
  ],
  [
    "a success that runs again",
    "UPDATE generations SET status = 'processing', due_at = 1 WHERE id = $done",
    /ILLEGAL_TRANSITION/,
  ],
  [
    "canceling what is paid for",
    "UPDATE generations SET status = 'canceled', due_at = NULL, error_code = 'canceled' WHERE id = $running",
    /ILLEGAL_TRANSITION|CHECK/,
  ],
  [
    "queueing what is paid for",
    "UPDATE generations SET status = 'queued', lease = NULL WHERE id = $running",
    /CHECK/,
  ],
  [
    "failure without a reason",
    "UPDATE generations SET status = 'failed', due_at = NULL WHERE id = $queued",
    /CHECK/,
  ],
  [
    "failure that the sweeper still looks at",
    "UPDATE generations SET status = 'failed', error_code = 'x' WHERE id = $queued",
    /CHECK/,
  ],
  ["a job that nobody looks at", "UPDATE generations SET due_at = NULL WHERE id = $queued", /CHECK/],
  ["a lease on a job that isn't running", "UPDATE generations SET lease = 'x' WHERE id = $queued", /CHECK/],
  ["an unknown step", "UPDATE generations SET step = 'magic' WHERE id = $queued", /CHECK/],
  [
    "forgetting what was bought",
    "UPDATE generations SET provider_generation_id = NULL WHERE id = $running",
    /CHECKPOINT_PERMANENT/,
  ],
  [
    "another purchase in its place",
    "UPDATE generations SET provider_generation_id = 'other' WHERE id = $running",
    /CHECKPOINT_PERMANENT/,
  ],
  [
    "a purchase that never began",
    "UPDATE generations SET provider_generation_id = 'x' WHERE id = $queued",
    /CHECK/,
  ],
  [
    "forgetting that a purchase began",
    "UPDATE generations SET submit_started_at = NULL WHERE id = $running",
    /CHECK/,
  ],
  ["another price", "UPDATE generations SET cost = 100 WHERE id = $queued", /GENERATION_IMMUTABLE/],
  ["another owner", "UPDATE generations SET user_id = 'x' WHERE id = $queued", /GENERATION_IMMUTABLE/],
  ["deleting a job that runs", "DELETE FROM generations WHERE id = $running", /GENERATION_OPEN/],
  ["deleting a job whose picture is there", "DELETE FROM generations WHERE id = $done", /FOREIGN KEY/],
  [
    "a brief's other price",
    `UPDATE briefs SET cost = 1 WHERE id = ${BRIEF_OF("$queued")}`,
    /BRIEF_IMMUTABLE/,
  ],
  [
    "a brief's other key",
    `UPDATE briefs SET idempotency_key = 'x' WHERE id = ${BRIEF_OF("$queued")}`,
    /BRIEF_IMMUTABLE/,
  ],
  [
    "deleting a brief that has pictures",
    `DELETE FROM briefs WHERE id = ${BRIEF_OF("$queued")}`,
    /FOREIGN KEY/,
  ],
  [
    "a job that takes a running one's place by its rowid",
    `UPDATE OR REPLACE generations SET rowid = (SELECT rowid FROM generations WHERE id = $running) WHERE id = $queued`,
    /ROWID_PERMANENT/,
  ],
  [
    "a job that is inserted over a running one",
    `INSERT OR REPLACE INTO generations (rowid, id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height, step_at, due_at, created_at, updated_at)
     SELECT rowid, 'new', brief_id, 7, user_id, 1, shape, alt, model, provider_size, width, height, 0, 0, 0, 0 FROM generations WHERE id = $running`,
    /ROWID_TAKEN/,
  ],
  [
    "a job for somebody else's brief",
    `INSERT INTO generations (id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height, step_at, due_at, created_at, updated_at)
     SELECT 'new', brief_id, 7, 'x', 1, shape, alt, model, provider_size, width, height, 0, 0, 0, 0 FROM generations WHERE id = $queued`,
    /BRIEF_OF_OTHER_USER/,
  ],
  [
    "a brief in another's place",
    `UPDATE OR REPLACE briefs SET rowid = 1 + rowid WHERE id = ${BRIEF_OF("$queued")}`,
    /ROWID_PERMANENT/,
  ],
  [
    "a brief that is inserted over another",
    `INSERT OR REPLACE INTO briefs (rowid, id, user_id, idempotency_key, request_hash, event_type, quality, body, title, prompt, magic_prompt, pictures, cost, created_at)
     SELECT rowid, 'new', user_id, 'new', 'other', event_type, quality, body, title, prompt, magic_prompt, pictures, cost, 0
     FROM briefs WHERE id = ${BRIEF_OF("$queued")}`,
    /ROWID_TAKEN/,
  ],
  [
    "a picture in another's place",
    "UPDATE OR REPLACE images SET rowid = 1 + rowid WHERE generation_id = $done",
    /ROWID_PERMANENT/,
  ],
  [
    "a picture that is inserted over another",
    insertImage(
      "$running",
      { rowid: "(SELECT rowid FROM images WHERE generation_id = $done)" },
      "INSERT OR REPLACE",
    ),
    /ROWID_TAKEN/,
  ],
  ["a picture of a job that waits", insertImage("$queued"), /IMAGE_WITHOUT_GENERATION/],
  ["a picture of no job", insertImage("'none'"), /IMAGE_WITHOUT_GENERATION/],
  ["a picture for somebody else", insertImage("$running", { user_id: "'x'" }), /IMAGE_WITHOUT_GENERATION/],
  ["a picture of another shape", insertImage("$running", { shape: "'2:3'" }), /IMAGE_WITHOUT_GENERATION/],
  ["a second picture of one job", insertImage("$done"), /IMAGE_EXISTS|IMAGE_WITHOUT_GENERATION/],
  [
    "a second picture that replaces",
    insertImage("$done", {}, "INSERT OR REPLACE"),
    /IMAGE_EXISTS|IMAGE_WITHOUT_GENERATION/,
  ],
  [
    "a picture that replaces another one's by its object",
    insertImage(
      "$running",
      { key: "(SELECT key FROM images WHERE generation_id = $done)" },
      "INSERT OR REPLACE",
    ),
    /IMAGE_EXISTS/,
  ],
  ["a picture of 4 bytes", insertImage("$running", { bytes: "4" }), /CHECK/],
  ["a picture without a checksum", insertImage("$running", { sha256: "''" }), /CHECK/],
  [
    "a picture with another object",
    "UPDATE images SET key = 'other' WHERE generation_id = $done",
    /IMAGE_IMMUTABLE/,
  ],
  [
    "a picture with other facts",
    "UPDATE images SET sha256 = 'x', bytes = 9999 WHERE generation_id = $done",
    /IMAGE_IMMUTABLE/,
  ],
  [
    "an audit row that is changed",
    "UPDATE audit_log SET actor_id = 'x' WHERE subject_id = $user",
    /AUDIT_APPEND_ONLY/,
  ],
  ["an audit row that is deleted", "DELETE FROM audit_log WHERE subject_id = $user", /AUDIT_APPEND_ONLY/],
  [
    "an audit row that is replaced",
    `INSERT OR REPLACE INTO audit_log (id, at, action, subject_type)
     VALUES ((SELECT min(id) FROM audit_log WHERE subject_id = $user), 0, 'x', 'user')`,
    /AUDIT_APPEND_ONLY/,
  ],
];

const COPY = "SELECT * FROM generations WHERE id =";

const IGNORED: [name: string, sql: string][] = [
  ["a job that replaces a waiting one", `INSERT OR REPLACE INTO generations ${COPY} $queued`],
  [
    "a job that takes another's place in its brief",
    `INSERT OR REPLACE INTO generations (id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height, step_at, due_at, created_at, updated_at)
     SELECT 'new', brief_id, position, user_id, 100, shape, alt, model, provider_size, width, height, 0, 0, 0, 0 FROM generations WHERE id = $queued`,
  ],
  [
    "a brief that replaces another",
    `INSERT OR REPLACE INTO briefs (id, user_id, idempotency_key, request_hash, event_type, quality, body, title, prompt, magic_prompt, pictures, cost, created_at)
     SELECT id, user_id, idempotency_key, 'other', event_type, quality, body, title, prompt, magic_prompt, pictures, cost, 0
     FROM briefs WHERE id = ${BRIEF_OF("$queued")}`,
  ],
];

describe("jobs and pictures", () => {
  it.each(REFUSED)("refuse %s", async (_, text, error) => {
    const history = await createHistory();
    await expect(run(text, history)).rejects.toThrow(error);
    await expectUnharmed(history);
  });

  it.each(IGNORED)("ignore %s", async (_, text) => {
    const history = await createHistory();
    await run(text, history);
    await expectUnharmed(history);
  });

  it("refuse a job that doesn't begin as queued", async () => {
    const history = await createHistory();
    const text = `INSERT INTO generations (id, brief_id, position, user_id, status, cost, shape, alt, model, provider_size, width, height, step_at, due_at, created_at, updated_at)
      SELECT 'new', brief_id, 7, user_id, 'processing', 1, shape, alt, model, provider_size, width, height, 0, 0, 0, 0 FROM generations WHERE id = $queued`;
    await expect(run(text, history)).rejects.toThrow("GENERATION_STARTS_QUEUED");
    await expectUnharmed(history);
  });
});

/** The balance is what it was, and what was running and queued goes on to succeed. */
async function expectUnharmed({ userId, running, queued, workshop }: History): Promise<void> {
  const hash = "SELECT request_hash FROM briefs WHERE user_id = ?1";
  expect(await env.DB.prepare(hash).bind(userId).first("request_hash")).toBe("hash");
  expect(await readBalance(userId)).toEqual({ available: 2, held: 2 });
  await runMinutes(workshop);
  expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  for (const id of [running, queued]) expect(await readJob(id)).toMatchObject({ status: "succeeded" });
}
