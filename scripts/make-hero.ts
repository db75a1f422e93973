/**
 * `npm run make-hero -- you@example.com [--remote]`: gives the role HERO to somebody who has an account, in the local
 * database or with --remote in the deployed one. Whoever may write to the database may do this, and nobody else can.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { parseEmail } from "../src/auth/email.ts";
import { runWrangler } from "./deploy/run-wrangler.ts";
import { runScript } from "./dev/refusal.ts";
import { makeHero, type Outcome } from "./hero/make-hero.ts";

const USAGE = "Use it like this: npm run make-hero -- you@example.com [--remote]";
const USAGE_EXIT_CODE = 2;

await runScript(async () => {
  const asked = readCommandLine();
  if (asked === null) {
    console.error(USAGE);
    process.exitCode = USAGE_EXIT_CODE;
    return;
  }
  const outcome = await makeHero(runWrangler, asked.email, asked.isRemote);
  const text = describe(outcome, asked.email, asked.isRemote ? "deployed" : "local");
  if (outcome === "unknown") {
    console.error(text);
    process.exitCode = 1;
  } else console.log(text);
});

/** Null when it makes no sense. */
function readCommandLine(): { email: string; isRemote: boolean } | null {
  const { values, positionals } = parseArgs({
    options: { remote: { type: "boolean", default: false }, local: { type: "boolean", default: false } },
    allowPositionals: true,
    strict: false,
  });
  const { remote, local, ...unknown } = values;
  const email = parseEmail(positionals[0] ?? "");
  if (email === null || positionals.length !== 1 || Object.keys(unknown).length > 0) return null;
  return remote === true && local === true ? null : { email, isRemote: remote === true };
}

function describe(outcome: Outcome, email: string, where: string): string {
  switch (outcome) {
    case "made":
      return `${email} is a HERO in the ${where} database now. It counts from the next request on.`;
    case "was_one":
      return `${email} is a HERO in the ${where} database already. Nothing was changed.`;
    case "unknown":
      return `In the ${where} database nobody who can sign in has confirmed ${email}. Register with it first, and then run this again.`;
  }
}
