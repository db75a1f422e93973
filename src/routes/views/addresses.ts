/** The addresses that pages link to and post to, so that a page and its route can't drift apart. */

/** Says what is wrong with a deployment, to whoever runs it. */
export const HEALTH = "/api/health";
export const HOME = "/";
export const SIGN_IN = "/signin";
/** Takes a POST with the field `email`. */
export const SIGN_IN_LINK = "/signin/link";
export const SIGN_OUT = "/signout";
export const REGISTER = "/register";
export const FORGOT = "/forgot";
export const CONFIRM = "/auth/confirm";
export const CREATE = "/create";
export const GALLERY = "/gallery";
export const ACCOUNT = "/account";
export const SIGN_OUT_EVERYWHERE = "/account/signout-everywhere";
/** Takes a POST with the field `name`. */
export const ACCOUNT_NAME = "/account/name";
/** Takes a POST with the fields `email` and `emailCurrent`. */
export const ACCOUNT_EMAIL = "/account/email";
/** Takes a POST with the fields `current` and `password`. */
export const ACCOUNT_PASSWORD = "/account/password";
/** Takes a POST; mails a link to choose a password. */
export const ACCOUNT_PASSWORD_LINK = "/account/password/link";
/** Takes a POST with the fields `keyName` and `scopes`. */
export const ACCOUNT_KEYS = "/account/keys";
/** GET says what goes and what stays; POST takes the field `confirmation`. */
export const ACCOUNT_ERASE = "/account/erase";
export const ACCOUNT_EXPORT = "/api/me/export";
export const ADMIN = "/admin";
export const ADMIN_USERS = "/admin/users";
export const ADMIN_GENERATIONS = "/admin/generations";
export const ADMIN_AUDIT = "/admin/audit";
export const ADMIN_FLAGS = "/admin/flags";
export const ADMIN_FLAGS_RULES = "/admin/flags/rules";
export const ADMIN_FLAGS_EXPORT = "/admin/flags/export";
export const ADMIN_FLAGS_IMPORT = "/admin/flags/import";
export const ADMIN_SPEED = "/admin/speed";

/** Takes a POST; leads on to a path of this site. */
export function signOutPath(next: string): string {
  return withQuery(SIGN_OUT, { next });
}

/** Takes a POST with the field `next`. */
export function providerSignInPath(provider: string): string {
  return `/auth/signin/${encodeURIComponent(provider)}`;
}

/** GET says what it means; POST takes the field `current`. */
export function providerConnectPath(provider: string): string {
  return `${ACCOUNT}/providers/${encodeURIComponent(provider)}/connect`;
}

/** Takes a POST. */
export function providerDisconnectPath(provider: string): string {
  return `${ACCOUNT}/providers/${encodeURIComponent(provider)}/disconnect`;
}

export function createPath(eventType: string): string {
  return `${CREATE}?type=${encodeURIComponent(eventType)}`;
}

/** The form again, filled with what an earlier brief asked for, or with one of its pictures. */
export function createAgainPath(briefId: string, shape?: string): string {
  return withQuery(CREATE, { from: briefId, shape });
}

export function briefPath(briefId: string): string {
  return `/briefs/${encodeURIComponent(briefId)}`;
}

/** Takes a POST with the field `generationId`. */
export function briefCancelPath(briefId: string): string {
  return `${briefPath(briefId)}/cancel`;
}

/** GET shows the picture; POST takes the field `intent`: details, favourite or visibility. */
export function imagePath(imageId: string): string {
  return `/images/${encodeURIComponent(imageId)}`;
}

export function imageDeletePath(imageId: string): string {
  return `${imagePath(imageId)}/delete`;
}

export function adminUserPath(userId: string): string {
  return `${ADMIN_USERS}/${encodeURIComponent(userId)}`;
}

/** Takes a POST with the fields `addCredits`, `reason` and `idempotencyKey`. */
export function adminUserCreditsPath(userId: string): string {
  return `${adminUserPath(userId)}/credits`;
}

/** The HTML of a letter in the development mailbox. */
export function devMailPath(letterId: string): string {
  return `/dev/mail/${encodeURIComponent(letterId)}`;
}

/** Takes a POST with the fields `role`, `disabled` and `accountReason`. */
export function adminUserAccountPath(userId: string): string {
  return `${adminUserPath(userId)}/account`;
}

/** Takes a POST with the file `picture`. */
export const ACCOUNT_PICTURE = "/account/picture";
export const REMOVE_ACCOUNT_PICTURE = "/account/picture/remove";

/** The version makes a changed picture another address, so that no browser shows the old one. */
export function profilePicturePath(version: string): string {
  return `${ACCOUNT_PICTURE}?v=${version.slice(0, VERSION_CHARACTERS)}`;
}

export function adminUserPicturePath(userId: string, version: string): string {
  return `${adminUserPath(userId)}/picture?v=${version.slice(0, VERSION_CHARACTERS)}`;
}

const VERSION_CHARACTERS = 12;

export const NEW_PASSKEY = "/account/passkeys/new";
/** Takes a POST with the field `id`. */
export const REMOVE_PASSKEY = "/account/passkeys/remove";

export function endSessionPath(sessionId: string): string {
  return `${ACCOUNT}/sessions/${encodeURIComponent(sessionId)}/end`;
}

export function revokeKeyPath(keyId: string): string {
  return `${ACCOUNT_KEYS}/${encodeURIComponent(keyId)}/revoke`;
}

/** What is recorded about one person. */
export function adminAuditPath(subjectId: string): string {
  return withQuery(ADMIN_AUDIT, { subject: subjectId });
}

/** One flag: its value and why, its forms and its history. */
export function adminFlagPath(key: string): string {
  return `${ADMIN_FLAGS}/${encodeURIComponent(key)}`;
}

/** The editor with the rules as they were before a change. */
export function adminFlagsRulesFromPath(changeId: string): string {
  return withQuery(ADMIN_FLAGS_RULES, { before: changeId });
}

/** A page that leads on to `next` at its end; the start page goes without saying. */
export function withNext(path: string, next: string): string {
  return withQuery(path, { next: next === HOME ? null : next });
}

/** The same address with other search fields; empty ones are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, value);
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
