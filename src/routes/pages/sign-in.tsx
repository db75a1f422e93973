/** Signing in and out with forms, by password or by a mailed link. */
import { Hono } from "hono";
import { AppError, type ErrorCode } from "../../errors.ts";
import { credentialsSchema, linkSchema } from "../auth.ts";
import { parseValue } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { describeProviderProblem, findProviderProblem } from "../provider-problems.ts";
import { typedValue } from "../views/form-values.ts";
import { SignInPage } from "../views/signin.tsx";
import { askForLink, signIn, signOut } from "../ways-in.ts";
import { renderCheckMail } from "./check-mail.tsx";
import { parseNextPath, readForm, refuseForm } from "./form.ts";

export const signInPages = new Hono<AppEnv>()
  .get("/signin", (c) => {
    const next = parseNextPath(c.req.query("next") ?? "/", c.get("config").origin);
    if (c.get("principal") !== null) return c.redirect(next, 303);
    const frame = buildFrame(c, takeNotice(c));
    const { providers } = c.get("config");
    return c.html(
      <SignInPage frame={frame} email="" next={next} providers={providers} detail={findProblem(c)} />,
    );
  })
  .post("/signin", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    try {
      await signIn(c, parseValue({ email, password: typedValue(values, "password") }, credentialsSchema));
    } catch (error) {
      return refuse(c, { email, next }, error);
    }
    return c.redirect(next, 303);
  })
  .post("/signin/link", async (c) => {
    const values = await readForm(c);
    const email = typedValue(values, "email");
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    try {
      const link = parseValue({ email }, linkSchema);
      await askForLink(c, { purpose: "sign_in", email: link.email, name: "", userId: null, next });
      return renderCheckMail(c, link.email);
    } catch (error) {
      return refuse(c, { email, next }, error);
    }
  })
  .post("/signout", async (c) => {
    await signOut(c);
    return c.redirect(parseNextPath(c.req.query("next") ?? "/", c.get("config").origin), 303);
  });

/** What went wrong at a provider, as the address says; an address that somebody made up says nothing. */
function findProblem(c: AppContext): string | undefined {
  const problem = findProviderProblem(c.req.query("error"));
  if (problem === null) return undefined;
  const provider = c.get("config").providers.find(({ id }) => id === c.req.query("provider"));
  return describeProviderProblem(problem, provider?.name ?? "the other site");
}

const BESIDE_THE_FORM: readonly ErrorCode[] = ["invalid_request", "unauthenticated", "too_many_requests"];

/** A refusal that belongs beside the form; everything else goes on to the error page. */
function refuse(c: AppContext, typed: { email: string; next: string }, error: unknown) {
  if (!(error instanceof AppError) || !BESIDE_THE_FORM.includes(error.code)) throw error;
  const refusal = refuseForm(c, error);
  const { providers } = c.get("config");
  return c.html(<SignInPage frame={buildFrame(c, null)} providers={providers} {...typed} {...refusal} />);
}
