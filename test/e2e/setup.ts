/** Starts one product for the whole run, on free ports and in a folder of its own, and takes both away afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findChromium } from "../../scripts/dev/chromium.ts";
import { buildDevVars, createSecrets } from "../../scripts/dev/dev-vars.ts";
import { findFreePort } from "../../scripts/dev/ports.ts";
import { startStack } from "../../scripts/dev/stack.ts";
import { ISSUER_CLIENT } from "./issuer.ts";

/** What the tests know about the running product. */
export interface StackFacts {
  origin: string;
  simulatorOrigin: string;
  demoPassword: string;
  /** What its .dev.vars is elsewhere. */
  varsFile: string;
  chromiumPath: string;
  /** Where the product expects an OpenID Connect issuer; a test that needs one runs it there. */
  issuer: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    stack: StackFacts;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromiumPath = findChromium();
  const folder = mkdtempSync(join(tmpdir(), "eventide-e2e-"));
  const port = await findFreePort(3);
  const issuer = `http://127.0.0.1:${port + 2}`;
  const varsFile = join(folder, "vars");
  writeFileSync(varsFile, buildDevVars(port, createSecrets()));
  const stack = await startStack({
    port,
    stateDir: join(folder, "state"),
    varsFile,
    isMinified: true,
    vars: {
      STARTING_CREDITS: "1000",
      MAX_OPEN_GENERATIONS: "100",
      OIDC_ISSUER: issuer,
      OIDC_NAME: "Town Hall",
      ...ISSUER_CLIENT,
    },
    simulatorVars: { SIM_LATENCY_SCALE: "0.02" },
    show: (line) => console.error(line),
  });
  project.provide("stack", {
    origin: stack.origin,
    simulatorOrigin: stack.provider.baseUrl,
    demoPassword: stack.demoPassword,
    varsFile,
    chromiumPath,
    issuer,
  });
  return async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
