/** Makes somebody a HERO by one wrangler command, and reads from its answer whether there was such a person. */
import { join } from "node:path";
import * as z from "zod";
import { buildMakeHeroSql } from "../../src/db/make-hero.ts";
import type { RunWrangler } from "../deploy/run-wrangler.ts";
import { Refusal } from "../dev/refusal.ts";
import { CONFIG_PATH, ROOT } from "../dev/wrangler.ts";

const STATE_DIR = join(ROOT, ".wrangler", "state");

export type Outcome = "made" | "was_one" | "unknown";

/** `email` in its normal form, which has no character that SQL or a shell could take for its own. */
export async function makeHero(run: RunWrangler, email: string, isRemote: boolean): Promise<Outcome> {
  const target = isRemote ? ["--remote"] : ["--local", "--persist-to", STATE_DIR];
  const sql = buildMakeHeroSql(email).join(";\n");
  const args = ["d1", "execute", "DB", ...target, "-c", CONFIG_PATH, "--json", "--yes", "--command", sql];
  const { code, stdout, stderr } = await run(args);
  if (code !== 0) throw new Refusal(explainFailure(stdout, stderr, isRemote));
  const answer = answerSchema.safeParse(parseOutput(stdout));
  if (!answer.success) throw new Refusal(`wrangler answered something else than expected:\n${stdout.trim()}`);
  const [before] = answer.data.at(0)?.results ?? [];
  const [after] = answer.data.at(-1)?.results ?? [];
  if (after === undefined) return "unknown";
  return before?.role === "HERO" ? "was_one" : "made";
}

const answerSchema = z.array(z.object({ results: z.array(z.object({ role: z.string() })) })).min(1);
const failureSchema = z.object({ error: z.object({ text: z.string() }) });

/** Some versions say something before their JSON. */
function parseOutput(text: string): unknown {
  const start = text.search(/^[[{]/m);
  try {
    return start === -1 ? null : JSON.parse(text.slice(start));
  } catch {
    return null;
  }
}

/** With --json wrangler says on stdout what went wrong. Nothing was changed then. */
function explainFailure(stdout: string, stderr: string, isRemote: boolean): string {
  const failure = failureSchema.safeParse(parseOutput(stdout));
  const words = failure.success ? failure.data.error.text : `${stderr}\n${stdout}`.trim();
  const next = isRemote
    ? "Sign in with `npx wrangler login`, and deploy once before this."
    : "Start the product once with `npm start`, which makes the local database.";
  return `wrangler could not change the database, so nothing was changed. It says:\n${words}\n${next}`;
}
