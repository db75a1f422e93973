/**
 * How this project calls wrangler: on the pinned Node.js, without questions, update checks, metrics or a look at
 * other projects' running Workers.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

/** The folder of package.json and wrangler.toml. */
export const ROOT = join(import.meta.dirname, "..", "..");
export const CONFIG_PATH = join(ROOT, "wrangler.toml");

/** The command line itself, without the launcher that only starts another process. */
const COMMAND_LINE = createRequire(import.meta.filename).resolve("wrangler");

/** The arguments of `node` that run one wrangler command. */
export function wranglerArgs(...args: string[]): string[] {
  return ["--no-warnings", COMMAND_LINE, ...args];
}

/** `stateDir` also holds wrangler's registry of running Workers, so that two copies don't see each other. */
export function wranglerEnvironment(stateDir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: "true",
    NO_COLOR: "1",
    // Said outright, because loadWrangler quietens this process and a child would inherit that.
    WRANGLER_LOG: "log",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_LOG_PATH: join(stateDir, "wrangler-logs"),
    WRANGLER_REGISTRY_PATH: join(stateDir, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

/** Loads wrangler's programming interface, which reads its settings from this process's environment. */
export async function loadWrangler(stateDir: string): Promise<typeof import("wrangler")> {
  Object.assign(process.env, wranglerEnvironment(stateDir), { WRANGLER_LOG: "error" });
  return import("wrangler");
}
