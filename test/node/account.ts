/**
 * A Cloudflare account as wrangler's commands show it, for tests of the deployment. The words are those that
 * wrangler 4.155.0 prints.
 */
import type { CommandResult, RunWrangler } from "../../scripts/deploy/run-wrangler.ts";

export interface Account {
  databases: { uuid: string; name: string }[];
  namespaces: { id: string; title: string }[];
  buckets: string[];
  queues: string[];
  /** Null before the Worker exists. */
  secrets: string[] | null;
}

export const DATABASE_ID = "11111111-2222-3333-4444-555555555555";
export const NAMESPACE_ID = "abcdefabcdefabcdefabcdefabcdefab";

export function createEmptyAccount(): Account {
  return { databases: [], namespaces: [], buckets: [], queues: [], secrets: null };
}

export interface FakeWrangler {
  run: RunWrangler;
  /** Every command, in order. */
  commands: string[];
}

/** `failing` are the beginnings of commands that fail, with what they say. */
export function createWrangler(account: Account, failing: Record<string, string> = {}): FakeWrangler {
  const commands: string[] = [];
  return {
    commands,
    run: async (args) => {
      const command = args.join(" ");
      commands.push(command);
      const failure = Object.entries(failing).find(([start]) => command.startsWith(start));
      return failure === undefined ? answer(account, args) : fail(failure[1]);
    },
  };
}

function succeed(stdout = ""): CommandResult {
  return { code: 0, stdout, stderr: "" };
}

function fail(stderr: string): CommandResult {
  return { code: 1, stdout: "", stderr };
}

function answer(account: Account, args: readonly string[]): CommandResult {
  const name = args.at(-1) ?? "";
  switch (
    args
      .slice(0, 3)
      .filter((arg) => !arg.startsWith("--"))
      .join(" ")
  ) {
    case "d1 list":
      return succeed(JSON.stringify(account.databases));
    case `d1 create ${name}`:
      account.databases.push({ uuid: DATABASE_ID, name });
      return succeed(`Successfully created DB '${name}'`);
    case "kv namespace list":
      return succeed(JSON.stringify(account.namespaces));
    case "kv namespace create":
      account.namespaces.push({ id: NAMESPACE_ID, title: name });
      return succeed("Success!");
    case "r2 bucket info":
      return account.buckets.includes(args[3] ?? "")
        ? succeed("{}")
        : fail(
            "✘ [ERROR] A request to the Cloudflare API failed.\n\n  The specified bucket does not exist. [code: 10006]",
          );
    case "r2 bucket create":
      account.buckets.push(name);
      return succeed();
    case `queues info ${name}`:
      return account.queues.includes(name)
        ? succeed(`Queue Name: ${name}`)
        : fail(`✘ [ERROR] Queue "${name}" does not exist. To create it, run: wrangler queues create ${name}`);
    case `queues create ${name}`:
      account.queues.push(name);
      return succeed();
    case "secret list":
      return account.secrets === null
        ? fail('✘ [ERROR] Worker "eventide" not found.')
        : succeed(JSON.stringify(account.secrets.map((secret) => ({ name: secret, type: "secret_text" }))));
    default:
      return succeed();
  }
}
