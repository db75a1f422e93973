/**
 * One running copy of the product: database, app, simulator and cron, on the ports and in the folder that the caller
 * gives. `npm start` runs one, the end-to-end tests and the benches run others beside it.
 */
import { basename, join } from "node:path";
import { openBindings } from "./bindings.ts";
import { startCron } from "./cron.ts";
import { applyMigrations, listPendingMigrations } from "./database.ts";
import { seedDemoPeople } from "./demo-people.ts";
import { describeCommit } from "./git.ts";
import { waitUntilReady } from "./health.ts";
import { openLog, type Show } from "./logs.ts";
import { requireFreePort } from "./ports.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { readSettings, type Settings } from "./settings.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { CONFIG_PATH, ROOT, wranglerArgs, wranglerEnvironment } from "./wrangler.ts";

const APP_READY_TIMEOUT_MS = 180_000;
/** How long an app that failed a cron run may take to answer again, for example while it is being rebuilt. */
const APP_LOST_TIMEOUT_MS = 30_000;
const SIMULATOR_READY_TIMEOUT_MS = 180_000;
const SIMULATOR_CONFIG_PATH = join(ROOT, "dev", "ideogram", "wrangler.toml");

export interface StackOptions {
  /** The app's port; the simulator takes the next one. */
  port: number;
  /** Databases, objects and logs. A second stack on the same folder goes on where the first one stopped. */
  stateDir: string;
  /** Read instead of .dev.vars, which then has no influence at all. */
  varsFile?: string;
  /** Variables of the app for this run only. */
  vars?: Record<string, string>;
  /** Variables of the simulator, for example `{ SIM_LATENCY_SCALE: "0" }`. */
  simulatorVars?: Record<string, string>;
  /** Gets the lines that somebody at the terminal should see. */
  show?: Show;
  /** False when the caller runs the cron by itself. */
  hasCron?: boolean;
  /** True bundles the app as it is deployed, where no stack can be read without help. */
  isMinified?: boolean;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

export interface Stack {
  origin: string;
  /** The provider that pictures come from, and whether it is the simulator of this stack. */
  provider: { baseUrl: string; isSimulator: boolean };
  /** Letters are kept in the mailbox at /dev/mail instead of being sent. */
  hasMailbox: boolean;
  demoPassword: string;
  logsDir: string;
  /** Settles with the name of the first process that ended without being asked to. */
  died: Promise<string>;
  /** Ends every process and resolves when none is left. Calling it again changes nothing. */
  stop(): Promise<void>;
}

/** Resolves when health is green; throws, with nothing left running, when that can't be. */
export async function startStack(options: StackOptions): Promise<Stack> {
  await requireFreePort(options.port, "the app");
  const parts = createSupervisor();
  options.signal?.addEventListener("abort", () => void parts.stop());
  try {
    const settings = await prepare(options, parts);
    options.signal?.throwIfAborted();
    const app = startApp(options, settings);
    parts.add(app);
    // Not the public origin, which may be a tunnel's.
    const local = `http://127.0.0.1:${options.port}`;
    const awaitHealth = (timeoutMs: number) =>
      waitUntilReady(`${local}/api/health`, timeoutMs, (response) => response.ok, app.exited);
    await awaitHealth(APP_READY_TIMEOUT_MS);
    if (options.hasCron !== false) {
      const report = (reason: string) => options.show?.(`[cron] ${reason}`);
      parts.add(startCron(local, () => awaitHealth(APP_LOST_TIMEOUT_MS), report));
    }
    return describeStack(options, settings, parts);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

function describeStack(options: StackOptions, settings: Settings, parts: Supervisor): Stack {
  return {
    origin: settings.config.origin,
    provider: { baseUrl: settings.config.ideogram.baseUrl, isSimulator: settings.simulatorPort !== null },
    hasMailbox: settings.config.mail.kind === "dev",
    demoPassword: settings.demoPassword,
    logsDir: logsDirOf(options),
    died: parts.died,
    stop: () => parts.stop(),
  };
}

/** Everything before the app: settings, simulator, schema and people. */
async function prepare(options: StackOptions, parts: Supervisor): Promise<Settings> {
  const local = await openBindings(options.stateDir, options.varsFile);
  try {
    const settings = readSettings(
      { ...local.env, ...options.vars },
      { port: options.port, commit: describeCommit(ROOT), file: basename(options.varsFile ?? ".dev.vars") },
    );
    const { simulatorPort } = settings;
    if (simulatorPort !== null) await requireFreePort(simulatorPort, "the provider's simulator");
    const simulator =
      simulatorPort === null ? null : startSimulator(options, simulatorPort, settings.providerKey);
    if (simulator !== null) parts.add(simulator);
    if ((await listPendingMigrations(local.env.DB)).length > 0) await applyMigrations(options.stateDir);
    await seedDemoPeople(local.env.DB, settings.demoPassword, settings.config.startingCredits);
    if (simulator !== null) await waitForSimulator(settings, simulator);
    return settings;
  } finally {
    await local.dispose();
  }
}

function waitForSimulator(settings: Settings, simulator: RunningProcess): Promise<void> {
  return waitUntilReady(
    `${settings.config.ideogram.baseUrl}/__sim`,
    SIMULATOR_READY_TIMEOUT_MS,
    (response) => response.ok,
    simulator.exited,
  );
}

function startSimulator(options: StackOptions, port: number, key: string): RunningProcess {
  return startWorker(options, "simulator", [
    ...["-c", SIMULATOR_CONFIG_PATH, "--port", String(port)],
    ...["--persist-to", join(options.stateDir, "simulator")],
    ...listVarArguments({ SIM_API_KEY: key, ...options.simulatorVars }),
  ]);
}

function startApp(options: StackOptions, settings: Settings): RunningProcess {
  return startWorker(options, "app", [
    ...["-c", CONFIG_PATH, "--port", String(options.port), "--persist-to", options.stateDir],
    ...(options.varsFile === undefined ? [] : ["--env-file", options.varsFile]),
    ...(options.isMinified === true ? ["--minify"] : []),
    ...listVarArguments({ ...options.vars, ...settings.overrides }),
  ]);
}

function startWorker(options: StackOptions, name: string, args: readonly string[]): RunningProcess {
  const log = openLog(logsDirOf(options), name, (line) => options.show?.(line));
  const common = ["--ip", "127.0.0.1", "--inspector-port", "0", "--show-interactive-dev-session=false"];
  return startProcess(name, wranglerArgs("dev", ...common, ...args), {
    cwd: ROOT,
    env: wranglerEnvironment(options.stateDir),
    onLine: (line, source) => log.write(line, source),
  });
}

function listVarArguments(vars: Record<string, string>): string[] {
  return Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
}

function logsDirOf(options: StackOptions): string {
  return join(options.stateDir, "logs");
}
