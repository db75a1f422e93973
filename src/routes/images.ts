/** Pictures as JSON: the own gallery, one picture, and what its owner may change. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { deleteImage, findImage, type ImageRow, listImagesByUser, updateImage } from "../db/images.ts";
import { AppError } from "../errors.ts";
import { singleLine } from "../generations/wording.ts";
import { logError } from "../log.ts";
import { deleteObjects } from "../r2/objects.ts";
import { pageQuery, parseId, parseJsonBody, parseQuery } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { presentImage } from "./present.ts";

const SEARCH_MAX_CHARACTERS = 100;
const TITLE_MAX_CHARACTERS = 160;
const TAG_MAX_CHARACTERS = 30;
const TAGS_MAX = 12;

const key = z.string().check(z.regex(/^[0-9a-z:-]{1,40}$/, "Use a key of the catalogue."));

/** The page's field separates tags by commas: with one inside, saving the page would make two of it. */
const tag = singleLine(TAG_MAX_CHARACTERS, () => "Write this as text.").check(
  z.minLength(1),
  z.refine((words) => !words.includes(","), "Leave out the comma: it separates tags."),
);

export const imageQuery = z.extend(pageQuery, {
  q: z.optional(z.string().check(z.trim(), z.maxLength(SEARCH_MAX_CHARACTERS))),
  eventType: z.optional(key),
  style: z.optional(key),
  shape: z.optional(key),
  visibility: z.optional(z.enum(["private", "public"])),
  favourite: z.optional(
    z.pipe(
      z.enum(["true", "false"]),
      z.transform((text) => text === "true"),
    ),
  ),
  tag: z.optional(z.string().check(z.trim(), z.maxLength(TAG_MAX_CHARACTERS))),
});

export const imageChangeSchema = z.strictObject({
  title: z.optional(singleLine(TITLE_MAX_CHARACTERS, () => "Give it a title.").check(z.minLength(1))),
  visibility: z.optional(z.enum(["private", "public"])),
  tags: z.optional(
    z.pipe(
      z.array(tag).check(z.maxLength(TAGS_MAX, `At most ${TAGS_MAX} tags.`)),
      z.transform((tags) => [...new Set(tags)]),
    ),
  ),
  favourite: z.optional(z.boolean()),
});

export const images = new Hono<AppEnv>()
  .get("/api/images", async (c) => {
    const user = requireUser(c);
    const { cursor, limit, ...filter } = parseQuery(c, imageQuery);
    const page = await listImagesByUser(c.env.DB, user.id, filter, { cursor, limit });
    return c.json({
      items: page.items.map((row) => presentImage(row, user.id)),
      nextCursor: page.nextCursor,
      total: page.total,
    });
  })
  .get("/api/images/:id", async (c) => {
    const row = await getVisibleImage(c);
    return c.json(presentImage(row, c.get("principal")?.id ?? null));
  })
  .patch("/api/images/:id", async (c) => {
    const user = requireUser(c);
    const id = parseId(c);
    const row = await updateImage(c.env.DB, user.id, id, await parseJsonBody(c, imageChangeSchema));
    if (row === null) throw new AppError("not_found");
    return c.json(presentImage(row, user.id));
  })
  .delete("/api/images/:id", async (c) => {
    await removeImage(c, parseId(c));
    return c.body(null, 204);
  });

/** The picture of the path if it is the caller's or public; somebody else's private one isn't there. */
export async function getVisibleImage(c: AppContext): Promise<ImageRow> {
  const row = await findImage(c.env.DB, parseId(c));
  const isVisible = row !== null && (row.visibility === "public" || row.userId === c.get("principal")?.id);
  if (!isVisible) throw new AppError("not_found");
  return row;
}

/** The row goes first, so that no page leads to a missing object; the reconciler clears an object that stays. */
export async function removeImage(c: AppContext, id: string): Promise<void> {
  const deleted = await deleteImage(c.env.DB, requireUser(c).id, id);
  if (deleted === null) throw new AppError("not_found");
  const keys = deleted.thumbnailKey === null ? [deleted.key] : [deleted.key, deleted.thumbnailKey];
  try {
    await deleteObjects(c.env.BUCKET, keys);
  } catch (error) {
    logError("objects_not_deleted", error, { imageId: id });
  }
}
