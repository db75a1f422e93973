/**
 * `npm run make-hero -- you@example.com [--remote]`: gives the role HERO to somebody who has an account, in the local
 * database or with --remote in the deployed one. Whoever may write to the database may do this, and nobody else can.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { parseEmail } from "../src/auth/email.ts";
import { buildMakeHeroSql } from "../src/db/make-hero.ts";
import { CONFIG_PATH, ROOT, wranglerArgs, wranglerEnvironment } from "./dev/wrangler.ts";

const STATE_DIR = join(ROOT, ".wrangler", "state");
const OUTPUT_MAX_BYTES = 1024 * 1024;
const USAGE = "Use it like this: npm run make-hero -- you@example.com [--remote]";

const answerSchema = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { remote: { type: "boolean", default: false }, local: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const email = parseEmail(positionals[0] ?? "");
  if (email === null || positionals.length !== 1 || (values.remote && values.local)) {
    console.error(USAGE);
    return 2;
  }
  const where = values.remote ? "deployed" : "local";
  const person = await makeHero(email, values.remote);
  if (person === undefined) {
    console.error(
      `In the ${where} database nobody has confirmed ${email}. Register with it first, and then run this again.`,
    );
    return 1;
  }
  console.log(`${email} is a HERO in the ${where} database now. It counts from the next request on.`);
  return 0;
}

async function makeHero(email: string, isRemote: boolean): Promise<Record<string, unknown> | undefined> {
  const target = isRemote ? ["--remote"] : ["--local", "--persist-to", STATE_DIR];
  const sql = buildMakeHeroSql(email).join(";\n");
  const args = ["d1", "execute", "DB", ...target, "-c", CONFIG_PATH, "--json", "--yes", "--command", sql];
  const { stdout } = await promisify(execFile)(process.execPath, wranglerArgs(...args), {
    cwd: ROOT,
    env: wranglerEnvironment(STATE_DIR),
    maxBuffer: OUTPUT_MAX_BYTES,
  });
  return answerSchema.parse(JSON.parse(stdout)).at(-1)?.results[0];
}

process.exitCode = await main();
