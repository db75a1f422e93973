import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  NO_DATABASE_ID,
  NO_NAMESPACE_ID,
  readDeployConfig,
  replacePlaceholder,
} from "../../scripts/deploy/config-file.ts";
import { listConfigIssues } from "../../scripts/deploy/config-issues.ts";
import { CONFIG_PATH, loadWrangler } from "../../scripts/dev/wrangler.ts";
import { createFolder } from "./temporary.ts";

describe("readDeployConfig", () => {
  it("finds every resource that wrangler.toml names, each once", async () => {
    const { unstable_readConfig: readConfig } = await loadWrangler(createFolder());
    expect(readDeployConfig(readConfig({ config: CONFIG_PATH }))).toMatchObject({
      worker: "eventide",
      database: { name: "eventide" },
      namespaces: [{ title: "eventide-flags" }],
      buckets: ["eventide-images"],
      queues: ["generations", "generations-dlq"],
    });
  });

  it("64 leaves out the platform's line per request, which would hold the token of a mailed link", async () => {
    const { unstable_readConfig: readConfig } = await loadWrangler(createFolder());
    const { observability } = readConfig({ config: CONFIG_PATH });
    expect(observability).toMatchObject({ enabled: true, logs: { enabled: true, invocation_logs: false } });
  });
});

describe("replacePlaceholder", () => {
  it("puts the id where the placeholder stands in wrangler.toml, and changes nothing else", () => {
    const text = `# a comment\ndatabase_id = "${NO_DATABASE_ID}"\nid = "${NO_NAMESPACE_ID}"\n`;
    expect(replacePlaceholder(text, NO_DATABASE_ID, "the-id")).toBe(
      `# a comment\ndatabase_id = "the-id"\nid = "${NO_NAMESPACE_ID}"\n`,
    );
  });

  it.each(["", `"${NO_DATABASE_ID}" "${NO_DATABASE_ID}"`])(
    "refuses when it isn't there exactly once",
    (text) => {
      expect(() => replacePlaceholder(text, NO_DATABASE_ID, "the-id")).toThrow("exactly once");
    },
  );
});

describe("listConfigIssues", () => {
  it("names the public origin and the secrets as long as nobody has set them", async () => {
    const issues = await listConfigIssues([]);
    expect(issues.map((issue) => issue.split(" ")[0])).toEqual(
      expect.arrayContaining(["AUTH_SECRET", "IDEOGRAM_API_KEY"]),
    );
  });

  it("is content with a secret that is set, whatever it holds", async () => {
    const issues = await listConfigIssues(["AUTH_SECRET", "IDEOGRAM_API_KEY"]);
    expect(issues.filter((issue) => /AUTH_SECRET|IDEOGRAM_API_KEY/.test(issue))).toEqual([]);
  });

  it("has nothing against the settings that wrangler.toml brings, but for the origin", async () => {
    const hasOrigin = !/APP_ORIGIN = ""/.test(readFileSync(CONFIG_PATH, "utf8"));
    const issues = await listConfigIssues(["AUTH_SECRET", "IDEOGRAM_API_KEY"]);
    expect(issues.map((issue) => issue.split(" ")[0])).toEqual(hasOrigin ? [] : ["APP_ORIGIN"]);
  });
});
