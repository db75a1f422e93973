/** Making an account and asking for a new password, with forms. */
import { Hono } from "hono";
import { AppError, statusOf } from "../../errors.ts";
import { parseFields } from "../../fields.ts";
import { linkSchema, registerSchema } from "../auth.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { ACCOUNT, HOME } from "../views/addresses.ts";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors, FormValues } from "../views/model.ts";
import { ForgotPage, RegisterPage } from "../views/register.tsx";
import { askForLink, BOT_CHECK_UNAVAILABLE, requirePerson } from "../ways-in.ts";
import { renderCheckMail } from "./check-mail.tsx";
import { parseNextPath, readForm, toFieldErrors } from "./form.ts";

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
    return renderRegister(c, { next });
  })
  .post("/register", async (c) => {
    const values = await readForm(c);
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    const parsed = parseFields(registerSchema, {
      email: typedValue(values, "email"),
      name: typedValue(values, "name"),
      turnstileToken: typedValue(values, "cf-turnstile-response"),
    });
    if (!parsed.ok) {
      return renderRegister(c, { next, values, status: 422, errors: toFieldErrors(parsed.error) });
    }
    const { email, name, turnstileToken } = parsed.value;
    try {
      await requirePerson(c, turnstileToken);
      await askForLink(c, { purpose: "register", email, name: name ?? "", userId: null, next });
    } catch (error) {
      return renderRegister(c, { next, values, ...explain(c, error) });
    }
    return renderCheckMail(c, email);
  })
  .get("/forgot", (c) => {
    const next = parseNextPath(c.req.query("next") ?? HOME, c.get("config").origin);
    return c.html(<ForgotPage frame={buildFrame(c, takeNotice(c))} email="" next={next} />);
  })
  .post("/forgot", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    const parsed = parseFields(linkSchema, { email });
    const frame = buildFrame(c, null);
    if (!parsed.ok) {
      const errors = toFieldErrors(parsed.error);
      return c.html(<ForgotPage frame={frame} email={email} next={next} errors={errors} />, 422);
    }
    try {
      await askForLink(c, { purpose: "reset", email: parsed.value.email, name: "", userId: null, next });
    } catch (error) {
      const { status, ...refusal } = explain(c, error);
      c.status(status as 422 | 429);
      return c.html(<ForgotPage frame={frame} email={email} next={next} {...refusal} />);
    }
    return renderCheckMail(c, parsed.value.email);
  });

interface Refusal {
  status: number;
  error?: string;
  errors?: FieldErrors;
}

/** A refusal that belongs beside the form; everything else goes on to the error page. */
function explain(c: AppContext, error: unknown): Refusal {
  if (!(error instanceof AppError)) throw error;
  const isFormsOwn = error.code === "invalid_request" || error.code === "too_many_requests";
  if (!isFormsOwn && error.reason !== BOT_CHECK_UNAVAILABLE) throw error;
  c.set("refusal", error.reason ?? error.code);
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  const status = statusOf(error.code);
  if (error.errors === undefined) return { status, error: error.message };
  return { status, errors: toFieldErrors(error.errors) };
}

function renderRegister(c: AppContext, form: Partial<Refusal> & { next: string; values?: FormValues }) {
  const { turnstile, startingCredits } = c.get("config");
  const values = form.values ?? {};
  if (turnstile !== null) c.header("Content-Security-Policy", TURNSTILE_POLICY);
  c.status((form.status ?? 200) as 200 | 422 | 429 | 503);
  return c.html(
    <RegisterPage
      frame={buildFrame(c, form.values === undefined ? takeNotice(c) : null)}
      email={typedValue(values, "email")}
      name={typedValue(values, "name")}
      next={form.next}
      startingCredits={startingCredits}
      turnstileSiteKey={turnstile?.siteKey ?? null}
      error={form.error}
      {...(form.errors === undefined ? {} : { errors: form.errors })}
    />,
  );
}
