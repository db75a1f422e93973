/**
 * What a provider says about a person, in one shape. An address counts only when the provider states that it is
 * verified: anything else is text that somebody typed there.
 */
import * as z from "zod/mini";
import { orElse } from "../../fields.ts";
import { parseEmail } from "../email.ts";
import type { ProviderId } from "./settings.ts";

export interface ProviderIdentity {
  provider: ProviderId;
  /** Never changes, unlike the address: for OpenID Connect the subject, and the issuer that it is unique at. */
  providerAccountId: string;
  /** In its normal form; null when the provider has none that it calls verified. */
  verifiedEmail: string | null;
  /** May be empty. */
  name: string;
}

const NAME_MAX_CHARACTERS = 80;
/** OpenID Connect Core 1.0, section 2: a subject has at most 255 ASCII characters. */
const SUBJECT_MAX_CHARACTERS = 255;

const statedText = orElse(z.optional(z.string()), undefined);

const claimsSchema = z.object({
  sub: z.string().check(z.minLength(1), z.maxLength(SUBJECT_MAX_CHARACTERS)),
  email: statedText,
  // A boolean, says the standard; whatever else an issuer sends here states nothing.
  email_verified: orElse(z.optional(z.boolean()), undefined),
  name: statedText,
  preferred_username: statedText,
});

/** Google's subject stands alone, because its issuer can't change. Null when the claims name nobody. */
export function parseClaims(
  provider: "google" | "oidc",
  issuer: string,
  claims: unknown,
): ProviderIdentity | null {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { sub, email, email_verified: isVerified, name, preferred_username: username } = parsed.data;
  return {
    provider,
    providerAccountId: provider === "google" ? sub : `${issuer}|${sub}`,
    verifiedEmail: isVerified === true && email !== undefined ? parseEmail(email) : null,
    name: cleanName(name ?? username ?? ""),
  };
}

/** As src/auth/oauth/github.ts puts it together from two answers of GitHub's. */
export const githubProfileSchema = z.object({
  id: z.int().check(z.positive()),
  login: z.string(),
  name: z.nullish(z.string()),
  verifiedEmail: z.nullable(z.string()),
});

export function parseGithubProfile(profile: unknown): ProviderIdentity | null {
  const parsed = githubProfileSchema.safeParse(profile);
  if (!parsed.success) return null;
  const { id, login, name, verifiedEmail } = parsed.data;
  return {
    provider: "github",
    providerAccountId: String(id),
    verifiedEmail: verifiedEmail === null ? null : parseEmail(verifiedEmail),
    name: cleanName(name ?? login),
  };
}

/** One line without characters that nobody can see, as at registration. */
function cleanName(text: string): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
  // The cut may have gone through the middle of a character.
  return visible.slice(0, NAME_MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}
