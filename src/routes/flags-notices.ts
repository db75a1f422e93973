/** What people are told about a feature that is off, where the feature would be. Nothing is hidden silently. */
import { describeReach, judgeReach } from "../flags/reach.ts";
import { FLAG_KEYS, getDefinition } from "../flags/registry.ts";
import type { AppContext } from "./context.ts";
import { isOn } from "./flags.ts";
import { ADMIN_FLAGS, adminFlagPath } from "./views/addresses.ts";
import type { Alert, Notice } from "./views/model.ts";

export const ORDERS_CLOSED =
  "New pictures can't be ordered right now: an administrator has switched that off for a while. Nothing was charged, and your gallery is here as ever.";

/** For the pages where pictures are ordered. */
export function findOrdersClosedNotice(c: AppContext): Notice | null {
  return isOn(c, "cloud_services") ? null : { kind: "warning", text: ORDERS_CLOSED };
}

/** For pictures that were accepted before. */
export function findJobsWaitNotice(c: AppContext): Notice | null {
  if (isOn(c, "cloud_services")) return null;
  const minutes = Math.round(c.get("config").generationMaxAgeSeconds / 60);
  return {
    kind: "warning",
    text: `Making pictures is switched off for a while. What waits here keeps its place and its credits stay set aside; it goes on by itself. If that takes more than ${minutes} minutes, the credits come back.`,
  };
}

/**
 * For administrators, on every page: which main jobs of the product are off or may be off for some people, and
 * whether the switches can be read.
 */
export function listFlagAlerts(c: AppContext): Alert[] {
  const snapshot = c.get("flags");
  const principal = c.get("principal") ?? null;
  if (snapshot === undefined || principal === null || principal.role === "USER") return [];
  const alerts = FLAG_KEYS.filter((key) => getDefinition(key).critical).flatMap((key) => {
    const reach = describeReach(judgeReach(snapshot, key));
    if (reach === null) return [];
    const text = `${toSentenceStart(reach)}: ${getDefinition(key).name}. ${getDefinition(key).whenOff}`;
    return [{ text, href: adminFlagPath(key) }];
  });
  if (snapshot.source !== "kv") {
    alerts.push({ text: "The switches can't be read right now, so older values hold.", href: ADMIN_FLAGS });
  }
  return alerts;
}

function toSentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
