/** Signing in and out with forms, by password or by a mailed link. */
import { Hono } from "hono";
import { AppError, statusOf } from "../../errors.ts";
import { parseFields } from "../../fields.ts";
import { credentialsSchema, linkSchema } from "../auth.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { describeProviderProblem, findProviderProblem } from "../provider-problems.ts";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors } from "../views/model.ts";
import { SignInPage } from "../views/signin.tsx";
import { askForLink, signIn, signOut } from "../ways-in.ts";
import { renderCheckMail } from "./check-mail.tsx";
import { parseNextPath, readForm, toFieldErrors } from "./form.ts";

export const signInPages = new Hono<AppEnv>()
  .get("/signin", (c) => {
    const next = parseNextPath(c.req.query("next") ?? "/", c.get("config").origin);
    if (c.get("principal") !== null) return c.redirect(next, 303);
    const frame = buildFrame(c, takeNotice(c));
    const { providers } = c.get("config");
    return c.html(
      <SignInPage frame={frame} email="" next={next} providers={providers} error={findError(c)} />,
    );
  })
  .post("/signin", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    const parsed = parseFields(credentialsSchema, { email, password: typedValue(values, "password") });
    if (!parsed.ok) return refuse(c, { email, next, status: 422, errors: toFieldErrors(parsed.error) });
    try {
      await signIn(c, parsed.value);
    } catch (error) {
      return refuse(c, { email, next, ...explain(c, error) });
    }
    return c.redirect(next, 303);
  })
  .post("/signin/link", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    const parsed = parseFields(linkSchema, { email });
    if (!parsed.ok) return refuse(c, { email, next, status: 422, errors: toFieldErrors(parsed.error) });
    try {
      await askForLink(c, { purpose: "sign_in", email: parsed.value.email, name: "", userId: null, next });
    } catch (error) {
      return refuse(c, { email, next, ...explain(c, error) });
    }
    return renderCheckMail(c, parsed.value.email);
  })
  .post("/signout", async (c) => {
    await signOut(c);
    return c.redirect(parseNextPath(c.req.query("next") ?? "/", c.get("config").origin), 303);
  });

/** What went wrong at a provider, as the address says; an address that somebody made up says nothing. */
function findError(c: AppContext): string | undefined {
  const problem = findProviderProblem(c.req.query("error"));
  if (problem === null) return undefined;
  const provider = c.get("config").providers.find(({ id }) => id === c.req.query("provider"));
  return describeProviderProblem(problem, provider?.name ?? "the other site");
}

interface Refusal {
  email: string;
  next: string;
  status: number;
  error?: string;
  errors?: FieldErrors;
}

/** A refusal that belongs beside the form; everything else goes on to the error page. */
function explain(c: AppContext, error: unknown): { status: number; error: string } {
  if (!(error instanceof AppError)) throw error;
  if (error.code !== "unauthenticated" && error.code !== "too_many_requests") throw error;
  c.set("refusal", error.reason ?? error.code);
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return { status: statusOf(error.code), error: error.message };
}

function refuse(c: AppContext, { status, ...shown }: Refusal) {
  c.status(status as 401 | 422 | 429);
  const { providers } = c.get("config");
  return c.html(<SignInPage frame={buildFrame(c, null)} providers={providers} {...shown} />);
}
