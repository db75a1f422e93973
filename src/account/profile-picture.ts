/**
 * A person's own picture: whatever was uploaded becomes a small square, so that nothing is kept of it but its pixels
 * (no place, no camera, no second file behind the first), and only bytes that were proved are stored.
 */
import { PROFILE_PICTURE_MAX_BYTES, saveProfilePicture } from "../db/profile-pictures.ts";
import type { ImageDefect } from "../r2/image-facts.ts";
import { cropToSquare } from "../r2/transform.ts";
import { fail, type Result, succeed } from "../result.ts";
import { sha256 } from "../sha256.ts";

/** Wide enough for a screen with two pixels to the dot. */
export const PROFILE_PICTURE_SIDE_PIXELS = 256;

export type ProfilePictureRefusal =
  | { kind: "no_picture"; defect: ImageDefect }
  /** It can't be made into a square right now; the bytes may be fine. */
  | { kind: "not_made"; cause: unknown };

/** The SHA-256 of what is stored now. */
export async function changeProfilePicture(
  db: D1Database,
  images: ImagesBinding,
  userId: string,
  upload: Uint8Array,
  now: number,
): Promise<Result<string, ProfilePictureRefusal>> {
  const made = await cropToSquare(images, upload, PROFILE_PICTURE_SIDE_PIXELS);
  if (!made.ok) {
    const { error } = made;
    return fail(
      error.kind === "invalid_source"
        ? { kind: "no_picture", defect: error.defect }
        : { kind: "not_made", cause: error },
    );
  }
  const bytes = made.value;
  if (bytes.length > PROFILE_PICTURE_MAX_BYTES) return fail({ kind: "not_made", cause: "too_many_bytes" });
  const hash = await sha256(bytes);
  await saveProfilePicture(db, userId, { bytes, sha256: hash }, now);
  return succeed(hash);
}
