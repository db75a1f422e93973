import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { ROUTES } from "../../src/routes/access.ts";
import { type Client, createClient, signInClient } from "./api.ts";
import { ISSUER_CLIENT } from "./issuer.ts";

/** Settings that everybody may know: addresses, numbers, names of models. */
const PUBLIC = new Set([
  "ENVIRONMENT",
  "APP_ORIGIN",
  "IDEOGRAM_MODEL",
  "MAILER",
  "STARTING_CREDITS",
  "MAX_OPEN_GENERATIONS",
  "MAX_GENERATIONS_PER_HOUR",
  "FLAGS_TTL_SECONDS",
]);

function listSecrets(): [string, string][] {
  const settings = parseEnv(readFileSync(inject("stack").varsFile, "utf8"));
  const secrets = Object.entries(settings).filter(([name]) => !PUBLIC.has(name));
  return [...secrets, ["OIDC_CLIENT_SECRET", ISSUER_CLIENT.OIDC_CLIENT_SECRET]].map(
    ([name = "", value = ""]) => [name, value],
  );
}

/** Status line apart, everything that came over the wire; bytes one to one. */
async function receive(client: Client, path: string): Promise<{ text: string; type: string }> {
  const response = await client.call("GET", path);
  const body = Buffer.from(await response.arrayBuffer()).toString("latin1");
  return {
    text: JSON.stringify([...response.headers]) + body,
    type: response.headers.get("Content-Type") ?? "",
  };
}

/** Own addresses that a page loads or links to. */
function listLinks(html: string): string[] {
  const links = [...html.matchAll(/(?:href|src|action|srcset)="(\/(?!\/)[^"#\s]*)/g)].map(
    ([, link]) => link ?? "",
  );
  return links.map((link) => link.replaceAll("&amp;", "&"));
}

const PATHS = ROUTES.filter(({ method, path }) => method === "GET" && !path.includes(":")).map(
  ({ path }) => path,
);
const PATHS_MAX = 2_000;

/** From every page without a parameter on, whatever they lead to: pages, scripts, styles, pictures, exports. */
async function readEverything(client: Client, check: (path: string, text: string) => void): Promise<number> {
  const known = new Set(["/nothing", "/api/nothing", ...PATHS]);
  for (const path of known) {
    const { text, type } = await receive(client, path);
    check(path, text);
    if (type.startsWith("text/html")) for (const link of listLinks(text)) known.add(link);
    if (known.size > PATHS_MAX)
      throw new Error(`More than ${PATHS_MAX} addresses: what do the pages link to?`);
  }
  return known.size;
}

describe("the running product", () => {
  it.each(["nobody", "user", "admin", "hero"] as const)(
    "sends %s no secret of its settings, in no page, script, style, answer or header",
    async (who) => {
      const secrets = listSecrets();
      expect(secrets.map(([name]) => name)).toEqual(
        expect.arrayContaining(["AUTH_SECRET", "DEMO_PASSWORD", "IDEOGRAM_API_KEY", "OIDC_CLIENT_SECRET"]),
      );
      const client = who === "nobody" ? createClient() : await signInClient(who);
      const read = await readEverything(client, (path, text) => {
        for (const [name, secret] of secrets) {
          expect(text.includes(secret), `${path} holds ${name}`).toBe(false);
        }
      });
      expect(read).toBeGreaterThan(PATHS.length);
    },
  );
});
