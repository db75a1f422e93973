import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlatformProxy } from "wrangler";
import { openBindings } from "../../scripts/dev/bindings.ts";
import { buildDevVars } from "../../scripts/dev/dev-vars.ts";
import { type LocalBindings, readSettings, type Settings } from "../../scripts/dev/settings.ts";

const SECRET = "a-value-that-no-message-may-show";
const SECRETS = { authSecret: "0123456789012345678901234567890123456789", demoPassword: "plum-otter-lamp" };

let folder: string;
let local: PlatformProxy<LocalBindings>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "eventide-settings-"));
  const varsFile = join(folder, "vars");
  writeFileSync(varsFile, buildDevVars(8787, SECRETS));
  local = await openBindings(folder, varsFile);
});

afterAll(async () => {
  await local.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** The file that npm start writes for port 8787, with `changes`; undefined takes a line out. */
function read(changes: Record<string, string | undefined> = {}, port = 8787): Settings {
  const env: LocalBindings = { ...local.env, ...changes };
  return readSettings(env, { port, commit: "abc1234", file: ".dev.vars" });
}

describe("readSettings", () => {
  it("overrides nothing but the commit when the port is the file's", () => {
    expect(read()).toMatchObject({
      simulatorPort: 8788,
      demoPassword: SECRETS.demoPassword,
      overrides: { COMMIT: "abc1234" },
      config: { origin: "http://localhost:8787", environment: "development", commit: "abc1234" },
    });
  });

  it("moves the origin and the simulator when the port is another one", () => {
    expect(read({}, 9200)).toMatchObject({
      simulatorPort: 9201,
      overrides: {
        APP_ORIGIN: "http://localhost:9200",
        IDEOGRAM_BASE_URL: "http://127.0.0.1:9201",
        IDEOGRAM_IMAGE_HOSTS: "127.0.0.1:9201,localhost:9201",
      },
      config: { origin: "http://localhost:9200", ideogram: { baseUrl: "http://127.0.0.1:9201" } },
    });
  });

  it("moves to port 80, of which browsers leave the number out", () => {
    expect(read({}, 80)).toMatchObject({
      simulatorPort: 81,
      overrides: { APP_ORIGIN: "http://localhost" },
      config: { origin: "http://localhost" },
    });
  });

  it("starts no simulator when the provider is the real one", () => {
    const settings = read(
      { IDEOGRAM_BASE_URL: "https://api.ideogram.ai", IDEOGRAM_IMAGE_HOSTS: "ideogram.ai,*.ideogram.ai" },
      9200,
    );
    expect(settings.simulatorPort).toBeNull();
    expect(settings.overrides).toEqual({ APP_ORIGIN: "http://localhost:9200", COMMIT: "abc1234" });
  });

  it("leaves a stand-in on another loopback port alone when the port moves", () => {
    const settings = read({ IDEOGRAM_BASE_URL: "http://127.0.0.1:5000" }, 9200);
    expect(settings.simulatorPort).toBeNull();
    expect(settings.config.ideogram.baseUrl).toBe("http://127.0.0.1:5000");
  });

  it("keeps an origin that isn't loopback, and the simulator beside the port", () => {
    const settings = read({ APP_ORIGIN: "https://tunnel.example" });
    expect(settings.config.origin).toBe("https://tunnel.example");
    expect(settings.simulatorPort).toBe(8788);
  });

  it.each([
    ["AUTH_SECRET", undefined, "AUTH_SECRET is missing"],
    ["AUTH_SECRET", "short", "AUTH_SECRET must have at least 32 characters"],
    ["APP_ORIGIN", `http://${SECRET}/path`, "APP_ORIGIN must be an origin"],
    ["IDEOGRAM_API_KEY", "", "IDEOGRAM_API_KEY is empty"],
    ["IDEOGRAM_MODEL", SECRET, "IDEOGRAM_MODEL must be one of"],
    ["STARTING_CREDITS", SECRET, "STARTING_CREDITS must be a whole number"],
    ["ENVIRONMENT", SECRET, "ENVIRONMENT must be development"],
    ["DEMO_PASSWORD", undefined, "DEMO_PASSWORD is missing"],
    ["DEMO_PASSWORD", "short", "DEMO_PASSWORD must have 12 to 128 characters"],
  ])("refuses with the field's name and never the value when %s is %s", (field, value, sentence) => {
    expect(() => read({ [field]: value })).toThrow(`.dev.vars can't be used: ${sentence}`);
    expect(() => read({ [field]: value })).not.toThrow(SECRET);
  });

  it("names every field when several are wrong", () => {
    expect(() => read({ AUTH_SECRET: "short", MAX_OPEN_GENERATIONS: "many" })).toThrow(
      /AUTH_SECRET .*; MAX_OPEN_GENERATIONS /,
    );
  });
});
