/**
 * Passkeys: signing in with one, and a person's own. Questions and answers travel in the JSON of the standard, which
 * browsers write and read by themselves: https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */
import { Hono } from "hono";
import * as z from "zod/mini";
import { setSessionCookie } from "../auth/middleware/load-principal.ts";
import { verifyOwnPassword } from "../auth/own-password.ts";
import {
  type AddPasskeyRefusal,
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

/** The standard's limit for the id of a credential. */
const CREDENTIAL_ID_MAX_BYTES = 1_023;
/** The standard's limit for what an authenticator keeps about whose passkey it is. */
const USER_HANDLE_MAX_BYTES = 64;
/** Generous: real ones have 100 to 800 bytes, and those with certificates, which get their own answer, a few thousand. */
const PART_MAX_BYTES = 8_192;
const TRANSPORTS_MAX = 10;
const WORD_MAX_CHARACTERS = 32;
const PASSKEY_NAME_MAX_CHARACTERS = 60;

const bytesSchema = (maxBytes: number) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(Math.ceil((maxBytes * 4) / 3)),
      z.regex(/^[A-Za-z0-9_-]+$/, "This must be base64url."),
    );

const partSchema = bytesSchema(PART_MAX_BYTES);

/** What both kinds of answer have around their own parts. Browsers differ in which of it they send. */
const credentialFields = {
  id: bytesSchema(CREDENTIAL_ID_MAX_BYTES),
  rawId: bytesSchema(CREDENTIAL_ID_MAX_BYTES),
  type: z.literal("public-key"),
  authenticatorAttachment: z.nullish(z.string().check(z.maxLength(WORD_MAX_CHARACTERS))),
  /** No extension is asked for that says anything here. */
  clientExtensionResults: z.optional(z.looseObject({})),
};

const nothingSchema = z.strictObject({});

const optionsSchema = z.strictObject({
  /** Needed by those who have a password. */
  current: z.optional(z.string().check(z.maxLength(PASSWORD_INPUT_MAX_UNITS))),
});

/** `RegistrationResponseJSON`, with a name beside it. */
const creationSchema = z.strictObject({
  ...credentialFields,
  name: z._default(nameSchema.check(z.maxLength(PASSKEY_NAME_MAX_CHARACTERS)), ""),
  response: z.strictObject({
    clientDataJSON: partSchema,
    attestationObject: partSchema,
    transports: z._default(
      z
        .array(z.string().check(z.regex(/^[a-z-]{1,20}$/, "Name a transport such as internal.")))
        .check(z.maxLength(TRANSPORTS_MAX)),
      [],
    ),
    // The browser's own reading of the attestation object, which is read again here.
    authenticatorData: z.nullish(partSchema),
    publicKey: z.nullish(partSchema),
    publicKeyAlgorithm: z.nullish(z.int()),
  }),
});

/** `AuthenticationResponseJSON`. */
const assertionSchema = z.strictObject({
  ...credentialFields,
  response: z.strictObject({
    clientDataJSON: partSchema,
    authenticatorData: partSchema,
    signature: partSchema,
    // Optional in the standard only for those who said whose passkey they wanted, and here nobody is asked.
    userHandle: bytesSchema(USER_HANDLE_MAX_BYTES),
  }),
});

export const passkeys = new Hono<AppEnv>()
  .post("/api/auth/passkey/options", async (c) => {
    await parseJsonBody(c, nothingSchema);
    return c.json(await buildRequestOptions(c.env.DB, c.get("config"), Date.now()));
  })
  .post("/api/auth/passkey", async (c) => {
    const answer = await parseJsonBody(c, assertionSchema);
    const { origin } = c.get("config");
    const { userHandle } = answer.response;
    const facts = buildRequestFacts(c);
    const signedIn = await signInWithPasskey(c.env.DB, { ...answer, userHandle }, { origin }, facts);
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
    const answer = await parseJsonBody(c, creationSchema);
    const { transports } = answer.response;
    const facts = buildRequestFacts(c);
    const added = await addPasskey(c.env.DB, { ...answer, transports }, user, c.get("config"), facts);
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

function explainAddition(refusal: AddPasskeyRefusal): AppError {
  switch (refusal) {
    case "not_verified":
      return new AppError("invalid_request", {
        detail: "The passkey could not be checked, or it took too long. Start again. Nothing was added.",
        reason: refusal,
      });
    case "attested":
      return new AppError("invalid_request", {
        detail:
          "This passkey came with certificates of its maker (attestation), which this site doesn't ask for and can't check. Make one without them. Nothing was added.",
        reason: refusal,
      });
    case "not_added":
      return new AppError("conflict", {
        detail: `This passkey is known already, or you have ${PASSKEYS_PER_PERSON_MAX}, which is as many as anybody has. Nothing was added.`,
        reason: refusal,
      });
  }
}
