/** Going to a scripted provider and coming back, as a person's browser does it. */
import { expect } from "vitest";
import type { Claims, ScriptedProvider } from "./identity-provider.ts";
import { fromNewPlace } from "./places.ts";
import { createVisitor, type Visitor } from "./visitor.ts";

export type ProviderPath = "oidc" | "google" | "github";

/** Each is somewhere else, so that no limit on a place is filled. */
export function visitorOf(provider: ScriptedProvider, cookie = ""): Visitor {
  return createVisitor({ env: provider.env, headers: fromNewPlace() }, cookie);
}

/** The provider's address that the visitor is sent to. */
export async function leave(
  visitor: Visitor,
  path = "/auth/signin/oidc",
  form: Record<string, string> = { next: "/gallery" },
): Promise<string> {
  const response = await visitor.call("POST", path, { form });
  const location = response.headers.get("Location");
  if (response.status !== 303 || location === null) throw new Error(`leave: ${response.status}`);
  return location;
}

/** The answer to the way back. */
export async function signInElsewhere(
  provider: ScriptedProvider,
  visitor: Visitor,
  claims: Claims,
  id: ProviderPath = "oidc",
): Promise<Response> {
  const location = await leave(visitor, `/auth/signin/${id}`);
  return visitor.call("GET", provider.signIn(location, claims));
}

/** The same by somebody who is signed in; `current` is their password, if they have one. */
export async function connectElsewhere(
  provider: ScriptedProvider,
  visitor: Visitor,
  claims: Claims,
  current = "",
): Promise<Response> {
  const location = await leave(visitor, "/account/providers/oidc/connect", { current });
  return visitor.call("GET", provider.signIn(location, claims));
}

/** Somebody who has never been here, with an address that the provider calls verified. */
export function newClaims(changes: Partial<Claims> = {}): Claims & { email: string } {
  const sub = crypto.randomUUID();
  return { sub, email: `${sub}@example.test`, email_verified: true, name: "Kim Elsewhere", ...changes };
}

export interface Me {
  user: { id: string; email: string; name: string; role: string; emailVerified: boolean };
  credits: { available: number; held: number };
}

/** Null when nobody is signed in. */
export async function readMe(visitor: Visitor): Promise<Me | null> {
  const response = await visitor.call("GET", "/api/me");
  return response.status === 200 ? response.json<Me>() : null;
}

/** What the sign-in page says for the problems that come up most. */
export const LOST = "took too long, was used already, or began in another browser";
export const FAILED = "could not be completed";

/** Sent back to the sign-in page, which says why, and nobody is signed in. */
export async function expectRefused(
  response: Response,
  visitor: Visitor,
  problem: string,
  words: string,
): Promise<void> {
  expect(response.status).toBe(303);
  const location = response.headers.get("Location") ?? "";
  expect(location).toMatch(new RegExp(`^/signin\\?error=${problem}&provider=`));
  expect(visitor.cookies.has("session")).toBe(false);
  expect(await readMe(visitor)).toBeNull();
  const page = await visitor.call("GET", location);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(words);
}
