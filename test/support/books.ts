/** The invariants that hold after every test of money, jobs and pictures. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { reconcile } from "../../src/credits/reconcile.ts";
import { listObjects } from "../../src/r2/objects.ts";

const FINDINGS_MAX = 20;

/** Balances, entries, generations and images agree, every object has a row and every row its object. */
export async function expectBooksToBalance(): Promise<void> {
  expect(await reconcile(env.DB, FINDINGS_MAX)).toEqual([]);
  const rows = await env.DB.prepare("SELECT key, bytes, sha256, thumbnail_key FROM images").all<{
    key: string;
    bytes: number;
    sha256: string;
    thumbnail_key: string | null;
  }>();
  const { objects } = await listObjects(env.BUCKET, { prefix: "", cursor: null, limit: 1_000 });
  const named = rows.results.flatMap((row) =>
    row.thumbnail_key === null ? [row.key] : [row.key, row.thumbnail_key],
  );
  expect(objects.map((object) => object.key).sort()).toEqual(named.sort());
  for (const row of rows.results) {
    const object = objects.find((candidate) => candidate.key === row.key);
    expect(object).toMatchObject({ bytes: row.bytes, sha256: row.sha256 });
  }
}
