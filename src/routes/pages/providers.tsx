/** The way to an identity provider and back, for signing in and for connecting one to an account. */
import { Hono } from "hono";
import { setSessionCookie } from "../../auth/middleware/load-principal.ts";
import {
  type DanceFailure,
  departToProvider,
  type OAuthDesk,
  returnFromProvider,
} from "../../auth/oauth/auth-js.ts";
import { connectProvider, disconnectProvider } from "../../auth/oauth/connections.ts";
import { enterWithProvider } from "../../auth/oauth/enter.ts";
import { type Flow, openFlow, sealFlow } from "../../auth/oauth/flow.ts";
import type { ProviderIdentity } from "../../auth/oauth/identity.ts";
import type { ProviderSettings } from "../../auth/oauth/settings.ts";
import { verifyOwnPassword } from "../../auth/own-password.ts";
import { SESSION_TTL_SECONDS } from "../../auth/session.ts";
import { findCredentials } from "../../db/users.ts";
import { AppError } from "../../errors.ts";
import { logWarning } from "../../log.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { setFlowCookies, takeFlowCookies } from "../flow-cookies.ts";
import { buildFrame, setNotice } from "../frame.ts";
import { requireOwnPassword } from "../own-account.ts";
import {
  describeProviderProblem,
  type ProviderProblem,
  problemOfDance,
  problemOfRefusal,
} from "../provider-problems.ts";
import { buildRequestFacts } from "../request-facts.ts";
import { ACCOUNT, CREATE, HOME, SIGN_IN, withQuery } from "../views/addresses.ts";
import { ConnectPage } from "../views/connect.tsx";
import { DeparturePage } from "../views/departure.tsx";
import { typedValue } from "../views/form-values.ts";
import { buildAddressJoin, buildWelcome, deliverLater, greetNewcomer } from "../ways-in.ts";
import { parseNextPath, type Refusal, readForm, refuseForm } from "./form.ts";

export const providerPages = new Hono<AppEnv>()
  .post("/auth/signin/:provider", async (c) => {
    const provider = getProvider(c);
    const values = c.req.header("Content-Type") === undefined ? {} : await readForm(c);
    const next = parseNextPath(typedValue(values, "next"), c.get("config").origin);
    return depart(c, provider, { provider: provider.id, next, link: null });
  })
  .get("/auth/callback/:provider", async (c) => {
    const provider = getProvider(c);
    const { authSecret } = c.get("config");
    const query = new URL(c.req.url).searchParams;
    const { cookies, sealedFlow } = takeFlowCookies(c);
    const expected = { provider: provider.id, state: query.get("state") ?? "" };
    const flow = await openFlow(authSecret, sealedFlow, expected, Date.now());
    if (flow === null) return refuse(c, provider, "SignInLost", HOME);
    const returned = await returnFromProvider(buildDesk(c), provider, query, cookies);
    if (!returned.ok) {
      logFailure(c, provider, returned.error);
      return refuse(c, provider, problemOfDance(returned.error), flow.next);
    }
    return flow.link === null
      ? enter(c, provider, returned.value, flow)
      : connect(c, provider, returned.value, flow.link);
  })
  .get("/account/providers/:provider/connect", (c) => renderConnect(c, getProvider(c), null))
  .post("/account/providers/:provider/connect", async (c) => {
    const provider = getProvider(c);
    const user = requireUser(c);
    if (user.sessionId === null) throw new AppError("forbidden", { reason: "not_for_keys" });
    const password = typedValue(await readForm(c), "current");
    try {
      requireOwnPassword(await verifyOwnPassword(c.env.DB, user, password, buildRequestFacts(c)));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderConnect(c, provider, refuseForm(c, error));
    }
    const link = { userId: user.id, sessionId: user.sessionId };
    return depart(c, provider, { provider: provider.id, next: ACCOUNT, link });
  })
  .post("/account/providers/:provider/disconnect", async (c) => {
    const provider = getProvider(c);
    const offered = c.get("config").providers.map(({ id }) => id);
    const facts = buildRequestFacts(c);
    const removed = await disconnectProvider(c.env.DB, provider, offered, requireUser(c), facts);
    if (!removed.ok && removed.error === "not_linked") throw new AppError("not_found");
    if (!removed.ok) {
      throw new AppError("conflict", {
        detail: `${provider.name} is the only way into your account. Choose a password, add a passkey or connect another provider first. Nothing was changed.`,
        reason: removed.error,
      });
    }
    deliverLater(c, removed.value.letterIds);
    setNotice(c, { kind: "success", text: `${provider.name} no longer opens your account.` });
    return c.redirect(ACCOUNT, 303);
  });

/** One that isn't configured doesn't exist. */
function getProvider(c: AppContext): ProviderSettings {
  const provider = c.get("config").providers.find(({ id }) => id === c.req.param("provider"));
  if (provider === undefined) throw new AppError("not_found", { reason: "no_such_provider" });
  return provider;
}

function buildDesk(c: AppContext): OAuthDesk {
  const { origin, authSecret } = c.get("config");
  return { origin, secret: authSecret, fetch: (input, init) => fetch(input, init) };
}

async function depart(c: AppContext, provider: ProviderSettings, flow: Flow) {
  const departed = await departToProvider(buildDesk(c), provider);
  if (!departed.ok) {
    logFailure(c, provider, departed.error);
    return refuse(c, provider, "ProviderUnavailable", flow.next);
  }
  const { location, state, cookies } = departed.value;
  setFlowCookies(c, cookies, await sealFlow(c.get("config").authSecret, flow, state, Date.now()));
  // Browsers apply form-action of the page's policy to redirects of a form too, and a provider may send people on to
  // addresses that nobody can list. A page that leads there keeps the policy as strict as it is.
  if (c.req.header("Sec-Fetch-Dest") !== "document") return c.redirect(location, 303);
  c.header("Refresh", `0; url=${location}`);
  return c.html(<DeparturePage frame={buildFrame(c, null)} provider={provider.name} location={location} />);
}

async function enter(c: AppContext, provider: ProviderSettings, identity: ProviderIdentity, flow: Flow) {
  const { origin } = c.get("config");
  const context = { principal: c.get("principal"), welcome: buildWelcome(c) };
  const entered = await enterWithProvider(c.env.DB, identity, context, buildRequestFacts(c));
  if (!entered.ok) return refuse(c, provider, problemOfRefusal(entered.error), flow.next);
  const { token, userId, isNew } = entered.value;
  setSessionCookie(c, origin, token, SESSION_TTL_SECONDS);
  if (isNew) setNotice(c, { kind: "success", text: await greetNewcomer(c, userId) });
  return c.redirect(isNew && flow.next === HOME ? CREATE : flow.next, 303);
}

async function renderConnect(c: AppContext, provider: ProviderSettings, refusal: Refusal | null) {
  const credentials = await findCredentials(c.env.DB, requireUser(c).email);
  return c.html(
    <ConnectPage
      frame={buildFrame(c, null)}
      provider={provider}
      hasPassword={credentials?.passwordHash != null}
      {...refusal}
    />,
  );
}

/** The intent counts for the person and the session that it was made in. */
async function connect(
  c: AppContext,
  provider: ProviderSettings,
  identity: ProviderIdentity,
  intent: { userId: string; sessionId: string },
) {
  const principal = c.get("principal");
  if (principal === null || principal.id !== intent.userId || principal.sessionId !== intent.sessionId) {
    return refuse(c, provider, "SignInLost", HOME);
  }
  const context = { principal, joinAddresses: buildAddressJoin(c) };
  const connected = await connectProvider(c.env.DB, identity, provider, context, buildRequestFacts(c));
  if (!connected.ok) return refuse(c, provider, problemOfRefusal(connected.error), ACCOUNT);
  deliverLater(c, connected.value.letterIds);
  setNotice(c, { kind: "success", text: `${provider.name} now opens your account.` });
  return c.redirect(ACCOUNT, 303);
}

/** Back to where the person came from: the account page for whoever is signed in, the sign-in page for the others. */
function refuse(c: AppContext, provider: ProviderSettings, problem: ProviderProblem, next: string) {
  c.set("refusal", problem);
  if (c.get("principal") !== null) {
    setNotice(c, { kind: "error", text: describeProviderProblem(problem, provider.name) });
    return c.redirect(ACCOUNT, 303);
  }
  const query = { error: problem, provider: provider.id, next: next === HOME ? null : next };
  return c.redirect(withQuery(SIGN_IN, query), 303);
}

/** What people did themselves is in the request's line already. */
function logFailure(c: AppContext, provider: ProviderSettings, failure: DanceFailure): void {
  if (failure.kind !== "failed") return;
  const facts = { requestId: c.get("requestId"), provider: provider.id, reason: failure.reason };
  logWarning("provider_failed", facts);
}
