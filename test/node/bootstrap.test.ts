import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { isInstalled } from "../../scripts/bootstrap.mjs";
import { createFolder } from "./temporary.ts";

interface Package {
  version: string;
  integrity?: string;
  optional?: boolean;
}

const PACKAGES: Record<string, Package> = {
  "node_modules/hono": { version: "4.0.0", integrity: "sha512-a" },
  "node_modules/node": { version: "24.0.0", integrity: "sha512-b" },
  "node_modules/workerd-other": { version: "1.0.0", integrity: "sha512-c", optional: true },
};

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A folder whose lock file asks for PACKAGES and that holds `installed`. */
function createCopy(installed: Record<string, Package> | null): string {
  const folder = createFolder();
  const root = { "": { version: "0.1.0" } };
  write(join(folder, "package-lock.json"), JSON.stringify({ packages: { ...root, ...PACKAGES } }));
  if (installed === null) return folder;
  write(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
  write(join(folder, "node_modules", "node", "bin", "node"), "");
  return folder;
}

describe("isInstalled", () => {
  it("is true when everything is there, also without the packages of other platforms", () => {
    const { "node_modules/workerd-other": _other, ...here } = PACKAGES;
    expect(isInstalled(createCopy(PACKAGES))).toBe(true);
    expect(isInstalled(createCopy(here))).toBe(true);
  });

  it("is false on a fresh clone", () => {
    expect(isInstalled(createCopy(null))).toBe(false);
  });

  it("is false when a package is missing", () => {
    const { "node_modules/hono": _hono, ...rest } = PACKAGES;
    expect(isInstalled(createCopy(rest))).toBe(false);
  });

  it.each([
    ["another version", { version: "4.0.1", integrity: "sha512-a" }],
    ["other contents", { version: "4.0.0", integrity: "sha512-z" }],
  ])("is false when a package has %s than the lock file", (_name, hono) => {
    expect(isInstalled(createCopy({ ...PACKAGES, "node_modules/hono": hono }))).toBe(false);
  });

  it("is false when a package is there that the lock file has dropped", () => {
    expect(isInstalled(createCopy({ ...PACKAGES, "node_modules/old": { version: "1.0.0" } }))).toBe(false);
  });

  it("is false when the pinned Node.js was not installed", () => {
    const folder = createCopy(PACKAGES);
    rmSync(join(folder, "node_modules", "node"), { recursive: true });
    expect(isInstalled(folder)).toBe(false);
  });
});
