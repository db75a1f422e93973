/**
 * The scheduled look at the whole: the books (credits/reconcile.ts) and the bucket against the rows, both ways.
 * An object that no row names and no job can still claim is deleted; everything else is reported and alarmed.
 */
import { type Finding, reconcile } from "../credits/reconcile.ts";
import { listImagesForCheck, listKnownKeys } from "../db/images.ts";
import { beginReconciliation, finishReconciliation } from "../db/reconciliations.ts";
import { logAlarm, logInfo } from "../log.ts";
import { deleteObjects, findObject, listObjects, type StoredObject } from "../r2/objects.ts";

const RECONCILE_INTERVAL_MS = 10 * 60_000;
const FINDINGS_MAX_PER_KIND = 100;
/** Objects looked at in one run; the next run goes on behind them. */
const OBJECTS_PER_RUN = 500;
const KEYS_PER_QUERY = 100;
/** Images whose object is looked up in one run. */
const IMAGES_PER_RUN = 50;
/** Younger objects may belong to a job that is about to commit: older than any lease. */
const ORPHAN_MIN_AGE_MS = 10 * 60_000;

export interface ObjectFinding {
  kind: "orphan_object" | "missing_object" | "object_differs_from_row";
  subjectId: string;
  detail: string;
}

export async function reconcileIfDue(db: D1Database, bucket: R2Bucket): Promise<boolean> {
  const run = await beginReconciliation(db, RECONCILE_INTERVAL_MS);
  if (run === null) return false;
  const books: Finding[] = await reconcile(db, FINDINGS_MAX_PER_KIND);
  const walk = await removeOrphans(db, bucket, run.cursor, Date.now());
  const missing = await findMissingObjects(db, bucket, run.id);
  const findings = [...books, ...missing];
  for (const finding of findings) logAlarm("books_disagree", { ...finding });
  if (walk.removed.length > 0) logInfo("orphans_removed", { objects: walk.removed.length });
  await finishReconciliation(db, run.id, { findings, repaired: walk.removed, cursor: walk.cursor });
  return true;
}

interface Walk {
  removed: ObjectFinding[];
  cursor: string | null;
}

/** One stretch of the bucket: deletes objects without a row that are too old to belong to a running job. */
async function removeOrphans(
  db: D1Database,
  bucket: R2Bucket,
  cursor: string | null,
  now: number,
): Promise<Walk> {
  const page = await listObjects(bucket, { prefix: "", cursor, limit: OBJECTS_PER_RUN });
  const old = page.objects.filter((object) => now - object.uploadedAt > ORPHAN_MIN_AGE_MS);
  const orphans: StoredObject[] = [];
  for (let start = 0; start < old.length; start += KEYS_PER_QUERY) {
    const part = old.slice(start, start + KEYS_PER_QUERY);
    const known = await listKnownKeys(
      db,
      part.map((object) => object.key),
    );
    orphans.push(...part.filter((object) => !known.has(object.key)));
  }
  await deleteObjects(
    bucket,
    orphans.map((object) => object.key),
  );
  const removed = orphans.map((object) => ({
    kind: "orphan_object" as const,
    subjectId: object.key,
    detail: `${object.bytes} bytes without a row`,
  }));
  return { removed, cursor: page.cursor };
}

/** A sample of rows, another one each run, whose object has to be there with the row's length and checksum. */
async function findMissingObjects(db: D1Database, bucket: R2Bucket, run: number): Promise<ObjectFinding[]> {
  const findings: ObjectFinding[] = [];
  for (const image of await listImagesForCheck(db, run, IMAGES_PER_RUN)) {
    const object = await findObject(bucket, image.key);
    if (object === null) {
      findings.push({ kind: "missing_object", subjectId: image.id, detail: image.key });
    } else if (object.bytes !== image.bytes || object.sha256 !== image.sha256) {
      findings.push({ kind: "object_differs_from_row", subjectId: image.id, detail: image.key });
    }
  }
  return findings;
}
