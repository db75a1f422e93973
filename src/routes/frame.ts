/** What surrounds every page: who is looking, what the last request did, and which build this is. */

import { getCookie, setCookie } from "hono/cookie";
import { version } from "../../package.json";
import type { AppContext } from "./context.ts";
import { isOn, rememberVisitor } from "./flags.ts";
import { listFlagAlerts } from "./flags-notices.ts";
import type { Frame, Notice } from "./views/model.ts";
import { findMeasuredPage } from "./vitals.ts";

export { version } from "../../package.json";

export function buildFrame(c: AppContext, notice: Notice | null): Frame {
  const principal = c.get("principal") ?? null;
  rememberVisitor(c);
  return {
    viewer:
      principal === null
        ? null
        : {
            name: principal.name === "" ? principal.email : principal.name,
            role: principal.role,
            credits: principal.credits,
          },
    notice,
    build: { version, commit: c.get("config")?.commit ?? "unknown" },
    animations: isOn(c, "animations"),
    alerts: listFlagAlerts(c),
    measuredPage: findMeasuredPage(c),
  };
}

const NOTICE_COOKIE = "notice";
const NOTICE_TTL_SECONDS = 30;
const NOTICE_MAX_CHARACTERS = 300;
const NOTICE_KINDS: readonly string[] = ["success", "info", "warning", "error"];

/** Says something on the page that a form's redirect leads to, once. */
export function setNotice(c: AppContext, notice: Notice): void {
  setCookie(c, NOTICE_COOKIE, encodeURIComponent(JSON.stringify(notice)), {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: c.get("config").origin.startsWith("https:"),
    maxAge: NOTICE_TTL_SECONDS,
  });
}

/** The notice of the last request, and forgets it. Whatever else is in the cookie is no notice. */
export function takeNotice(c: AppContext): Notice | null {
  const text = getCookie(c, NOTICE_COOKIE);
  if (text === undefined) return null;
  setCookie(c, NOTICE_COOKIE, "", { path: "/", maxAge: 0 });
  try {
    return parseNotice(JSON.parse(decodeURIComponent(text)));
  } catch {
    return null;
  }
}

function parseNotice(value: unknown): Notice | null {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("text" in value)) return null;
  const { kind, text } = value;
  if (typeof kind !== "string" || !NOTICE_KINDS.includes(kind) || typeof text !== "string") return null;
  return { kind: kind as Notice["kind"], text: text.slice(0, NOTICE_MAX_CHARACTERS) };
}
