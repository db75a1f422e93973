/**
 * A deployment in the only safe order: settings, resources, schema, code, and then a look at the result from outside.
 * Each step can be repeated; the first one that fails ends it, and nothing after it has happened.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Refusal } from "../dev/refusal.ts";
import { type Expected, examine, type Fetch, type Finding, formatFinding } from "../doctor/examine.ts";
import { type DeployConfig, NO_DATABASE_ID, NO_NAMESPACE_ID, replacePlaceholder } from "./config-file.ts";
import {
  ensureBucket,
  ensureDatabase,
  ensureNamespace,
  ensureQueue,
  refuseCommand,
  runOrRefuse,
} from "./resources.ts";
import type { RunWrangler } from "./run-wrangler.ts";

export interface DeployDependencies {
  run: RunWrangler;
  config: DeployConfig;
  /** Changes the text of wrangler.toml. */
  editConfigFile: (change: (text: string) => string) => void;
  /** What the app's own parser would say about wrangler.toml together with secrets of these names. */
  listConfigIssues: (secretNames: readonly string[]) => Promise<string[]>;
  expected: Expected;
  fetch: Fetch;
  say: (line: string) => void;
  /** Between two looks at the deployed address. */
  lookIntervalMs?: number;
}

/** A new version reaches every place within seconds; after this many looks it is not going to. */
const LOOKS_MAX = 20;
const LOOK_INTERVAL_MS = 3_000;

export async function deploy(deps: DeployDependencies): Promise<void> {
  await requireAccount(deps.run);
  deps.say("1/5 Settings");
  await requireSettings(deps);
  deps.say("2/5 Resources");
  await ensureResources(deps);
  deps.say("3/5 Schema");
  const database = deps.config.database.name;
  await runOrRefuse(deps.run, ["d1", "migrations", "apply", database, "--remote"], { isShown: true });
  deps.say("4/5 Code");
  const version = ["--minify", "--var", `COMMIT:${deps.expected.commit}`];
  await runOrRefuse(deps.run, ["deploy", ...version], { isShown: true });
  deps.say("5/5 Doctor");
  await requireHealth(deps);
}

async function requireAccount(run: RunWrangler): Promise<void> {
  const whoami = await run(["whoami", "--json"]);
  if (whoami.code === 0) return;
  throw new Refusal(
    `Nobody is signed in to Cloudflare here: run npx wrangler login first.\n${whoami.stderr.trim()}`,
  );
}

async function ensureResources({ run, config, editConfigFile }: DeployDependencies): Promise<void> {
  const databaseId = await ensureDatabase(run, config.database.name);
  setId(config.database, databaseId, NO_DATABASE_ID, editConfigFile);
  for (const namespace of config.namespaces) {
    const id = await ensureNamespace(run, namespace.title);
    setId({ name: namespace.title, id: namespace.id }, id, NO_NAMESPACE_ID, editConfigFile);
  }
  for (const bucket of config.buckets) await ensureBucket(run, bucket);
  for (const queue of config.queues) await ensureQueue(run, queue);
}

/** An id that is there and differs belongs to another account: deploying there would be a mistake. */
function setId(
  wanted: { name: string; id: string },
  found: string,
  placeholder: string,
  editConfigFile: DeployDependencies["editConfigFile"],
): void {
  if (wanted.id === found) return;
  if (wanted.id !== placeholder) {
    throw new Refusal(
      `wrangler.toml gives ${wanted.name} the id ${wanted.id}, but in this account it is ${found}. Is it the right account (npx wrangler whoami)?`,
    );
  }
  editConfigFile((text) => replacePlaceholder(text, placeholder, found));
}

async function requireSettings({ run, listConfigIssues }: DeployDependencies): Promise<void> {
  const issues = await listConfigIssues(await listSecretNames(run));
  if (issues.length === 0) return;
  throw new Refusal(
    [
      "Not deployed, because settings are missing or wrong:",
      ...issues.map((issue) => `  ${issue}`),
      "Variables stand in wrangler.toml under [vars]; a secret is set with: npx wrangler secret put NAME",
      "docs/operations.md lists them all.",
    ].join("\n"),
  );
}

const secretsSchema = z.array(z.object({ name: z.string() }));
const NO_WORKER_PATTERN = /Worker ".*" not found/;

/** Before the first deployment there is no Worker, and so no secret either. */
async function listSecretNames(run: RunWrangler): Promise<string[]> {
  const args = ["secret", "list", "--format", "json"];
  const listed = await run(args);
  if (listed.code !== 0) {
    if (NO_WORKER_PATTERN.test(listed.stderr)) return [];
    throw refuseCommand(args, listed);
  }
  return secretsSchema.parse(JSON.parse(listed.stdout)).map((secret) => secret.name);
}

async function requireHealth(deps: DeployDependencies): Promise<void> {
  let findings: Finding[] = [];
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (look > 0) await sleep(deps.lookIntervalMs ?? LOOK_INTERVAL_MS);
    findings = await examine(deps.config.origin, deps.expected, deps.fetch);
    if (findings.every((finding) => finding.isGood)) break;
  }
  for (const finding of findings) deps.say(formatFinding(finding));
  if (findings.every((finding) => finding.isGood)) return;
  throw new Refusal(
    `Deployed, but ${deps.config.origin} is not as it should be. To go back: npx wrangler rollback`,
  );
}
