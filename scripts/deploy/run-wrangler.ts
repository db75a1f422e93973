/** Runs wrangler's commands against Cloudflare, with the account of whoever is signed in. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, wranglerArgs, wranglerEnvironment } from "../dev/wrangler.ts";

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Also writes the output to this terminal as it comes. */
  isShown?: boolean;
}

/** One wrangler command, for example `["d1", "list", "--json"]`. It never asks anything. */
export type RunWrangler = (args: readonly string[], options?: RunOptions) => Promise<CommandResult>;

/** An upload over a slow line takes minutes; longer than this, something hangs. */
const COMMAND_TIMEOUT_MS = 10 * 60_000;

export const runWrangler: RunWrangler = (args, options = {}) => {
  const child = spawn(process.execPath, wranglerArgs(...args), {
    cwd: ROOT,
    env: wranglerEnvironment(join(ROOT, ".wrangler")),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: COMMAND_TIMEOUT_MS,
  });
  const result = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      result[name] += text;
      if (options.isShown === true) process[name].write(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, ...result }));
  });
};
