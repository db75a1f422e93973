/** Ways in and out for programs. The pages do the same through forms. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { EMAIL_MAX_CHARACTERS, parseEmail } from "../auth/email.ts";
import { PASSWORD_INPUT_MAX_UNITS, PASSWORD_MAX_CHARACTERS } from "../auth/password.ts";
import { findUser } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { parseJsonBody } from "./body.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { presentAccount } from "./present.ts";
import { HOME } from "./views/addresses.ts";
import { askForLink, confirm, requirePerson, signIn, signOut, signOutEverywhere } from "./ways-in.ts";

const NAME_MAX_CHARACTERS = 80;
const TURNSTILE_TOKEN_MAX_CHARACTERS = 2_048;
const LINK_TOKEN_MAX_CHARACTERS = 100;

/** An address that letters go to. */
export const emailSchema = z.pipe(
  z.string("Enter your e-mail address."),
  z.transform((text, context) => {
    const email = parseEmail(text);
    if (email !== null) return email;
    const message = "Enter an e-mail address such as name@example.org.";
    context.issues.push({ code: "custom", input: text, message });
    return z.NEVER;
  }),
);

/** No controls, no breaks of lines, nothing that turns the direction of a whole page. Joiners stay: scripts need them. */
const VISIBLE_CHARACTERS = /^[^\p{Cc}\p{Zl}\p{Zp}\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufffd]*$/u;

/** One line, without characters that nobody can see. */
export const nameSchema = z.string().check(
  z.trim(),
  z.maxLength(NAME_MAX_CHARACTERS),
  z.regex(VISIBLE_CHARACTERS, "Leave out line breaks and invisible characters."),
  z.refine((name) => name.isWellFormed(), "This has half a character in it. Type it again."),
);

/** As typed; what makes a good one is decided where it is set. */
const passwordSchema = z
  .string("Enter your password.")
  .check(
    z.minLength(1),
    z.maxLength(PASSWORD_INPUT_MAX_UNITS, `A password has at most ${PASSWORD_MAX_CHARACTERS} characters.`),
  );

export const registerSchema = z.strictObject({
  email: emailSchema,
  name: z.optional(nameSchema),
  /** Only where a bot check is configured. */
  turnstileToken: z.optional(z.string().check(z.maxLength(TURNSTILE_TOKEN_MAX_CHARACTERS))),
});

export const linkSchema = z.strictObject({ email: emailSchema });

export const confirmSchema = z.strictObject({
  email: z.string().check(z.maxLength(EMAIL_MAX_CHARACTERS)),
  token: z.string().check(z.maxLength(LINK_TOKEN_MAX_CHARACTERS)),
  password: z.optional(passwordSchema),
});

/** Any text may be tried as an address here: which ones can exist is nobody's business. */
export const credentialsSchema = z.strictObject({
  email: z
    .string("Enter your e-mail address.")
    .check(z.minLength(3), z.maxLength(EMAIL_MAX_CHARACTERS, "This address is too long.")),
  password: passwordSchema,
});

const SENT = { message: "If the address can get mail from us, a letter with a link is on its way." };

export const auth = new Hono<AppEnv>()
  .post("/api/auth/register", async (c) => {
    const { email, name, turnstileToken } = await parseJsonBody(c, registerSchema);
    await requirePerson(c, turnstileToken);
    await askForLink(c, { purpose: "register", email, name: name ?? "", userId: null, next: HOME });
    return c.json(SENT, 202);
  })
  .post("/api/auth/magic-link", async (c) => {
    const { email } = await parseJsonBody(c, linkSchema);
    await askForLink(c, { purpose: "sign_in", email, name: "", userId: null, next: HOME });
    return c.json(SENT, 202);
  })
  .post("/api/auth/confirm", async (c) => {
    const { email, token, password } = await parseJsonBody(c, confirmSchema);
    const { userId } = await confirm(c, { email, token, password });
    return c.json({ user: await presentUserById(c, userId) });
  })
  .post("/api/auth/login", async (c) => {
    const credentials = await parseJsonBody(c, credentialsSchema);
    const { userId } = await signIn(c, credentials);
    return c.json({ user: await presentUserById(c, userId) });
  })
  .post("/api/auth/logout", async (c) => {
    await signOut(c);
    return c.body(null, 204);
  })
  .post("/api/auth/logout-everywhere", async (c) => {
    await signOutEverywhere(c);
    return c.body(null, 204);
  });

export async function presentUserById(c: AppContext, userId: string) {
  const user = await findUser(c.env.DB, userId);
  // Erased in the very moment of signing in.
  if (user === null) throw new AppError("unauthenticated", { reason: "person_gone" });
  return presentAccount(user);
}
