/** Where the app of this folder is, for those who don't say it with --url. */
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { buildLocalOrigin, DEFAULT_PORT, parsePort } from "../dev/ports.ts";
import { Refusal } from "../dev/refusal.ts";

/** PORT moves a single run, so that it counts before the origin that the settings were written for. */
export function findLocalUrl(port: string | undefined, devVarsPath: string): string {
  if (port !== undefined && port !== "") return buildLocalOrigin(parsePort(port));
  const origin = existsSync(devVarsPath)
    ? parseEnv(readFileSync(devVarsPath, "utf8"))["APP_ORIGIN"]
    : undefined;
  return origin === undefined ? buildLocalOrigin(DEFAULT_PORT) : requireUrl(origin, "APP_ORIGIN");
}

/** `name` is what the person at the terminal has to correct. */
export function requireUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new Refusal(`${name} must be an address such as https://eventide.example, and not “${text}”.`);
  }
  return text.replace(/\/+$/, "");
}
