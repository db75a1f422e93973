/**
 * The scheduled look at the whole, one bounded stretch a run: the books (credits/reconcile.ts) and the bucket against
 * the rows, both ways. An object that no row names and no job can still claim is deleted; everything else is reported
 * and alarmed.
 */
import { type Finding, findNextRange, reconcile } from "../credits/reconcile.ts";
import { findImage, listClaimedKeys, listImagesAfter } from "../db/images.ts";
import { beginReconciliation, finishReconciliation } from "../db/reconciliations.ts";
import { logAlarm, logError, logInfo } from "../log.ts";
import { parseImageKey } from "../r2/keys.ts";
import { deleteObjects, findObject, listObjects, type ObjectPage, type StoredObject } from "../r2/objects.ts";

export const RECONCILE_INTERVAL_MS = 10 * 60_000;
const FINDINGS_MAX_PER_KIND = 100;
const ACCOUNTS_PER_RUN = 2_000;
const OBJECTS_PER_RUN = 500;
const KEYS_PER_QUERY = 100;
/** Each is one question to the bucket. */
const IMAGES_PER_RUN = 50;
/** Younger objects may be about to get their row, as a thumbnail does: far older than anything takes. */
const ORPHAN_MIN_AGE_MS = 10 * 60_000;

export interface ObjectFinding {
  kind: "orphan_object" | "unknown_object" | "missing_object" | "object_differs_from_row";
  subjectId: string;
  detail: string;
}

/** One stretch of a walk: what disagrees, and where the next run goes on. */
interface Stretch {
  findings: (Finding | ObjectFinding)[];
  cursor: string | null;
}

/** False when a run has begun within the interval. `now` is compared with the age of objects. */
export async function reconcileIfDue(
  db: D1Database,
  bucket: R2Bucket,
  now: number = Date.now(),
): Promise<boolean> {
  const run = await beginReconciliation(db, RECONCILE_INTERVAL_MS);
  if (run === null) return false;
  const books = await compareBooks(db, run.accountCursor);
  const objects = await compareObjects(db, bucket, run.objectCursor, now);
  const images = await compareImages(db, bucket, run.imageCursor);
  const findings = [...books.findings, ...objects.findings, ...images.findings];
  for (const finding of findings) logAlarm("books_disagree", { ...finding });
  if (objects.removed.length > 0) logInfo("orphans_removed", { objects: objects.removed.length });
  await finishReconciliation(db, run.id, {
    findings,
    repaired: objects.removed,
    accountCursor: books.cursor,
    objectCursor: objects.cursor,
    imageCursor: images.cursor,
  });
  return true;
}

async function compareBooks(db: D1Database, after: string | null): Promise<Stretch> {
  const { range, cursor } = await findNextRange(db, after, ACCOUNTS_PER_RUN);
  return { findings: await reconcile(db, FINDINGS_MAX_PER_KIND, range), cursor };
}

/** One stretch of the bucket: deletes our own objects that are old and that no row and no open job can claim. */
async function compareObjects(
  db: D1Database,
  bucket: R2Bucket,
  cursor: string | null,
  now: number,
): Promise<Stretch & { removed: ObjectFinding[] }> {
  const page = await listStretch(bucket, cursor);
  const old = page.objects.filter((object) => now - object.uploadedAt > ORPHAN_MIN_AGE_MS);
  const unnamed = await listUnclaimed(db, old);
  const orphans = unnamed.filter((object) => parseImageKey(object.key) !== null);
  await deleteObjects(
    bucket,
    orphans.map((object) => object.key),
  );
  return {
    removed: orphans.map((object) => describeUnnamed("orphan_object", object)),
    // Nothing of ours has such a key: somebody put it there, and only they know whether it may go.
    findings: unnamed
      .filter((object) => parseImageKey(object.key) === null)
      .map((object) => describeUnnamed("unknown_object", object)),
    cursor: page.cursor,
  };
}

/** The bucket's cursors are its own and may go stale between runs: then the walk starts over instead of standing still. */
async function listStretch(bucket: R2Bucket, cursor: string | null): Promise<ObjectPage> {
  const page = { prefix: "", limit: OBJECTS_PER_RUN };
  try {
    return await listObjects(bucket, { ...page, cursor });
  } catch (error) {
    if (cursor === null) throw error;
    logError("object_cursor_refused", error);
    return listObjects(bucket, { ...page, cursor: null });
  }
}

/** No row names them, and their job has ended: none can come any more. */
async function listUnclaimed(db: D1Database, objects: StoredObject[]): Promise<StoredObject[]> {
  const unclaimed: StoredObject[] = [];
  for (let start = 0; start < objects.length; start += KEYS_PER_QUERY) {
    const part = objects.slice(start, start + KEYS_PER_QUERY);
    const claimed = await listClaimedKeys(
      db,
      part.map(({ key }) => ({ key, generationId: findGenerationId(key) })),
    );
    unclaimed.push(...part.filter((object) => !claimed.has(object.key)));
  }
  return unclaimed;
}

function findGenerationId(key: string): string | null {
  const parts = parseImageKey(key);
  return parts?.kind === "original" ? parts.generationId : null;
}

function describeUnnamed(kind: ObjectFinding["kind"], object: StoredObject): ObjectFinding {
  return { kind, subjectId: object.key, detail: `${object.bytes} bytes without a row` };
}

/** One stretch of the rows, whose object has to be there with the row's length and checksum. */
async function compareImages(db: D1Database, bucket: R2Bucket, after: string | null): Promise<Stretch> {
  const findings: ObjectFinding[] = [];
  const images = await listImagesAfter(db, after, IMAGES_PER_RUN);
  for (const image of images) {
    const object = await findObject(bucket, image.key);
    if (object === null) {
      // Its owner may have deleted the picture since the row was read.
      if ((await findImage(db, image.id)) === null) continue;
      findings.push({ kind: "missing_object", subjectId: image.id, detail: image.key });
    } else if (object.bytes !== image.bytes || object.sha256 !== image.sha256) {
      findings.push({ kind: "object_differs_from_row", subjectId: image.id, detail: image.key });
    }
  }
  return { findings, cursor: images.length < IMAGES_PER_RUN ? null : (images.at(-1)?.id ?? null) };
}
