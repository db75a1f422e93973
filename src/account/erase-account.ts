/**
 * Erasure: one batch takes the person out of every table but the ledger and the audit log, leaves fingerprints of
 * addresses that have had starting credits, and then their objects go. An object that can't be deleted now has no row
 * any more, and the reconciler deletes it in its next round.
 */
import { fingerprintAddress } from "../auth/address-fingerprint.ts";
import { auditOrigin, type RequestFacts } from "../auth/request-facts.ts";
import { buildAccountClosing } from "../credits/close-account.ts";
import { buildGrantMemory } from "../credits/starting-grant.ts";
import { buildAudit } from "../db/audit.ts";
import {
  buildCancelWaiting,
  buildErasure,
  countBelongings,
  isGenerationOpenError,
  listPictureIds,
} from "../db/erasure.ts";
import { buildOutboxRow } from "../db/mail-outbox.ts";
import { listProviderAccounts } from "../db/provider-accounts.ts";
import { isLastHeroError } from "../db/user-changes.ts";
import { newId } from "../ids.ts";
import { logError } from "../log.ts";
import { buildThumbnailKey, buildUserPrefix } from "../r2/keys.ts";
import { deleteObjects, LIST_OBJECTS_MAX, listObjects } from "../r2/objects.ts";
import { fail, type Result, succeed } from "../result.ts";

export type ErasureRefusal =
  /** Pictures are in the making, and what is paid for can't be taken back. */
  { kind: "pictures_running" } | { kind: "last_hero" };

const PICTURES_PER_QUERY = 1_000;
/** Far more pictures than anybody can have paid for. */
const PAGES_MAX = 1_000;

/** The id of the farewell letter, which has to go out. `secrets` are what fingerprints of addresses are made with. */
export async function eraseAccount(
  db: D1Database,
  bucket: R2Bucket,
  secrets: readonly string[],
  person: { id: string; email: string },
  facts: RequestFacts,
): Promise<Result<{ letterId: string }, ErasureRefusal>> {
  const { running } = await countBelongings(db, person.id);
  if (running > 0) return fail({ kind: "pictures_running" });
  const thumbnailKeys = await listThumbnailKeys(db, person.id);
  const linked = await listProviderAccounts(db, person.id);
  const emails = [person.email, ...linked.map(({ email }) => email)];
  const fingerprints = emails.map((email) => fingerprintAddress(secrets, email));
  const letterId = newId(facts.now);
  const letter = { id: letterId, kind: "account_erased", recipient: person.email, userId: null, details: {} };
  const entry = {
    action: "account.erase",
    actorId: person.id,
    subjectId: person.id,
    origin: auditOrigin(facts),
  } as const;
  try {
    await db.batch([
      buildCancelWaiting(db, person.id),
      buildAccountClosing(db, person.id),
      buildGrantMemory(db, person.id, fingerprints),
      ...buildErasure(db, person),
      buildAudit(db, entry, facts.now),
      buildOutboxRow(db, letter, facts.now),
    ]);
  } catch (error) {
    if (isGenerationOpenError(error)) return fail({ kind: "pictures_running" });
    if (isLastHeroError(error)) return fail({ kind: "last_hero" });
    throw error;
  }
  await deletePictures(bucket, person.id, thumbnailKeys);
  return succeed({ letterId });
}

async function listThumbnailKeys(db: D1Database, userId: string): Promise<string[]> {
  const keys: string[] = [];
  for (let page = 0, after = ""; page < PAGES_MAX; page++) {
    const ids = await listPictureIds(db, userId, after, PICTURES_PER_QUERY);
    keys.push(...ids.map(buildThumbnailKey));
    const last = ids.at(-1);
    if (last === undefined || ids.length < PICTURES_PER_QUERY) break;
    after = last;
  }
  return keys;
}

async function deletePictures(bucket: R2Bucket, userId: string, thumbnailKeys: string[]): Promise<void> {
  try {
    await deleteObjects(bucket, thumbnailKeys);
    for (let page = 0; page < PAGES_MAX; page++) {
      const { objects } = await listObjects(bucket, {
        prefix: buildUserPrefix(userId),
        cursor: null,
        limit: LIST_OBJECTS_MAX,
      });
      if (objects.length === 0) return;
      await deleteObjects(
        bucket,
        objects.map((object) => object.key),
      );
    }
  } catch (error) {
    logError("erased_objects_left", error, { userId });
  }
}
