import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelJob } from "../../../src/db/generation-jobs.ts";
import { deleteImage } from "../../../src/db/images.ts";
import { runQuery } from "../../../src/db/query.ts";
import {
  beginReconciliation,
  buildLastReconciliationQuery,
  finishReconciliation,
} from "../../../src/db/reconciliations.ts";
import { RECONCILE_INTERVAL_MS, reconcileIfDue } from "../../../src/generations/reconciler.ts";
import { newId } from "../../../src/ids.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { createWorkshop, deliverToTheEnd, orderOne, reconcileLater } from "../../support/jobs.ts";

const HOUR_MS = 3_600_000;

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM reconciliations").run();
});

afterEach(async () => {
  await env.DB.prepare("DELETE FROM images WHERE key NOT IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(await listKeys()))
    .run();
  await expectBooksToBalance();
});

async function listKeys(): Promise<string[]> {
  return (await env.BUCKET.list()).objects.map(({ key }) => key);
}

async function createImage(): Promise<{ id: string; userId: string; key: string }> {
  const { id: generationId, userId } = await orderOne();
  await deliverToTheEnd(createWorkshop().context, generationId);
  const image = await env.DB.prepare("SELECT id, key FROM images WHERE generation_id = ?1")
    .bind(generationId)
    .first<{ id: string; key: string }>();
  if (image === null) throw new Error("createImage: no image");
  return { ...image, userId };
}

async function readLast() {
  const last = await runQuery(buildLastReconciliationQuery(env.DB));
  if (last === null) throw new Error("there was no run");
  return {
    findings: JSON.parse(last.findings) as unknown[],
    repaired: JSON.parse(last.repaired) as unknown[],
  };
}

describe("the reconciler and the bucket", () => {
  it("deletes old objects that no row names, originals and thumbnails, and says so", async () => {
    const { key } = await createImage();
    const orphans = [`u/${newId()}/${newId()}/3-1.png`, `t/${newId()}.webp`];
    for (const orphan of orphans) await env.BUCKET.put(orphan, "left behind");
    await reconcileLater();
    expect(await listKeys()).toContain(key);
    for (const orphan of orphans) expect(await listKeys()).not.toContain(orphan);
    const { findings, repaired } = await readLast();
    expect(findings).toEqual([]);
    expect(repaired).toMatchObject(orphans.sort().map((subjectId) => ({ kind: "orphan_object", subjectId })));
  });

  it("leaves young objects alone: their row may be about to come", async () => {
    const young = `u/${newId()}/${newId()}/1-1.png`;
    await env.BUCKET.put(young, "about to be committed");
    expect(await reconcileIfDue(env.DB, env.BUCKET, Date.now() + 9 * 60_000)).toBe(true);
    expect(await listKeys()).toContain(young);
    await env.BUCKET.delete(young);
  });

  it("leaves an object alone while its job is open, however old a wrong clock makes it, and not after", async () => {
    const { userId, id } = await orderOne();
    const key = `u/${userId}/${id}/1-1.png`;
    await env.BUCKET.put(key, "about to be committed");
    await reconcileLater();
    expect(await listKeys()).toContain(key);
    await cancelJob(env.DB, userId, id);
    await reconcileLater();
    expect(await listKeys()).not.toContain(key);
  });

  it("reports what isn't its own and deletes nothing of it", async () => {
    await env.BUCKET.put("backup/2026.tar", "somebody's");
    await reconcileLater();
    expect(await listKeys()).toContain("backup/2026.tar");
    expect((await readLast()).findings).toMatchObject([
      { kind: "unknown_object", subjectId: "backup/2026.tar" },
    ]);
    await env.BUCKET.delete("backup/2026.tar");
  });

  it("reports a row whose object is gone or another", async () => {
    const gone = await createImage();
    const other = await createImage();
    await env.BUCKET.delete(gone.key);
    await env.BUCKET.put(other.key, "stub");
    await reconcileLater();
    expect((await readLast()).findings).toMatchObject([
      { kind: "missing_object", subjectId: gone.id, detail: gone.key },
      { kind: "object_differs_from_row", subjectId: other.id, detail: other.key },
    ]);
    await env.BUCKET.delete(other.key);
  });

  it("reports nothing when the owner deletes a picture while it looks", async () => {
    const { id, userId, key } = await createImage();
    const bucket = new Proxy(env.BUCKET, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name !== "head") return member.bind(target);
        return async (asked: string) => {
          if (asked === key) {
            await deleteImage(env.DB, userId, id);
            await env.BUCKET.delete(key);
          }
          return target.head(asked);
        };
      },
    });
    expect(await reconcileIfDue(env.DB, bucket, Date.now())).toBe(true);
    expect((await readLast()).findings).toEqual([]);
  });

  it("starts the walk over when the bucket no longer knows where it stopped", async () => {
    const orphan = `u/${newId()}/${newId()}/1-1.png`;
    await env.BUCKET.put(orphan, "left behind");
    const run = await beginReconciliation(env.DB, 0);
    const stale = { accountCursor: null, objectCursor: "not a cursor", imageCursor: null };
    await finishReconciliation(env.DB, run?.id ?? 0, { findings: [], repaired: [], ...stale });
    const bucket = new Proxy(env.BUCKET, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name !== "list") return member.bind(target);
        return (options: R2ListOptions) =>
          options.cursor === "not a cursor"
            ? Promise.reject(new Error("10011: invalid cursor"))
            : target.list(options);
      },
    });
    await env.DB.prepare("UPDATE reconciliations SET at = 0").run();
    expect(await reconcileIfDue(env.DB, bucket, Date.now() + HOUR_MS)).toBe(true);
    expect(await listKeys()).not.toContain(orphan);
  });
});

describe("the reconciler's runs", () => {
  it("begin once in an interval, however many want to", async () => {
    const began = await Promise.all(Array.from({ length: 10 }, () => reconcileIfDue(env.DB, env.BUCKET)));
    expect(began.filter(Boolean)).toHaveLength(1);
    await env.DB.prepare("UPDATE reconciliations SET at = at - ?1")
      .bind(RECONCILE_INTERVAL_MS + 1)
      .run();
    expect(await reconcileIfDue(env.DB, env.BUCKET)).toBe(true);
  });

  it("that died are no result, and the next one looks at the same stretch", async () => {
    const first = await beginReconciliation(env.DB, 0);
    const stretch = { accountCursor: "a", objectCursor: "b", imageCursor: "c" };
    await finishReconciliation(env.DB, first?.id ?? 0, {
      findings: [{ kind: "x" }],
      repaired: [],
      ...stretch,
    });
    const died = await beginReconciliation(env.DB, 0);
    expect(died).toMatchObject(stretch);
    expect(await runQuery(buildLastReconciliationQuery(env.DB))).toMatchObject({ id: first?.id });
    expect(await beginReconciliation(env.DB, 0)).toMatchObject(stretch);
  });

  it("go on behind the picture and the account where the last one stopped, and then start over", async () => {
    const images = [await createImage(), await createImage(), await createImage()];
    const keys = images.map(({ key }) => key);
    const [, { id: stop } = { id: "" }] = images;
    const run = await beginReconciliation(env.DB, 0);
    const cursors = { accountCursor: LAST_ID, objectCursor: null, imageCursor: stop };
    await finishReconciliation(env.DB, run?.id ?? 0, { findings: [], repaired: [], ...cursors });
    await withoutAccountOf("z", async () => {
      expect(await lookedAt(keys)).toEqual(keys.slice(2));
      expect((await readLast()).findings).toEqual([]);
      expect(await lookedAt(keys)).toEqual(keys);
      expect((await readLast()).findings).toMatchObject([{ kind: "user_without_account", subjectId: "z" }]);
    });
  });

  it("are kept up to 500", async () => {
    await reconcileLater();
    await env.DB.prepare("UPDATE reconciliations SET at = 0, id = id + 10000").run();
    await reconcileLater();
    await reconcileLater();
    expect(await env.DB.prepare("SELECT count(*) AS n FROM reconciliations").first("n")).toBe(3);
    await env.DB.prepare(
      "UPDATE reconciliations SET id = id + 10000 WHERE id = (SELECT max(id) FROM reconciliations)",
    ).run();
    await reconcileLater();
    expect(await env.DB.prepare("SELECT count(*) AS n FROM reconciliations").first("n")).toBe(2);
  });
});

const LAST_ID = "~";

/** Which of these objects a run asks for. */
async function lookedAt(keys: string[]): Promise<string[]> {
  const asked: string[] = [];
  const bucket = new Proxy(env.BUCKET, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== "head") return member.bind(target);
      return (key: string) => {
        asked.push(key);
        return target.head(key);
      };
    },
  });
  await env.DB.prepare("UPDATE reconciliations SET at = 0").run();
  expect(await reconcileIfDue(env.DB, bucket)).toBe(true);
  return keys.filter((key) => asked.includes(key));
}

/** A person whom every look at the books reports. */
async function withoutAccountOf(id: string, run: () => Promise<void>): Promise<void> {
  const trigger = "SELECT sql FROM sqlite_master WHERE name = 'users_open_account'";
  const text = (await env.DB.prepare(trigger).first<string>("sql")) ?? "";
  await env.DB.prepare("DROP TRIGGER users_open_account").run();
  await env.DB.prepare("INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?1, 0, 0)")
    .bind(id)
    .run();
  await env.DB.prepare(text).run();
  await run();
  await env.DB.prepare("DELETE FROM users WHERE id = ?1").bind(id).run();
}
