/** What stands in for parts of packages refuses loudly, each of it, should an upgrade come to use it after all. */
import { describe, expect, it } from "vitest";
import * as authCore from "../../src/left-out/auth-core.ts";
import * as drizzleOrm from "../../src/left-out/drizzle-orm.ts";
import * as simplewebauthn from "../../src/left-out/simplewebauthn.ts";

const { default: renderPage, ...authCoreFunctions } = authCore;
const { isPgEnum, ...relationalQueries } = drizzleOrm;
const { MetadataService, ...attestation } = simplewebauthn;

/** Functions and classes alike, by name. */
function listCallable(exports: object): [string, () => unknown][] {
  return Object.entries(exports).filter(([, value]) => typeof value === "function");
}

describe("what is left out of packages", () => {
  it.each([
    ...listCallable(renderPage()),
    ...listCallable(authCoreFunctions),
    ...listCallable(relationalQueries),
    ...listCallable(MetadataService),
    ...listCallable(attestation),
  ])("refuses loudly when it is used after all: %s", (_name, used) => {
    expect(() => Reflect.construct(used, [])).toThrow("left out");
  });

  it("knows no roots of trust", () => {
    const certificates = Object.entries(attestation).filter(([name]) => name.includes("_Root_"));
    expect(certificates.map(([, certificate]) => certificate)).toEqual(Array(8).fill(""));
  });

  it("finds no enumeration of PostgreSQL in a query", () => {
    expect(isPgEnum()).toBe(false);
  });
});
