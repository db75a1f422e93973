/** A finished picture for tests: ordered over HTTP, its bytes in the bucket, its row and its money settled. */
import { env } from "cloudflare:workers";
import { finishJob } from "../../src/db/generation-finish.ts";
import { claimJob } from "../../src/db/generation-jobs.ts";
import { newId } from "../../src/ids.ts";
import { buildImageKey } from "../../src/r2/keys.ts";
import { storeImage } from "../../src/r2/store-image.ts";
import { buildPng } from "../r2/fixtures.ts";
import { call } from "./http.ts";
import type { TestPerson } from "./people.ts";

export interface TestPicture {
  briefId: string;
  generationId: string;
  imageId: string;
}

const SIZE = { width: 96, height: 96 };
const LEASE_MS = 60_000;

/** Costs the person one credit. */
export async function createPicture(person: TestPerson): Promise<TestPicture> {
  const { briefId, generationId } = await order(person);
  const lease = newId();
  if ((await claimJob(env.DB, generationId, lease, LEASE_MS)) === null) {
    throw new Error("createPicture: the job is taken");
  }
  const key = buildImageKey({ userId: person.id, generationId, attempt: 1, n: 0, format: "png" });
  const stored = await storeImage(env.BUCKET, key, buildPng(SIZE), { size: SIZE });
  if (!stored.ok) throw new Error(`createPicture: ${stored.error.kind}`);
  const { format, width, height, bytes, sha256 } = stored.value;
  const image = { id: newId(), key, format, width, height, bytes, sha256, seed: null };
  if (!(await finishJob(env.DB, generationId, lease, image))) {
    throw new Error("createPicture: the lease is lost");
  }
  return { briefId, generationId, imageId: image.id };
}

async function order(person: TestPerson): Promise<{ briefId: string; generationId: string }> {
  const response = await call("POST", "/api/generations", {
    as: person,
    json: { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] },
    headers: { "Idempotency-Key": newId() },
  });
  if (response.status !== 202) throw new Error(`createPicture: the order was answered ${response.status}`);
  const { generations } = (await response.json()) as { generations: { id: string }[] };
  const generationId = generations[0]?.id ?? "";
  const briefId = await env.DB.prepare("SELECT brief_id FROM generations WHERE id = ?1")
    .bind(generationId)
    .first<string>("brief_id");
  if (briefId === null) throw new Error("createPicture: no brief");
  return { briefId, generationId };
}
