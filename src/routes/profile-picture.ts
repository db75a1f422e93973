/** A person's own picture: taken in as PNG, JPEG or WebP, given out as a small square. */
import { Hono } from "hono";
import { changeProfilePicture } from "../account/profile-picture.ts";
import { deleteProfilePicture, findProfilePicture } from "../db/profile-pictures.ts";
import { AppError } from "../errors.ts";
import { logWarning } from "../log.ts";
import { buildImageHeaders, findNotModified } from "../r2/image-headers.ts";
import { parseId } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { isOn, reportFlagFailure } from "./flags.ts";

/** What a telephone's camera makes fits in. */
export const PICTURE_UPLOAD_MAX_BYTES = 10 * 1024 * 1024;
const UPLOAD_TYPE = /^image\/(?:png|jpeg|webp)\s*(?:;|$)/i;
const OWN_PICTURE = { format: "webp", visibility: "private" } as const;

export const profilePictures = new Hono<AppEnv>()
  .put("/api/me/picture", async (c) => {
    if (!UPLOAD_TYPE.test(c.req.header("Content-Type") ?? "")) {
      throw new AppError("unsupported_media_type", {
        detail: "Send a picture as image/png, image/jpeg or image/webp. Nothing was changed.",
      });
    }
    await setProfilePicture(c, new Uint8Array(await c.req.arrayBuffer()));
    return c.body(null, 204);
  })
  .delete("/api/me/picture", async (c) => {
    if (!(await deleteProfilePicture(c.env.DB, requireUser(c).id))) throw new AppError("not_found");
    return c.body(null, 204);
  })
  .get("/account/picture", (c) => servePicture(c, requireUser(c).id))
  .get("/admin/users/:id/picture", (c) => servePicture(c, parseId(c)));

/** Throws 422 with the field `picture` for bytes that are no picture, and 503 while none can be made. */
export async function setProfilePicture(c: AppContext, upload: Uint8Array): Promise<void> {
  if (!isOn(c, "image_processing")) {
    throw new AppError("feature_disabled", {
      detail:
        "Pictures can't be resized right now: an administrator has switched that off for a while. Your picture is as it was.",
    });
  }
  const { id } = requireUser(c);
  const changed = await changeProfilePicture(c.env.DB, c.env.IMAGES, id, upload, Date.now());
  if (changed.ok) return;
  if (changed.error.kind === "no_picture") {
    throw new AppError("invalid_request", {
      errors: [
        { field: "picture", message: "Choose a complete PNG, JPEG or WebP of 64 to 4,096 pixels a side." },
      ],
      reason: changed.error.defect.kind,
    });
  }
  logWarning("profile_picture_not_made", { userId: id });
  reportFlagFailure(c, "image_processing");
  throw new AppError("unavailable", {
    detail:
      "This picture can't be resized right now. Your picture is as it was; try again later, or with another file.",
  });
}

async function servePicture(c: AppContext, userId: string): Promise<Response> {
  const picture = await findProfilePicture(c.env.DB, userId);
  if (picture === null) throw new AppError("not_found");
  const unchanged = findNotModified(OWN_PICTURE, picture.sha256, { headers: c.req.raw.headers });
  return (
    unchanged ?? new Response(picture.bytes, { headers: buildImageHeaders(OWN_PICTURE, picture.sha256) })
  );
}
