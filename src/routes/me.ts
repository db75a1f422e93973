/** The signed-in person: profile, credits, devices, keys, all their data, and the way out. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { EXPORT_PAGE_ROWS, writeExport } from "../account/export-account.ts";
import { PICTURES_PER_ARCHIVE, packPictures } from "../account/picture-archive.ts";
import { KEYS_PER_PERSON_MAX } from "../auth/api-key.ts";
import { PASSWORD_INPUT_MAX_UNITS } from "../auth/password.ts";
import { SCOPES } from "../auth/scopes.ts";
import { buildApiKeysQuery } from "../db/api-keys.ts";
import { listEntriesByUser } from "../db/entries.ts";
import { listExportPictures, readExport } from "../db/export.ts";
import { runQuery } from "../db/query.ts";
import { buildDevicesQuery } from "../db/sessions.ts";
import { updateName } from "../db/user-changes.ts";
import { AppError } from "../errors.ts";
import { wholeNumberInDigits } from "../fields.ts";
import { emailSchema, nameSchema } from "./auth.ts";
import { numberedPageQuery, parseId, parseJsonBody, parseQuery } from "./body.ts";
import { type AppEnv, requireUser } from "./context.ts";
import { askToChangeEmail, endSession, eraseOwnAccount, makeKey, revokeKey } from "./own-account.ts";
import { presentApiKey, presentDevice, presentEntry, presentMe } from "./present.ts";

/** People with more devices see the last used of them. */
export const DEVICES_MAX = 100;
const KEY_NAME_MAX_CHARACTERS = 60;
const PARTS_MAX = 10_000;

export const profileSchema = z.strictObject({ name: nameSchema });

export const newEmailSchema = z.strictObject({
  email: emailSchema,
  /** Needed by those who have a password. */
  current: z.optional(z.string().check(z.maxLength(PASSWORD_INPUT_MAX_UNITS))),
});

export const newKeySchema = z.strictObject({
  name: nameSchema.check(
    z.minLength(1, "Give the key a name, so that you recognise it later."),
    z.maxLength(KEY_NAME_MAX_CHARACTERS),
  ),
  scopes: z.pipe(
    z
      .array(z.enum(SCOPES))
      .check(z.minLength(1, "Choose at least one thing that the key may do."), z.maxLength(SCOPES.length)),
    z.transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  ),
});

export const me = new Hono<AppEnv>()
  .get("/api/me", (c) => {
    const user = requireUser(c);
    return c.json({ user: presentMe(user), credits: user.credits });
  })
  .patch("/api/me", async (c) => {
    const user = requireUser(c);
    const { name } = await parseJsonBody(c, profileSchema);
    await updateName(c.env.DB, user.id, name, Date.now());
    return c.json({ user: presentMe({ ...user, name }), credits: user.credits });
  })
  .delete("/api/me", async (c) => {
    await eraseOwnAccount(c);
    return c.body(null, 204);
  })
  .post("/api/me/email", async (c) => {
    const { email, current } = await parseJsonBody(c, newEmailSchema);
    await askToChangeEmail(c, { email, password: current ?? "" });
    return c.json({ message: "A letter with a link is on its way to the new address." }, 202);
  })
  .get("/api/me/export", async (c) => {
    const { id } = requireUser(c);
    const first = await readExport(c.env.DB, id, EXPORT_PAGE_ROWS);
    if (first === null) throw new AppError("not_found");
    const links = listArchivePaths(first.pictures).map((path) => c.get("config").origin + path);
    c.header("Content-Type", "application/json; charset=utf-8");
    c.header("Content-Disposition", 'attachment; filename="eventide-account.json"');
    return c.body(toStream(writeExport(c.env.DB, first, Date.now(), links)));
  })
  .get("/api/me/export/pictures", async (c) => {
    const { id } = requireUser(c);
    const { part } = parseQuery(c, partQuery);
    const pictures = await listExportPictures(c.env.DB, id, part, PICTURES_PER_ARCHIVE);
    if (pictures.length === 0 && part > 1) throw new AppError("not_found");
    c.header("Content-Type", "application/zip");
    c.header("Content-Disposition", `attachment; filename="eventide-pictures-${part}.zip"`);
    return c.body(packPictures(c.env.BUCKET, pictures));
  })
  .get("/api/me/sessions", async (c) => {
    const user = requireUser(c);
    const devices = await runQuery(buildDevicesQuery(c.env.DB, user.id, Date.now(), DEVICES_MAX));
    return c.json({ items: devices.map((row) => presentDevice(row, user.sessionId)), nextCursor: null });
  })
  .delete("/api/me/sessions/:id", async (c) => {
    await endSession(c, parseId(c));
    return c.body(null, 204);
  })
  .get("/api/me/keys", async (c) => {
    const { id } = requireUser(c);
    const keys = await runQuery(buildApiKeysQuery(c.env.DB, id, KEYS_PER_PERSON_MAX));
    return c.json({ items: keys.map(presentApiKey), nextCursor: null });
  })
  .post("/api/me/keys", async (c) => {
    const { name, scopes } = await parseJsonBody(c, newKeySchema);
    const created = await makeKey(c, { name, scopes });
    return c.json({ id: created.id, name, scopes, key: created.secret }, 201);
  })
  .delete("/api/me/keys/:id", async (c) => {
    await revokeKey(c, parseId(c));
    return c.body(null, 204);
  })
  .get("/api/credits/entries", async (c) => {
    const user = requireUser(c);
    const { cursor, limit } = parseQuery(c, numberedPageQuery);
    const page = await listEntriesByUser(c.env.DB, user.id, { cursor, limit });
    return c.json({ items: page.items.map(presentEntry), nextCursor: page.nextCursor });
  });

const partQuery = z.object({ part: z._default(wholeNumberInDigits(1, PARTS_MAX), 1) });

/** Where the archives of that many pictures are; one that is empty for somebody without any. */
export function listArchivePaths(pictures: number): string[] {
  const parts = Math.max(1, Math.ceil(pictures / PICTURES_PER_ARCHIVE));
  return Array.from({ length: parts }, (_, index) => `/api/me/export/pictures?part=${index + 1}`);
}

function toStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
