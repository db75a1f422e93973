import { describe, expect, it } from "vitest";
import { type Bindings, parseConfig } from "../../../src/env.ts";
import { testBindings } from "../../support/http.ts";

function parse(variables: Partial<Bindings>) {
  const parsed = parseConfig(testBindings(variables));
  return parsed.ok
    ? { providers: parsed.value.providers.map(({ id, name }) => `${id} ${name}`), fields: [] }
    : { providers: [], fields: parsed.error.map(({ field }) => field) };
}

const OIDC = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" };
const GOOGLE = { GOOGLE_CLIENT_ID: "a", GOOGLE_CLIENT_SECRET: "b" };
const GITHUB = { GITHUB_CLIENT_ID: "a", GITHUB_CLIENT_SECRET: "b" };

describe("the identity providers of a deployment", () => {
  it("are none without variables, and none for empty ones", () => {
    expect(parse({})).toEqual({ providers: [], fields: [] });
    expect(parse({ OIDC_ISSUER: "", OIDC_CLIENT_ID: "", GOOGLE_CLIENT_ID: "" }).providers).toEqual([]);
  });

  it("are those whose variables are set, in a fixed order", () => {
    expect(parse({ ...OIDC, ...GITHUB, ...GOOGLE }).providers).toEqual([
      "google Google",
      "github GitHub",
      "oidc id.example",
    ]);
    expect(parse({ ...OIDC, OIDC_NAME: " Town Hall " }).providers).toEqual(["oidc Town Hall"]);
  });

  it.each<[string, Partial<Bindings>, string[]]>([
    ["Google without a secret", { GOOGLE_CLIENT_ID: "a" }, ["GOOGLE_CLIENT_SECRET"]],
    ["Google without an id", { GOOGLE_CLIENT_SECRET: "a" }, ["GOOGLE_CLIENT_ID"]],
    ["GitHub without a secret", { GITHUB_CLIENT_ID: "a" }, ["GITHUB_CLIENT_SECRET"]],
    ["an issuer alone", { OIDC_ISSUER: "https://id.example" }, ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]],
    ["a client without an issuer", { OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" }, ["OIDC_ISSUER"]],
    ["an issuer that is no URL", { ...OIDC, OIDC_ISSUER: "id.example" }, ["OIDC_ISSUER"]],
    ["an issuer with a query", { ...OIDC, OIDC_ISSUER: "https://id.example/?a=b" }, ["OIDC_ISSUER"]],
    ["an issuer in the clear", { ...OIDC, OIDC_ISSUER: "http://id.example" }, ["OIDC_ISSUER"]],
    ["a name without end", { ...OIDC, OIDC_NAME: "x".repeat(41) }, ["OIDC_NAME"]],
  ])("are refused by the name of the variable for %s", (_case, variables, fields) => {
    expect(parse(variables)).toEqual({ providers: [], fields });
  });

  it("may use plain http for loopback in development, and not in production", () => {
    const loopback = { ...OIDC, OIDC_ISSUER: "http://127.0.0.1:9090" };
    expect(parse(loopback).providers).toEqual(["oidc 127.0.0.1"]);
    const production = {
      ENVIRONMENT: "production",
      APP_ORIGIN: "https://eventide.example",
      IDEOGRAM_BASE_URL: "https://api.ideogram.ai",
    } as const;
    expect(parse({ ...loopback, ...production }).fields).toEqual(["OIDC_ISSUER"]);
  });
});
