/** Making an account and asking for a new password, with forms. */
import { Hono } from "hono";
import { AppError } from "../../errors.ts";
import { linkSchema, registerSchema } from "../auth.ts";
import { parseValue } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { ACCOUNT, HOME } from "../views/addresses.ts";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";
import { ForgotPage, RegisterPage } from "../views/register.tsx";
import { askForLink, BOT_CHECK_UNAVAILABLE, requirePerson } from "../ways-in.ts";
import { renderCheckMail } from "./check-mail.tsx";
import { parseNextPath, type Refusal, readForm, refuseForm } from "./form.ts";

/** Only this page loads the bot check, and only where it is configured. */
const TURNSTILE_POLICY = [
  "default-src 'none'",
  "script-src 'self' https://challenges.cloudflare.com",
  "frame-src https://challenges.cloudflare.com",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self' https://challenges.cloudflare.com",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const registerPages = new Hono<AppEnv>()
  .get("/register", (c) => {
    const next = parseNextPath(c.req.query("next") ?? HOME, c.get("config").origin);
    if (c.get("principal") !== null) return c.redirect(next === HOME ? ACCOUNT : next, 303);
    return renderRegister(c, { next }, null);
  })
  .post("/register", async (c) => {
    const values = await readForm(c);
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    try {
      const { email, name, turnstileToken } = parseValue(toRegistration(values), registerSchema);
      await requirePerson(c, turnstileToken);
      await askForLink(c, { purpose: "register", email, name: name ?? "", userId: null, next });
      return renderCheckMail(c, email);
    } catch (error) {
      return renderRegister(c, { ...values, next }, refuse(c, error));
    }
  })
  .get("/forgot", (c) => {
    const next = parseNextPath(c.req.query("next") ?? HOME, c.get("config").origin);
    return c.html(<ForgotPage frame={buildFrame(c, takeNotice(c))} email="" next={next} />);
  })
  .post("/forgot", async (c) => {
    const values = await readForm(c);
    const typed = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    try {
      const { email } = parseValue({ email: typed }, linkSchema);
      await askForLink(c, { purpose: "reset", email, name: "", userId: null, next });
      return renderCheckMail(c, email);
    } catch (error) {
      const refusal = refuse(c, error);
      return c.html(<ForgotPage frame={buildFrame(c, null)} email={typed} next={next} {...refusal} />);
    }
  });

function toRegistration(values: FormValues): unknown {
  return {
    email: typedValue(values, "email"),
    name: typedValue(values, "name"),
    turnstileToken: typedValue(values, "cf-turnstile-response"),
  };
}

/** A refusal that belongs beside the form; everything else goes on to the error page. */
function refuse(c: AppContext, error: unknown): Refusal {
  if (!(error instanceof AppError)) throw error;
  const isFormsOwn = error.code === "invalid_request" || error.code === "too_many_requests";
  if (!isFormsOwn && error.reason !== BOT_CHECK_UNAVAILABLE) throw error;
  return refuseForm(c, error);
}

function renderRegister(c: AppContext, values: FormValues, refusal: Refusal | null) {
  const { turnstile, startingCredits } = c.get("config");
  if (turnstile !== null) c.header("Content-Security-Policy", TURNSTILE_POLICY);
  return c.html(
    <RegisterPage
      frame={buildFrame(c, refusal === null ? takeNotice(c) : null)}
      email={typedValue(values, "email")}
      name={typedValue(values, "name")}
      next={typedValue(values, "next")}
      startingCredits={startingCredits}
      turnstileSiteKey={turnstile?.siteKey ?? null}
      {...refusal}
    />,
  );
}
