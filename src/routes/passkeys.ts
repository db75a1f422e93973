/** Passkeys: signing in with one, and a person's own. Bytes travel as base64url, as the browser's API has them. */
import { Hono } from "hono";
import * as z from "zod";
import { setSessionCookie } from "../auth/middleware/load-principal.ts";
import { verifyOwnPassword } from "../auth/own-password.ts";
import { CREDENTIAL_ID_MAX_BYTES } from "../auth/passkeys/authenticator-data.ts";
import {
  addPasskey,
  buildCreationOptions,
  PASSKEYS_PER_PERSON_MAX,
  removePasskey,
} from "../auth/passkeys/own-passkeys.ts";
import { buildRequestOptions, signInWithPasskey } from "../auth/passkeys/sign-in.ts";
import { PASSWORD_INPUT_MAX_UNITS } from "../auth/password.ts";
import { SESSION_TTL_SECONDS } from "../auth/session.ts";
import { listPasskeys } from "../db/passkeys.ts";
import { AppError } from "../errors.ts";
import { nameSchema, presentUserById } from "./auth.ts";
import { parseJsonBody } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { requireOwnPassword } from "./own-account.ts";
import { presentPasskey } from "./present.ts";
import { buildRequestFacts } from "./request-facts.ts";
import { deliverLater } from "./ways-in.ts";

/** Generous: real ones have 100 to 800 bytes. */
const PART_MAX_BYTES = 4_096;
const TRANSPORTS_MAX = 10;
const PASSKEY_NAME_MAX_CHARACTERS = 60;

const encodedSchema = (maxBytes: number) =>
  z
    .string()
    .min(1)
    .max(Math.ceil((maxBytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/, "This must be base64url.");

const bytesSchema = (maxBytes: number) =>
  encodedSchema(maxBytes).transform((text) => Buffer.from(text, "base64url"));

const nothingSchema = z.strictObject({});

const optionsSchema = z.strictObject({
  /** Needed by those who have a password. */
  current: z.string().max(PASSWORD_INPUT_MAX_UNITS).optional(),
});

const creationSchema = z.strictObject({
  name: nameSchema
    .max(PASSKEY_NAME_MAX_CHARACTERS, `Use at most ${PASSKEY_NAME_MAX_CHARACTERS} characters.`)
    .default(""),
  id: bytesSchema(CREDENTIAL_ID_MAX_BYTES),
  response: z.strictObject({
    clientDataJSON: bytesSchema(PART_MAX_BYTES),
    authenticatorData: bytesSchema(PART_MAX_BYTES),
    publicKey: bytesSchema(PART_MAX_BYTES),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(TRANSPORTS_MAX)
      .default([]),
  }),
});

const assertionSchema = z.strictObject({
  id: encodedSchema(CREDENTIAL_ID_MAX_BYTES),
  response: z.strictObject({
    clientDataJSON: bytesSchema(PART_MAX_BYTES),
    authenticatorData: bytesSchema(PART_MAX_BYTES),
    signature: bytesSchema(PART_MAX_BYTES),
    userHandle: bytesSchema(PART_MAX_BYTES),
  }),
});

export const passkeys = new Hono<AppEnv>()
  .post("/api/auth/passkey/options", async (c) => {
    await parseJsonBody(c, nothingSchema);
    return c.json(await buildRequestOptions(c.env.DB, c.get("config"), Date.now()));
  })
  .post("/api/auth/passkey", async (c) => {
    const { id, response } = await parseJsonBody(c, assertionSchema);
    const { origin } = c.get("config");
    const answer = { credentialId: id, ...response };
    const signedIn = await signInWithPasskey(c.env.DB, answer, { origin }, buildRequestFacts(c));
    if (!signedIn.ok) {
      throw new AppError("unauthenticated", {
        detail: "This passkey opens no account here. Try again, or choose another way.",
        reason: `sign_in_${signedIn.error}`,
      });
    }
    setSessionCookie(c, origin, signedIn.value.token, SESSION_TTL_SECONDS);
    return c.json({ user: await presentUserById(c, signedIn.value.userId) });
  })
  .get("/api/me/passkeys", async (c) => {
    const rows = await listPasskeys(c.env.DB, requireUser(c).id, PASSKEYS_PER_PERSON_MAX);
    return c.json({ items: rows.map(presentPasskey) });
  })
  .post("/api/me/passkeys/options", async (c) => {
    const user = requireUser(c);
    const { current } = await parseJsonBody(c, optionsSchema);
    const facts = buildRequestFacts(c);
    requireOwnPassword(await verifyOwnPassword(c.env.DB, user, current ?? "", facts));
    return c.json(await buildCreationOptions(c.env.DB, user, c.get("config"), facts.now));
  })
  .post("/api/me/passkeys", async (c) => {
    const user = requireUser(c);
    const { name, id, response } = await parseJsonBody(c, creationSchema);
    const answer = { name, credentialId: id, ...response };
    const added = await addPasskey(c.env.DB, answer, user, c.get("config"), buildRequestFacts(c));
    if (!added.ok) throw explainAddition(added.error);
    deliverLater(c, added.value.letterIds);
    return c.json({ id: added.value.id }, 201);
  })
  .delete("/api/me/passkeys/:id", async (c) => {
    await removeOwnPasskey(c, c.req.param("id"));
    return c.body(null, 204);
  });

/** Throws 404 for one that isn't the caller's, and 409 for the last way in. */
export async function removeOwnPasskey(c: AppContext, id: string): Promise<void> {
  const offered = c.get("config").providers.map((provider) => provider.id);
  const removed = await removePasskey(c.env.DB, id, offered, requireUser(c), buildRequestFacts(c));
  if (removed.ok) return deliverLater(c, removed.value.letterIds);
  if (removed.error === "not_there") throw new AppError("not_found");
  throw new AppError("conflict", {
    detail:
      "This passkey is the only way into your account. Choose a password, add another passkey or connect a provider first. Nothing was changed.",
    reason: removed.error,
  });
}

function explainAddition(refusal: "not_verified" | "not_added"): AppError {
  if (refusal === "not_verified") {
    return new AppError("invalid_request", {
      detail: "The passkey could not be checked, or it took too long. Start again. Nothing was added.",
      reason: refusal,
    });
  }
  return new AppError("conflict", {
    detail: `This passkey is known already, or you have ${PASSKEYS_PER_PERSON_MAX}, which is as many as anybody has. Nothing was added.`,
    reason: refusal,
  });
}
