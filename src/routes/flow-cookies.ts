/** The cookies of one sign-in with a provider: set when somebody leaves, taken away when they come back. */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { type FlowCookie, flowCookieNames } from "../auth/oauth/auth-js.ts";
import { FLOW_TTL_SECONDS, flowCookieName } from "../auth/oauth/flow.ts";
import type { AppContext } from "./context.ts";

export function setFlowCookies(c: AppContext, cookies: readonly FlowCookie[], sealedFlow: string): void {
  const { origin } = c.get("config");
  for (const { name, value } of [...cookies, { name: flowCookieName(origin), value: sealedFlow }]) {
    setCookie(c, name, value, { ...attributes(c), maxAge: FLOW_TTL_SECONDS });
  }
}

export interface TakenFlow {
  cookies: FlowCookie[];
  /** Empty when there is none. */
  sealedFlow: string;
}

/** Whatever comes of this sign-in, the next one begins anew. */
export function takeFlowCookies(c: AppContext): TakenFlow {
  const { origin } = c.get("config");
  const take = (name: string): FlowCookie[] => {
    const value = getCookie(c, name);
    if (value === undefined) return [];
    deleteCookie(c, name, attributes(c));
    return [{ name, value }];
  };
  const [flow] = take(flowCookieName(origin));
  return { cookies: flowCookieNames(origin).flatMap(take), sealedFlow: flow?.value ?? "" };
}

/** Lax, because the way back from the provider begins at another site. */
function attributes(c: AppContext) {
  const secure = c.get("config").origin.startsWith("https:");
  return { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
}
