/** The file .dev.vars: written once with fresh secrets, never changed again, and checked line by line. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { buildLocalOrigin } from "./ports.ts";
import { Refusal } from "./refusal.ts";

/** The key that the simulator accepts when nobody chose another one. */
export const SIMULATOR_KEY = "simulator-key";

const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;
/** Without letters and digits that look alike. */
const TYPEABLE = "abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_GROUPS = 3;
const PASSWORD_GROUP_CHARACTERS = 4;

export interface DevVarsSecrets {
  authSecret: string;
  demoPassword: string;
}

export function createSecrets(): DevVarsSecrets {
  const group = () => Array.from({ length: PASSWORD_GROUP_CHARACTERS }, pickTypeable).join("");
  return {
    authSecret: randomBytes(SECRET_BYTES).toString("base64url"),
    demoPassword: Array.from({ length: PASSWORD_GROUPS }, group).join("-"),
  };
}

function pickTypeable(): string {
  // Rejecting the bytes beyond the last whole multiple keeps every character equally likely.
  const limit = 256 - (256 % TYPEABLE.length);
  for (;;) {
    const byte = randomBytes(1).readUInt8();
    if (byte < limit) return TYPEABLE.charAt(byte % TYPEABLE.length);
  }
}

/** The text of a fresh file for an app on `port` with the simulator on the next one. */
export function buildDevVars(port: number, secrets: DevVarsSecrets): string {
  const origin = buildLocalOrigin(port);
  const simulator = `127.0.0.1:${port + 1}`;
  return `# Settings of this copy. Written by npm start when it was missing; never committed, never overwritten.
# docs/operations.md explains every one of them.
ENVIRONMENT=development
APP_ORIGIN=${origin}
AUTH_SECRET=${secrets.authSecret}

# The password of hero@example.test, admin@example.test and user@example.test.
DEMO_PASSWORD=${secrets.demoPassword}

# Pictures come from the simulator. For the real provider put your key here and delete the two lines after it.
IDEOGRAM_API_KEY=${SIMULATOR_KEY}
IDEOGRAM_BASE_URL=http://${simulator}
IDEOGRAM_IMAGE_HOSTS=${simulator},localhost:${port + 1}
IDEOGRAM_MODEL=ideogram-4-5

# Letters go to the mailbox at ${origin}/dev/mail.
MAILER=dev

STARTING_CREDITS=10
MAX_OPEN_GENERATIONS=10
MAX_GENERATIONS_PER_HOUR=200
FLAGS_TTL_SECONDS=1
`;
}

/** True when the file was missing and has been written. */
export function writeDevVarsIfMissing(path: string, port: number): boolean {
  if (existsSync(path)) return false;
  writeFileSync(path, buildDevVars(port, createSecrets()), { mode: OWNER_ONLY, flag: "wx" });
  return true;
}

/**
 * Refuses a file with a line that isn't NAME=value. dotenv, which wrangler reads the file with, skips such a line
 * without a word, and the setting that somebody wrote there would be missing.
 */
export function requireReadableLines(path: string): void {
  const line = findUnreadableLine(readText(path));
  if (line !== null) {
    throw new Refusal(
      `Line ${line} of ${basename(path)} is not of the form NAME=value: correct it and start again.`,
    );
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : error;
    throw new Refusal(
      `${basename(path)} can't be read (${reason}): it has to be a file of yours. Correct that and start again.`,
    );
  }
}

const ASSIGNMENT_PATTERN = /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*|:\s+)(.*)$/;

/** The number of the first line that is neither empty, nor a comment, nor an assignment; null when all are. */
export function findUnreadableLine(text: string): number | null {
  const lines = text.split(/\r\n|\n|\r/);
  let openQuote: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (openQuote !== null) {
      if (line.includes(openQuote)) openQuote = null;
      continue;
    }
    if (/^\s*(#.*)?$/.test(line)) continue;
    const value = ASSIGNMENT_PATTERN.exec(line)?.[1];
    if (value === undefined) return index + 1;
    openQuote = findOpenQuote(value, lines.slice(index + 1));
  }
  return null;
}

/** The quote that this value leaves open and a later line closes: dotenv reads such a value over several lines. */
function findOpenQuote(value: string, rest: readonly string[]): string | null {
  const quote = value.charAt(0);
  if (!["'", '"', "`"].includes(quote) || value.indexOf(quote, 1) > 0) return null;
  return rest.some((line) => line.includes(quote)) ? quote : null;
}
