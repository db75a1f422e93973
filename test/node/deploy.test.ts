import { describe, expect, it } from "vitest";
import { type DeployConfig, NO_DATABASE_ID, NO_NAMESPACE_ID } from "../../scripts/deploy/config-file.ts";
import { type DeployDependencies, deploy } from "../../scripts/deploy/deploy.ts";
import { createEmptyAccount, createWrangler, DATABASE_ID, NAMESPACE_ID } from "./account.ts";

const EXPECTED = { commit: "abc1234", migration: "0003_identity.sql" };
const SECRETS = ["AUTH_SECRET", "IDEOGRAM_API_KEY"];
const TOML = `database_id = "${NO_DATABASE_ID}"\nid = "${NO_NAMESPACE_ID}"\n`;

function buildConfig(changes: Partial<DeployConfig> = {}): DeployConfig {
  return {
    worker: "eventide",
    origin: "https://eventide.example",
    database: { name: "eventide", id: NO_DATABASE_ID },
    namespaces: [{ title: "eventide-flags", id: NO_NAMESPACE_ID }],
    buckets: ["eventide-images"],
    queues: ["generations", "generations-dlq"],
    ...changes,
  };
}

/** An app that is as it should be, from the look after `deadLooks` others on. */
function serve(deadLooks = 0): DeployDependencies["fetch"] {
  let looks = 0;
  return async (url) => {
    const { pathname } = new URL(url);
    if (pathname === "/api/health") {
      const commit = looks++ < deadLooks ? "older77" : EXPECTED.commit;
      const schema = { expected: EXPECTED.migration, applied: EXPECTED.migration };
      return Response.json({ status: "ok", commit, schema });
    }
    if (pathname === "/") return new Response("home");
    return new Response(null, { status: pathname === "/api/admin/users" ? 401 : 403 });
  };
}

interface Setup {
  deps: DeployDependencies;
  commands: string[];
  said: string[];
  toml: () => string;
}

function setUp(changes: Partial<DeployDependencies> = {}, failing: Record<string, string> = {}): Setup {
  const wrangler = createWrangler({ ...createEmptyAccount(), secrets: SECRETS }, failing);
  const said: string[] = [];
  let toml = TOML;
  const deps: DeployDependencies = {
    run: wrangler.run,
    config: buildConfig(),
    editConfigFile: (change) => {
      toml = change(toml);
    },
    listConfigIssues: async () => [],
    expected: EXPECTED,
    fetch: serve(),
    say: (line) => said.push(line),
    lookIntervalMs: 0,
    ...changes,
  };
  return { deps, commands: wrangler.commands, said, toml: () => toml };
}

const LAST_STEPS = ["d1 migrations apply eventide --remote", "deploy --minify --var COMMIT:abc1234"];

describe("deploy", () => {
  it("creates what is missing, then applies the schema, then deploys the code, then looks", async () => {
    const { deps, commands, said, toml } = setUp();
    await deploy(deps);
    expect(commands).toEqual([
      "whoami --json",
      "secret list --format json",
      "d1 list --json",
      "d1 create eventide",
      "d1 list --json",
      "kv namespace list",
      "kv namespace create eventide-flags",
      "kv namespace list",
      "r2 bucket info eventide-images --json",
      "r2 bucket create eventide-images",
      "queues info generations",
      "queues create generations",
      "queues info generations-dlq",
      "queues create generations-dlq",
      ...LAST_STEPS,
    ]);
    expect(toml()).toBe(`database_id = "${DATABASE_ID}"\nid = "${NAMESPACE_ID}"\n`);
    expect(said).toContain("ok    commit: abc1234");
  });

  it("creates nothing and changes no file when everything is there", async () => {
    const account = {
      databases: [{ uuid: DATABASE_ID, name: "eventide" }],
      namespaces: [{ id: NAMESPACE_ID, title: "eventide-flags" }],
      buckets: ["eventide-images"],
      queues: ["generations", "generations-dlq"],
      secrets: SECRETS,
    };
    const wrangler = createWrangler(account);
    const config = buildConfig({
      database: { name: "eventide", id: DATABASE_ID },
      namespaces: [{ title: "eventide-flags", id: NAMESPACE_ID }],
    });
    const { deps, toml } = setUp({ run: wrangler.run, config });
    await deploy(deps);
    expect(wrangler.commands.filter((command) => command.includes("create"))).toEqual([]);
    expect(wrangler.commands.slice(-2)).toEqual(LAST_STEPS);
    expect(toml()).toBe(TOML);
  });

  it("waits until the new version has arrived", async () => {
    const { deps, said } = setUp({ fetch: serve(3) });
    await deploy(deps);
    expect(said.filter((line) => line.startsWith("FAIL"))).toEqual([]);
  });

  it("says how to go back when the new version never arrives", async () => {
    const { deps, said } = setUp({ fetch: serve(Number.POSITIVE_INFINITY) });
    await expect(deploy(deps)).rejects.toThrow(
      "Deployed, but https://eventide.example is not as it should be. To go back: npx wrangler rollback",
    );
    expect(said).toContain("FAIL  commit: older77, expected abc1234");
  });

  it("asks to sign in first, and does nothing else", async () => {
    const { deps, commands } = setUp({}, { whoami: "You are not authenticated." });
    await expect(deploy(deps)).rejects.toThrow(/^Nobody is signed in to Cloudflare here: .*wrangler login/);
    expect(commands).toEqual(["whoami --json"]);
  });

  it("names every wrong setting, and creates and deploys nothing", async () => {
    const { deps, commands } = setUp({
      listConfigIssues: async () => ["APP_ORIGIN must be an origin", "AUTH_SECRET is missing"],
    });
    await expect(deploy(deps)).rejects.toThrow(
      / {2}APP_ORIGIN must be an origin\n {2}AUTH_SECRET is missing\n/,
    );
    expect(commands).toEqual(["whoami --json", "secret list --format json"]);
  });

  it("counts on the secrets that are set, and on none before the Worker exists", async () => {
    const seen: string[][] = [];
    const listConfigIssues = async (names: readonly string[]) => {
      seen.push([...names]);
      return [];
    };
    await deploy(setUp({ listConfigIssues }).deps);
    await deploy(setUp({ listConfigIssues, run: createWrangler(createEmptyAccount()).run }).deps);
    expect(seen).toEqual([SECRETS, []]);
  });

  it("stops when the list of secrets can't be had for another reason", async () => {
    const { deps } = setUp({}, { "secret list": "✘ [ERROR] Authentication error [code: 10000]" });
    await expect(deploy(deps)).rejects.toThrow(/^wrangler secret list .* failed:\n.*Authentication error/);
  });

  it.each([
    ["d1 list", "d1 list --json failed"],
    ["d1 create", "d1 create eventide failed"],
    ["kv namespace list", "kv namespace list failed"],
    ["r2 bucket info", "r2 bucket info eventide-images --json failed"],
    ["r2 bucket create", "r2 bucket create eventide-images failed"],
    ["queues info", "queues info generations failed"],
    ["queues create", "queues create generations failed"],
    ["d1 migrations", "d1 migrations apply eventide --remote failed; its message is above."],
    ["deploy", "deploy --minify --var COMMIT:abc1234 failed; its message is above."],
  ])("stops at %s when it fails, and runs nothing after it", async (step, sentence) => {
    const { deps, commands } = setUp({}, { [step]: "✘ [ERROR] no route to host" });
    await expect(deploy(deps)).rejects.toThrow(`wrangler ${sentence}`);
    expect(commands.at(-1)?.startsWith(step)).toBe(true);
  });

  it("refuses an account in which the database has another id", async () => {
    const config = buildConfig({
      database: { name: "eventide", id: "99999999-0000-0000-0000-000000000000" },
    });
    const { deps, commands } = setUp({ config });
    await expect(deploy(deps)).rejects.toThrow(
      /gives eventide the id 99999999-.* in this account it is 11111111-/,
    );
    expect(commands).not.toContain(LAST_STEPS[0]);
  });

  it("says so when wrangler doesn't list what it has created", async () => {
    const { deps } = setUp({ run: async () => ({ code: 0, stdout: "[]", stderr: "" }) });
    await expect(deploy(deps)).rejects.toThrow("wrangler created eventide, but does not list it.");
  });
});
