/**
 * One workerd with all Workers of the bench, its databases filled alike. The driver reaches the others by service
 * bindings, so that no socket and no proxy is measured.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_splitSqlQuery } from "wrangler";
import { buildProduct, ROOT } from "./build.ts";
import { findChild, readCpuNanoseconds } from "./cpu.ts";
import { type CountedTarget, DATABASES, describeWorkers, type Target } from "./describe-workers.ts";
import type { Seed } from "./seed.ts";
import type { Answer, Block, BlockReport, BlockRequest, Question } from "./workers/driver.ts";
import type { SeedStatement } from "./workers/seeder.ts";

export interface Cluster {
  /** The product's bundle, as it would be deployed. */
  productBundle: string;
  /** Sends one block and gives the CPU time that the whole runtime spent on it, in milliseconds. */
  drive: (target: Target, expectedStatus: number, requests: BlockRequest[]) => Promise<number>;
  /** One request outside of any measurement. */
  ask: (target: Target | CountedTarget, request: BlockRequest) => Promise<Answer>;
  /** Errors and warnings that Workers logged: there should be none. */
  complaints: string[];
  dispose: () => Promise<void>;
}

const NANOSECONDS_PER_MS = 1e6;
const COMPLAINTS_MAX = 20;

export async function startCluster(seed: Seed): Promise<Cluster> {
  const productBundle = await buildProduct();
  const complaints: string[] = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      handleStructuredLogs: ({ level, message }) => {
        const isComplaint = level !== "log" && level !== "info";
        if (isComplaint && complaints.length < COMPLAINTS_MAX) complaints.push(message);
      },
      workers: describeWorkers(productBundle),
    }),
  );
  try {
    await miniflare.ready;
    await fillDatabases(miniflare, seed);
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
  const pid = findChild("workerd");
  return {
    productBundle,
    drive: (target, expectedStatus, requests) => drive(miniflare, pid, { target, expectedStatus, requests }),
    ask: (target, request) => callDriver<Answer>(miniflare, "/ask", { target, request }),
    complaints,
    dispose: () => miniflare.dispose(),
  };
}

async function fillDatabases(miniflare: Miniflare, seed: Seed): Promise<void> {
  const statements = [...listMigrationStatements(), ...seed.statements];
  for (const database of DATABASES) {
    const response = await miniflare.dispatchFetch(`http://seeder/${database}`, {
      method: "POST",
      body: JSON.stringify(statements),
    });
    if (!response.ok) throw new Error(`fillDatabases: ${database}: ${await response.text()}`);
  }
}

function listMigrationStatements(): SeedStatement[] {
  return readdirSync(join(ROOT, "migrations"))
    .filter((name) => name.endsWith(".sql"))
    .sort((a, b) => a.localeCompare(b, "en"))
    .flatMap((name) => unstable_splitSqlQuery(readFileSync(join(ROOT, "migrations", name), "utf8")))
    .map((sql) => ({ sql, values: [] }));
}

async function drive(miniflare: Miniflare, pid: number, block: Block): Promise<number> {
  const before = readCpuNanoseconds(pid);
  const report = await callDriver<BlockReport>(miniflare, "/drive", block);
  const spentMs = (readCpuNanoseconds(pid) - before) / NANOSECONDS_PER_MS;
  if (report.unexpected !== null || report.answered !== block.requests.length) {
    throw new Error(`${block.target} did not answer as expected: ${JSON.stringify(report)}`);
  }
  return spentMs;
}

async function callDriver<Report>(
  miniflare: Miniflare,
  path: string,
  order: Block | Question,
): Promise<Report> {
  const response = await miniflare.dispatchFetch(`http://driver${path}`, {
    method: "POST",
    body: JSON.stringify(order),
  });
  if (!response.ok) throw new Error(`the driver answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Report;
}
