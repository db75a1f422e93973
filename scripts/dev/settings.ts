/**
 * The settings of one run: what wrangler reads from wrangler.toml and .dev.vars, judged by the app's own parser,
 * plus what has to change because this run listens on another port than the one that the file was written for.
 */
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from "../../src/auth/password.ts";
import { type Bindings, type Config, parseConfig } from "../../src/env.ts";
import { isHttpLoopback } from "../../src/loopback.ts";
import { buildLocalOrigin } from "./ports.ts";
import { Refusal } from "./refusal.ts";

/** What the app is started with; DEMO_PASSWORD is for the demo people only, and the app doesn't know it. */
export interface LocalBindings extends Bindings {
  DEMO_PASSWORD?: string;
}

export interface Settings {
  config: Config;
  demoPassword: string;
  /** Null when the provider is a real one, or somebody's own stand-in: then no simulator is started. */
  simulatorPort: number | null;
  /** The provider's key, which the simulator has to accept. */
  providerKey: string;
  /** Variables that differ from the files in this run only. */
  overrides: Record<string, string>;
}

export interface Run {
  port: number;
  commit: string;
  /** How messages call the file, for example `.dev.vars`. */
  file: string;
}

export function readSettings(env: LocalBindings, run: Run): Settings {
  requireDevelopment(env, run);
  const moved = movePorts(env, run.port);
  const overrides = { ...moved.overrides, COMMIT: run.commit };
  const config = parseConfig({ ...env, ...overrides });
  if (!config.ok) {
    const problems = config.error.map(({ field, message }) => `${field} ${message}`).join("; ");
    throw new Refusal(`${run.file} can't be used: ${problems}.`);
  }
  return {
    config: config.value,
    demoPassword: requireDemoPassword(env, run),
    simulatorPort: moved.simulatorPort,
    providerKey: config.value.ideogram.apiKey,
    overrides,
  };
}

/** Without this the production defaults of wrangler.toml would be judged, and the message would be about https. */
function requireDevelopment(env: LocalBindings, run: Run): void {
  if (env.ENVIRONMENT === "development") return;
  throw new Refusal(`${run.file} can't be used: ENVIRONMENT must be development for npm start.`);
}

function requireDemoPassword(env: LocalBindings, run: Run): string {
  const password = env.DEMO_PASSWORD;
  if (password === undefined) throw new Refusal(`${run.file} can't be used: DEMO_PASSWORD is missing.`);
  if (password.length < PASSWORD_MIN_CHARACTERS || password.length > PASSWORD_MAX_CHARACTERS) {
    throw new Refusal(
      `${run.file} can't be used: DEMO_PASSWORD must have ${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters.`,
    );
  }
  return password;
}

interface MovedPorts {
  simulatorPort: number | null;
  overrides: Record<string, string>;
}

/**
 * The simulator is the loopback address one port above the stored origin; any other loopback address is somebody's
 * own stand-in and is left alone, like an origin that isn't loopback (a tunnel).
 */
function movePorts(env: LocalBindings, port: number): MovedPorts {
  const overrides: Record<string, string> = {};
  const origin = findLoopbackUrl(env.APP_ORIGIN);
  const storedPort = origin === null ? port : portOf(origin);
  if (origin !== null && storedPort !== port)
    overrides["APP_ORIGIN"] = buildLocalOrigin(port, origin.hostname);
  const provider = findLoopbackUrl(env.IDEOGRAM_BASE_URL);
  if (provider === null || portOf(provider) !== storedPort + 1) return { simulatorPort: null, overrides };
  const simulatorPort = port + 1;
  if (storedPort !== port) {
    overrides["IDEOGRAM_BASE_URL"] = `http://127.0.0.1:${simulatorPort}`;
    overrides["IDEOGRAM_IMAGE_HOSTS"] = `127.0.0.1:${simulatorPort},localhost:${simulatorPort}`;
  }
  return { simulatorPort, overrides };
}

function findLoopbackUrl(text: string | undefined): URL | null {
  if (text === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  return isHttpLoopback(url) ? url : null;
}

const HTTP_PORT = 80;

function portOf(url: URL): number {
  return url.port === "" ? HTTP_PORT : Number(url.port);
}
