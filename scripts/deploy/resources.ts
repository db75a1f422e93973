/**
 * The database, namespaces, bucket and queues that wrangler.toml names: each is looked up, and created when the
 * account doesn't have it. Nothing is ever changed or deleted.
 */
import * as z from "zod";
import { Refusal } from "../dev/refusal.ts";
import type { CommandResult, RunOptions, RunWrangler } from "./run-wrangler.ts";

const databasesSchema = z.array(z.object({ uuid: z.string(), name: z.string() }));
const namespacesSchema = z.array(z.object({ id: z.string(), title: z.string() }));

interface Resource {
  id: string;
  name: string;
}

/** Throws what wrangler said when it failed: whoever deploys has to see it. */
export async function runOrRefuse(
  run: RunWrangler,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const result = await run(args, options);
  if (result.code === 0) return result;
  if (options.isShown !== true) throw refuseCommand(args, result);
  throw new Refusal(`wrangler ${args.join(" ")} failed; its message is above.`);
}

export function refuseCommand(args: readonly string[], { stdout, stderr }: CommandResult): Refusal {
  const words = [stderr, stdout].map((text) => text.trim()).find((text) => text !== "");
  return new Refusal(`wrangler ${args.join(" ")} failed:\n${words ?? "It said nothing."}`);
}

/** The id of the database; it is found by its name, and its name must be the one that an id stands for. */
export async function ensureDatabase(run: RunWrangler, name: string): Promise<string> {
  const find = async () => {
    const { stdout } = await runOrRefuse(run, ["d1", "list", "--json"]);
    const databases = databasesSchema.parse(JSON.parse(stdout));
    return databases.map(({ uuid, name }) => ({ id: uuid, name }));
  };
  return ensureListed(name, find, () => runOrRefuse(run, ["d1", "create", name]));
}

/** The id of the KV namespace with this title. */
export async function ensureNamespace(run: RunWrangler, title: string): Promise<string> {
  const find = async () => {
    const { stdout } = await runOrRefuse(run, ["kv", "namespace", "list"]);
    const namespaces = namespacesSchema.parse(JSON.parse(stdout));
    return namespaces.map(({ id, title }) => ({ id, name: title }));
  };
  return ensureListed(title, find, () => runOrRefuse(run, ["kv", "namespace", "create", title]));
}

async function ensureListed(
  name: string,
  list: () => Promise<Resource[]>,
  create: () => Promise<unknown>,
): Promise<string> {
  const existing = (await list()).find((resource) => resource.name === name);
  if (existing !== undefined) return existing.id;
  await create();
  const created = (await list()).find((resource) => resource.name === name);
  if (created !== undefined) return created.id;
  throw new Refusal(`wrangler created ${name}, but does not list it. Try again in a minute.`);
}

/** The API's code for a bucket that isn't there. */
const NO_BUCKET = "[code: 10006]";

export async function ensureBucket(run: RunWrangler, name: string): Promise<void> {
  await ensureNamed(
    run,
    ["r2", "bucket", "info", name, "--json"],
    ["r2", "bucket", "create", name],
    NO_BUCKET,
  );
}

const NO_QUEUE = "does not exist";

export async function ensureQueue(run: RunWrangler, name: string): Promise<void> {
  await ensureNamed(run, ["queues", "info", name], ["queues", "create", name], NO_QUEUE);
}

/** Creates only what the account certainly doesn't have; any other failure of the look-up is one. */
async function ensureNamed(
  run: RunWrangler,
  info: readonly string[],
  create: readonly string[],
  absentMark: string,
): Promise<void> {
  const found = await run(info);
  if (found.code === 0) return;
  if (!`${found.stdout}${found.stderr}`.includes(absentMark)) {
    throw refuseCommand(info, found);
  }
  await runOrRefuse(run, create);
}
