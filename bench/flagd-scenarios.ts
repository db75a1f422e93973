/**
 * Runs the public flagd evaluator scenarios against a running app, with the real OFREP clients:
 * `node bench/flagd-scenarios.ts <folder with flags/ and gherkin/> --email … --password … [--url …]`.
 * The folder is `evaluator` of github.com/open-feature/flagd-testbed. The document is put in place over the API like
 * any other, and the one that was there is put back. Scenarios of the superseded `@fractional-v1` are left out.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { OFREPApi, toResolutionDetails } from "@openfeature/ofrep-core";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { type EvaluationContext, type JsonValue, OpenFeature, type Provider } from "@openfeature/web-sdk";
import { parseFeature, type Scenario, type Step } from "./gherkin.ts";

const SUPERSEDED_TAG = "@fractional-v1";
const DOCUMENT_PATH = "/api/admin/flags/document";

interface Details {
  value: unknown;
  reason?: string | undefined;
  errorCode?: string | undefined;
  flagMetadata?: Record<string, unknown> | undefined;
}

/** One of the two clients, asked for one flag in one context. */
type Ask = (key: string, fallback: JsonValue, context: EvaluationContext) => Promise<Details>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", default: "http://localhost:8787" },
    email: { type: "string", default: "admin@example.test" },
    password: { type: "string", default: "" },
  },
});
const folder = positionals[0] ?? "";
const cookie = await signIn();
const before = await (await api("GET")).text();
const flags = readFileSync(join(folder, "flags", "testkit-flags.json"), "utf8");
const saved = await api("PUT", flags);
if (!saved.ok) throw new Error(`The document was refused: ${saved.status} ${await saved.text()}`);
try {
  const scenarios = readScenarios(join(folder, "gherkin"));
  const failures = [
    ...(await runAll("@openfeature/ofrep-core", scenarios, askSingle())),
    ...(await runAll("@openfeature/ofrep-web-provider", scenarios, await askBulk())),
  ];
  for (const failure of failures) console.log(failure);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await api("PUT", before);
}

async function signIn(): Promise<string> {
  const response = await fetch(`${values.url}/api/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: values.url },
    body: JSON.stringify({ email: values.email, password: values.password }),
  });
  if (!response.ok) throw new Error(`Signing in was answered ${response.status}.`);
  return (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
}

function api(method: "GET" | "PUT", body?: string): Promise<Response> {
  const headers = { Cookie: cookie, Origin: values.url, "Content-Type": "application/json" };
  return fetch(values.url + DOCUMENT_PATH, { method, headers, body: body ?? null });
}

function readScenarios(path: string): Scenario[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(".feature"))
    .flatMap((name) => parseFeature(readFileSync(join(path, name), "utf8")))
    .filter(({ tags }) => !tags.includes(SUPERSEDED_TAG));
}

function askSingle(): Ask {
  const client = new OFREPApi({ baseUrl: values.url, headers: [["Cookie", cookie]] });
  return async (key, fallback, context) => {
    const { value } = await client.postEvaluateFlag(key, { context: { ...context } });
    if ("errorCode" in value) return { value: fallback, reason: "ERROR", errorCode: value.errorCode };
    return toResolutionDetails(value, fallback);
  };
}

async function askBulk(): Promise<Ask> {
  const options = { baseUrl: values.url, headers: [["Cookie", cookie]] as [string, string][] };
  const provider = new OFREPWebProvider({ ...options, pollInterval: 0, cacheMode: "disabled" });
  await OpenFeature.setProviderAndWait(provider as Provider);
  const client = OpenFeature.getClient();
  return async (key, fallback, context) => {
    await OpenFeature.setContext(context);
    if (typeof fallback === "boolean") return client.getBooleanDetails(key, fallback);
    if (typeof fallback === "string") return client.getStringDetails(key, fallback);
    if (typeof fallback === "number") return client.getNumberDetails(key, fallback);
    return client.getObjectDetails(key, fallback);
  };
}

async function runAll(client: string, scenarios: readonly Scenario[], ask: Ask): Promise<string[]> {
  const failures: string[] = [];
  for (const scenario of scenarios) {
    const problem = await runScenario(scenario, ask);
    if (problem !== null) failures.push(`${client}: ${scenario.name}: ${problem}`);
  }
  console.log(`${client}: ${scenarios.length - failures.length} of ${scenarios.length} scenarios`);
  return failures;
}

/** Null, or what was not as it should be. */
async function runScenario(scenario: Scenario, ask: Ask): Promise<string | null> {
  let flag: { key: string; type: string; fallback: JsonValue } | null = null;
  const context: Record<string, JsonValue> = {};
  let details: Details = { value: undefined };
  for (const { text, table } of scenario.steps) {
    const named = /^a (\w+)-flag with key "(.*?)" and a fallback value "(.*)"$/.exec(text);
    const [, type, key] = named ?? [];
    if (type !== undefined && key !== undefined)
      flag = { key, type, fallback: parseValue(type, named?.[3] ?? "") };
    else if (text === "an evaluator") continue;
    else if (text === "the flag was evaluated with details" && flag !== null) {
      details = await ask(flag.key, flag.fallback, context as EvaluationContext);
    } else if (!addToContext(context, text)) {
      const problem = judge({ text, table }, flag?.type ?? "", details);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function addToContext(context: Record<string, JsonValue>, text: string): boolean {
  const typed = /^a context containing a key "(.*?)", with type "(.*?)" and with value "(.*)"$/.exec(text);
  const targeting = /^a context containing a targeting key with value "(.*)"$/.exec(text);
  const nested =
    /^a context containing a nested property with outer key "(.*?)" and inner key "(.*?)", with value "(.*)"$/.exec(
      text,
    );
  if (typed !== null) context[typed[1] ?? ""] = parseValue(typed[2] ?? "", typed[3] ?? "");
  else if (targeting !== null) context["targetingKey"] = targeting[1] ?? "";
  else if (nested !== null) context[nested[1] ?? ""] = { [nested[2] ?? ""]: nested[3] ?? "" };
  else return false;
  return true;
}

function judge({ text, table }: Step, type: string, details: Details): string | null {
  const expected = /"(.*)"$/.exec(text)?.[1] ?? "";
  if (text.startsWith("the resolved details value should be")) {
    return compare("value", details.value, parseValue(type, expected));
  }
  if (text.startsWith("the reason should be")) return compare("reason", details.reason, expected);
  if (text.startsWith("the error-code should be")) return compare("error code", details.errorCode, expected);
  if (text === "the resolved metadata is empty") return compare("metadata", details.flagMetadata ?? {}, {});
  if (text === "the resolved metadata should contain") {
    const wanted = table.map((row) => [
      row["key"],
      parseValue(row["metadata_type"] ?? "", row["value"] ?? ""),
    ]);
    return compare("metadata", details.flagMetadata, Object.fromEntries(wanted));
  }
  return `nobody knows the step “${text}”`;
}

function compare(what: string, found: unknown, expected: unknown): string | null {
  if (isDeepStrictEqual(found, expected)) return null;
  return `${what} is ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`;
}

function parseValue(type: string, text: string): JsonValue {
  if (type === "Boolean") return text === "true";
  if (type === "Integer" || type === "Float") return Number(text);
  if (type === "Object") return JSON.parse(text.replaceAll('\\"', '"')) as JsonValue;
  return text;
}
