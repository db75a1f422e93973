/**
 * Facts in plain English: numbers with their nouns, times, sizes, and the names of states.
 * Pure functions; a state that has no word here is shown as it is rather than hidden.
 */
import type { GenerationStatus } from "./model.ts";

const NUMBERS = new Intl.NumberFormat("en-GB");
const SIGNED_NUMBERS = new Intl.NumberFormat("en-GB", { signDisplay: "exceptZero" });
const DAYS = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const MINUTES = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

const BYTES_PER_KILOBYTE = 1_000;
const BYTES_PER_MEGABYTE = 1_000_000;

export function formatNumber(value: number): string {
  return NUMBERS.format(value);
}

/** With its sign, and a real minus: +25, −3, 0. */
export function formatSigned(value: number): string {
  return SIGNED_NUMBERS.format(value).replace("-", "−");
}

/** A number with its noun: "1 credit", "3 credits". */
export function countOf(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(value)} ${value === 1 ? singular : plural}`;
}

export function formatDay(iso: string): string {
  return DAYS.format(new Date(iso));
}

export function formatMinute(iso: string): string {
  return `${MINUTES.format(new Date(iso))} UTC`;
}

export function formatBytes(bytes: number): string {
  if (bytes < BYTES_PER_KILOBYTE) return countOf(bytes, "byte");
  if (bytes < BYTES_PER_MEGABYTE) return `${Math.round(bytes / BYTES_PER_KILOBYTE)} KB`;
  return `${(bytes / BYTES_PER_MEGABYTE).toFixed(1)} MB`;
}

export function nameOfStatus(status: GenerationStatus): string {
  switch (status) {
    case "queued":
      return "Waiting";
    case "processing":
      return "In the making";
    case "succeeded":
      return "Done";
    case "failed":
      return "Failed";
    case "canceled":
      return "Cancelled";
  }
}

/** The steps of a picture in the making, in order. */
export const STEPS: readonly { key: string; name: string }[] = [
  { key: "queued", name: "Waiting its turn" },
  { key: "submitting", name: "Sending your brief" },
  { key: "generating", name: "Drawing" },
  { key: "downloading", name: "Fetching the picture" },
  { key: "storing", name: "Checking and saving" },
];

const ENTRY_KINDS: Readonly<Record<string, string>> = {
  grant: "Credits added",
  revoke: "Credits taken away",
  purchase: "Credits bought",
  refund: "Refund",
  hold: "Set aside for a picture",
  capture: "Spent on a picture",
  release: "Given back",
};

export function nameOfEntryKind(kind: string): string {
  return ENTRY_KINDS[kind] ?? kind;
}

/** The catalogue's name for a key, or the key itself for one that is no longer offered. */
export function nameByKey(list: readonly { key: string; name: string }[], key: string): string {
  return list.find((item) => item.key === key)?.name ?? key;
}

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const MILLISECONDS_PER_SECOND = 1_000;

/** How long ago, roughly: "8 s", "3 min", "2 h". Never negative, for clocks differ a little. */
export function formatElapsed(sinceIso: string, nowIso: string): string {
  const difference = new Date(nowIso).getTime() - new Date(sinceIso).getTime();
  const seconds = Math.max(0, Math.floor(difference / MILLISECONDS_PER_SECOND));
  if (seconds < SECONDS_PER_MINUTE) return `${seconds} s`;
  const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
  return minutes < MINUTES_PER_HOUR ? `${minutes} min` : `${Math.floor(minutes / MINUTES_PER_HOUR)} h`;
}

/** A stretch of time as a person would say it: "3 minutes", "a moment". */
export function formatGap(ms: number): string {
  const minutes = Math.round(ms / MILLISECONDS_PER_SECOND / SECONDS_PER_MINUTE);
  return minutes < 1 ? "a moment" : countOf(minutes, "minute");
}

/** What the audit log records, in words. */
export const ACTION_NAMES: Readonly<Record<string, string>> = {
  "account.create": "Account opened",
  "account.disable": "Account switched off",
  "account.enable": "Account switched on",
  "account.erase": "Account erased",
  "credits.apply": "Credits changed",
  "email.change": "Address changed",
  "flag.changed": "Switch changed",
  "key.create": "Key made",
  "key.revoke": "Key revoked",
  "link.send": "Link mailed",
  "link.use": "Link used",
  "passkey.add": "Passkey added",
  "passkey.remove": "Passkey removed",
  "password.refuse": "Present password refused",
  "password.set": "Password set",
  "provider.connect": "Provider connected",
  "provider.disconnect": "Provider disconnected",
  "role.change": "Role changed",
  "session.end": "Signed out",
  "session.end_all": "Signed out everywhere",
  "sign_in.accept": "Signed in",
  "sign_in.refuse": "Sign-in refused",
};

export function nameOfAction(action: string): string {
  return ACTION_NAMES[action] ?? action;
}
