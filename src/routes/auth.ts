/** Sign-in by password and sign-out for programs. The pages do the same through forms. */
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import * as z from "zod";
import { setSessionCookie } from "../auth/middleware/guard-routes.ts";
import { PASSWORD_MAX_CHARACTERS } from "../auth/password.ts";
import { toPrincipal } from "../auth/principal.ts";
import {
  endSession,
  readSession,
  SESSION_TTL_SECONDS,
  sessionCookieName,
  startSession,
} from "../auth/session.ts";
import { verifyCredentials } from "../auth/sign-in.ts";
import { deleteSessionsByUser } from "../db/sessions.ts";
import { AppError } from "../errors.ts";
import { parseJsonBody } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { presentMe } from "./present.ts";

const EMAIL_MAX_CHARACTERS = 254;

export const credentialsSchema = z.strictObject({
  email: z
    .string()
    .min(3, "Enter your e-mail address.")
    .max(EMAIL_MAX_CHARACTERS, "This address is too long."),
  password: z
    .string()
    .min(1, "Enter your password.")
    .max(PASSWORD_MAX_CHARACTERS, `A password has at most ${PASSWORD_MAX_CHARACTERS} characters.`),
});

export const auth = new Hono<AppEnv>()
  .post("/api/auth/login", async (c) => {
    const credentials = await parseJsonBody(c, credentialsSchema);
    const token = await signIn(c, credentials);
    const session = await readSession(c.env.DB, token, Date.now());
    if (session === null) throw new AppError("unauthenticated", { reason: "session_not_found" });
    return c.json({ user: presentMe(toPrincipal(session)) });
  })
  .post("/api/auth/logout", async (c) => {
    await signOut(c);
    return c.body(null, 204);
  })
  .post("/api/auth/logout-everywhere", async (c) => {
    await signOutEverywhere(c);
    return c.body(null, 204);
  });

/** Starts a session and sets its cookie, or throws 401 with one message for every cause. */
export async function signIn(c: AppContext, credentials: z.infer<typeof credentialsSchema>): Promise<string> {
  const { origin } = c.get("config");
  const now = Date.now();
  const verified = await verifyCredentials(c.env.DB, credentials.email, credentials.password, now);
  if (!verified.ok) {
    throw new AppError("unauthenticated", {
      detail: "This e-mail address and password don't match an account. Check both and try again.",
      reason: `sign_in_${verified.error}`,
    });
  }
  // A cookie that was there before is never kept: a planted session must not become this person's.
  await endSession(c.env.DB, getCookie(c, sessionCookieName(origin)));
  const token = await startSession(c.env.DB, {
    userId: verified.value.userId,
    method: "password",
    userAgent: c.req.header("User-Agent") ?? "",
    now,
  });
  setSessionCookie(c, origin, token, SESSION_TTL_SECONDS);
  return token;
}

export async function signOut(c: AppContext): Promise<void> {
  const { origin } = c.get("config");
  await endSession(c.env.DB, getCookie(c, sessionCookieName(origin)));
  setSessionCookie(c, origin, "", 0);
}

export async function signOutEverywhere(c: AppContext): Promise<void> {
  await deleteSessionsByUser(c.env.DB, requireUser(c).id);
  setSessionCookie(c, c.get("config").origin, "", 0);
}
