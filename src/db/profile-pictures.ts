/** Table profile_pictures: a person's own small picture. One row a person; the bytes are proved before they come here. */
import type { Query } from "./query.ts";

/** The CHECK of the table. */
export const PROFILE_PICTURE_MAX_BYTES = 131_072;

export interface ProfilePicture {
  bytes: Uint8Array;
  /** Hexadecimal. */
  sha256: string;
}

export async function saveProfilePicture(
  db: D1Database,
  userId: string,
  picture: ProfilePicture,
  now: number,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO profile_pictures (user_id, bytes, sha256, updated_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (user_id) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256,
         updated_at = excluded.updated_at`,
    )
    .bind(userId, picture.bytes, picture.sha256, now)
    .run();
}

/** False when there was none. */
export async function deleteProfilePicture(db: D1Database, userId: string): Promise<boolean> {
  const { meta } = await db.prepare("DELETE FROM profile_pictures WHERE user_id = ?1").bind(userId).run();
  return meta.changes > 0;
}

export async function findProfilePicture(db: D1Database, userId: string): Promise<ProfilePicture | null> {
  const row = await db
    .prepare("SELECT bytes, sha256 FROM profile_pictures WHERE user_id = ?1")
    .bind(userId)
    .first<{ bytes: number[]; sha256: string }>();
  return row === null ? null : { bytes: Uint8Array.from(row.bytes), sha256: row.sha256 };
}

/** The version of somebody's picture, for its address on a page; null when there is none. */
export function buildPictureVersionQuery(db: D1Database, userId: string): Query<string | null> {
  return {
    statement: db.prepare("SELECT sha256 FROM profile_pictures WHERE user_id = ?1").bind(userId),
    parse: ([row]: { sha256: string }[]) => row?.sha256 ?? null,
  };
}
