/**
 * GitHub's profile. Its public address may be unverified, and the primary one too, so both are ignored in favour of
 * the list of addresses, where GitHub says which one is primary and verified.
 */
import * as z from "zod/mini";
import type { Fetch } from "./bounded-fetch.ts";
import type { githubProfileSchema } from "./identity.ts";

const API = "https://api.github.com";
export const GITHUB_USER_URL = `${API}/user`;

const userSchema = z.object({ id: z.number(), login: z.string(), name: z.nullish(z.string()) });
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

export async function fetchGithubProfile(
  fetch: Fetch,
  accessToken: string,
): Promise<z.infer<typeof githubProfileSchema>> {
  const [user, emails] = await Promise.all([
    getJson(fetch, GITHUB_USER_URL, accessToken),
    // https://docs.github.com/en/rest/users/emails: needs the scope user:email.
    getJson(fetch, `${API}/user/emails?per_page=100`, accessToken),
  ]);
  const { id, login, name } = userSchema.parse(user);
  const primary = emailsSchema.parse(emails).find((email) => email.primary && email.verified);
  return { id, login, name, verifiedEmail: primary?.email ?? null };
}

async function getJson(fetch: Fetch, url: string, accessToken: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: {
      Authorization: `Bearer ${accessToken}`,
      Accept: "application/vnd.github+json",
      // GitHub refuses requests without one.
      "User-Agent": "eventide",
    },
  });
  if (!response.ok) throw new Error(`GitHub answered ${response.status} for ${new URL(url).pathname}`);
  return response.json();
}
