/** What travels: the Worker to its machines, and styles and scripts to a browser for each page. All of it gzipped. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROUTES } from "../src/routes/access.ts";
import { ROOT } from "./build.ts";
import type { Cluster } from "./cluster.ts";
import { ORIGIN, type Seed } from "./seed.ts";
import type { Answer } from "./workers/driver.ts";

export const WORKER_MAX_KB = 250;
export const PAGE_SCRIPT_MAX_KB = 15;
export const PAGE_STYLE_MAX_KB = 15;

export interface PageSize {
  path: string;
  status: number;
  htmlKb: number;
  styleKb: number;
  scriptKb: number;
}

const STYLESHEET = /<link rel="stylesheet" href="\/([^"?]+)/g;
const SCRIPT = /<script[^>]* src="\/([^"?]+)/g;
const DEVELOPMENT_ONLY = "/dev/";
/** The form with all its fields, and not the choice of an occasion before it. */
const CREATE_FORM = "/create?type=birthday-party";

export function measureWorker(bundle: string): number {
  return toGzipKb(bundle);
}

/** Every page of the table of routes that production has, as an admin or the owner of the pictures gets it. */
export async function measurePages(cluster: Cluster, seed: Seed): Promise<PageSize[]> {
  const pages = ROUTES.filter((route) => route.kind === "page" && route.method === "GET").filter(
    (route) => !route.path.startsWith(DEVELOPMENT_ONLY),
  );
  const sizes: PageSize[] = [];
  for (const page of pages) {
    const isForAdmins = page.access === "ADMIN" || page.access === "HERO";
    const person = isForAdmins ? seed.admin : seed.people[0];
    const path = page.path === "/create" ? CREATE_FORM : fillPath(page.path, seed);
    const { status, text } = await getPage(cluster, path, person?.cookie ?? "");
    sizes.push({
      path: page.path,
      status,
      htmlKb: toGzipKb(text),
      styleKb: sumGzipKb(text, STYLESHEET),
      scriptKb: sumGzipKb(text, SCRIPT),
    });
  }
  return sizes;
}

/** A page that sends somebody who is signed in elsewhere is for those who aren't. */
async function getPage(cluster: Cluster, path: string, cookie: string): Promise<Answer> {
  const request = { url: ORIGIN + path, method: "GET", body: null };
  const answer = await cluster.ask("product", { ...request, headers: { Cookie: cookie } });
  return answer.status === 303 ? cluster.ask("product", { ...request, headers: {} }) : answer;
}

function fillPath(path: string, seed: Seed): string {
  const { briefId, imageId } = seed.picture;
  return path
    .replace("/briefs/:id", `/briefs/${briefId}`)
    .replace("/images/:id", `/images/${imageId}`)
    .replace("/users/:id", `/users/${seed.people[0]?.id}`);
}

function sumGzipKb(html: string, pattern: RegExp): number {
  const files = [...html.matchAll(pattern)].map(([, file]) => file ?? "");
  return files.reduce((sum, file) => sum + toGzipKb(readFileSync(join(ROOT, "public", file))), 0);
}

function toGzipKb(content: string | Buffer): number {
  return gzipSync(content).length / 1024;
}
