/**
 * What has to be true before anything else runs: the packages of the lock file are installed, and the rest runs on
 * the Node.js that they bring. Plain JavaScript without dependencies, because it runs on whatever Node.js is there.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MIN_MAJOR = 20;
const PARENT_CHECK_MS = 500;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const root = fileURLToPath(new URL("..", import.meta.url));
const pinnedNode = join(root, "node_modules", "node", "bin", "node");

/** Runs a TypeScript module of scripts/ on the pinned Node.js, after an installation if one is needed. */
export async function runOnPinnedNode(module) {
  requireNode();
  if (!isInstalled(root)) install();
  const path = join(root, "scripts", module);
  if (realpathSync(process.execPath) === realpathSync(pinnedNode)) await import(pathToFileURL(path).href);
  else await handOver(path);
}

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= NODE_MIN_MAJOR) return;
  refuse(`Eventide needs Node.js ${NODE_MIN_MAJOR} or newer, and this is ${process.version}.`);
}

function install() {
  console.log("Installing packages (npm ci) …");
  // With NODE_ENV=production npm would leave out the tools, and there is nothing here without them.
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (npm.error?.code === "ENOENT") refuse("Eventide needs npm, and there is none on the PATH.");
  if (npm.status !== 0) refuse(`npm ci failed (exit code ${npm.status}); its message is above.`);
  if (!existsSync(pinnedNode)) {
    refuse("npm did not run the install script of the package node: allow install scripts and run npm ci.");
  }
}

/**
 * True when node_modules holds exactly what the lock file asks for on this platform. npm keeps its own record of
 * what it installed, so there is no stamp that could lie.
 */
export function isInstalled(folder) {
  const installed = readPackages(join(folder, "node_modules", ".package-lock.json"));
  const wanted = readPackages(join(folder, "package-lock.json"));
  if (installed === null || wanted === null) return false;
  if (!existsSync(join(folder, "node_modules", "node", "bin", "node"))) return false;
  const paths = Object.keys(wanted).filter((path) => path !== "");
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    paths.every((path) => isSamePackage(installed[path], wanted[path]))
  );
}

function isSamePackage(installed, wanted) {
  // Packages for other platforms are optional and are not installed.
  if (installed === undefined) return wanted.optional === true;
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

function readPackages(path) {
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/** The same terminal, signals and exit code; when either process dies, the other one ends too. */
function handOver(path) {
  const child = spawn(pinnedNode, [path, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, EVENTIDE_STOP_WITH_PARENT: "1" },
  });
  for (const signal of Object.keys(SIGNAL_NUMBERS)) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid === parent || child.kill("SIGTERM"), PARENT_CHECK_MS).unref();
  }
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0);
      resolve();
    });
  });
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}
