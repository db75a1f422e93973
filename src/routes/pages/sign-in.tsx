/** Signing in and out with forms. */
import { Hono } from "hono";
import { AppError } from "../../errors.ts";
import { credentialsSchema, signIn, signOut } from "../auth.ts";
import { listFieldErrors } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors } from "../views/model.ts";
import { SignInPage } from "../views/signin.tsx";
import { parseNextPath, readForm, toFieldErrors } from "./form.ts";

export const signInPages = new Hono<AppEnv>()
  .get("/signin", (c) => {
    const next = parseNextPath(c.req.query("next") ?? "/", c.get("config").origin);
    if (c.get("principal") !== null) return c.redirect(next, 303);
    return c.html(<SignInPage frame={buildFrame(c, takeNotice(c))} email="" next={next} />);
  })
  .post("/signin", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    const parsed = credentialsSchema.safeParse({ email, password: typedValue(values, "password") });
    if (!parsed.success)
      return refuse(c, { email, next, errors: toFieldErrors(listFieldErrors(parsed.error)) });
    try {
      await signIn(c, parsed.data);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "unauthenticated") throw error;
      c.set("refusal", error.reason ?? error.code);
      return refuse(c, { email, next, error: error.message });
    }
    return c.redirect(next, 303);
  })
  .post("/signout", async (c) => {
    await signOut(c);
    return c.redirect("/", 303);
  });

interface Refusal {
  email: string;
  next: string;
  error?: string;
  errors?: FieldErrors;
}

function refuse(c: AppContext, refusal: Refusal) {
  return c.html(<SignInPage frame={buildFrame(c, null)} {...refusal} />, refusal.errors ? 422 : 401);
}
