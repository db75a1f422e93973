/** Every page as a person meets it: for assistive technology, on the smallest screens, in both themes, and by weight. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createClient, signInClient, type Who } from "./api.ts";
import { launchBrowser, openVisit, signIn, type Visit } from "./browser.ts";
import { orderByForm, waitUntilSettled } from "./orders.ts";

const SCRIPTS_MAX_BYTES = 15_000;
const STYLES_MAX_BYTES = 15_000;
const NARROWEST_PX = 320;
const WIDE = { width: 1280, height: 900 };

/** No screen has room for it in one line. */
const LONG_WORD = "donaudampfschifffahrtsgesellschaft".repeat(3);
const EMAIL_LOCAL_MAX_CHARACTERS = 64;
const NAME_MAX_CHARACTERS = 80;

/** As a browser loads it; it is never called here. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The part of axe's results that is looked at. */
interface AxeResults {
  violations: { id: string; nodes: { target: string[] }[] }[];
}

/**
 * `wordy` is somebody whose name and address are single words that no screen has room for, and whose credit is set
 * aside for a picture that the provider doesn't begin.
 */
type Visitor = Who | "anonymous" | "wordy";

/** What is visited, by whom. `:brief` and the like are filled in with what was ordered before. */
const PAGES: readonly [Visitor, string][] = [
  ["anonymous", "/"],
  ["anonymous", "/signin"],
  ["anonymous", "/register"],
  ["anonymous", "/forgot"],
  ["anonymous", "/dev/mail"],
  ["anonymous", "/auth/confirm?email=a%40example.test&token=worn-out"],
  ["anonymous", "/nowhere"],
  ["user", "/"],
  ["user", "/create"],
  ["user", "/create?type=birthday-party"],
  ["user", "/create?type=concert"],
  ["user", "/create?from=:brief"],
  ["user", "/briefs/:brief"],
  ["user", "/briefs/:failed"],
  ["user", "/gallery"],
  ["user", "/gallery?q=zebra"],
  ["user", "/images/:image"],
  ["user", "/account"],
  ["user", "/account/erase"],
  ["user", "/account/passkeys/new"],
  ["user", "/admin"],
  ["wordy", "/"],
  ["wordy", "/gallery"],
  ["wordy", "/briefs/:waiting"],
  ["wordy", "/account"],
  ["wordy", "/account/erase"],
  ["hero", "/gallery"],
  ["hero", "/admin"],
  ["hero", "/admin/users"],
  ["hero", "/admin/users?q=zebra"],
  ["hero", "/admin/users/:person"],
  ["hero", "/admin/users/:wordy"],
  ["hero", "/admin/generations"],
  ["hero", "/admin/flags"],
  ["hero", "/admin/flags/charts"],
  ["hero", "/admin/flags/rules"],
  ["hero", "/admin/flags/import"],
  ["hero", "/admin/speed"],
  ["hero", "/admin/audit"],
];

let browser: Browser;
const visits = new Map<Visitor, Visit>();
const known = new Map<string, string>();
const sizes = new Map<string, number>();

beforeAll(async () => {
  browser = await launchBrowser();
  for (const who of ["anonymous", "wordy", "user", "hero"] as const) {
    const visit = await openVisit(browser, WIDE);
    if (who === "user" || who === "hero") await signIn(visit.page, who);
    visits.set(who, visit);
  }
  await becomeWordy(getVisit("wordy").page);
  const { page } = getVisit("user");
  const orders = [await orderByForm(page), await orderByForm(page, { details: "[[sim:422]]" })];
  for (const [name, path] of [
    ["brief", orders[0]],
    ["failed", orders[1]],
  ] as const) {
    known.set(name, path?.split("/").at(-1) ?? "");
    await waitUntilSettled(page, path ?? "");
  }
  const user = await signInClient("user");
  const images = await user.readJson<{ items: { id: string }[] }>(200, "GET", "/api/images?limit=1");
  const image = images.items[0]?.id ?? "";
  known.set("image", image);
  await user.readJson(200, "PATCH", `/api/images/${image}`, { json: { title: LONG_WORD } });
  const me = await user.readJson<{ user: { id: string } }>(200, "GET", "/api/me");
  known.set("person", me.user.id);
});

afterAll(async () => {
  for (const visit of visits.values()) await visit.close();
  await browser.close();
});

/** Opens the wordy one's account, signs this page in to it, and orders. */
async function becomeWordy(page: Page): Promise<void> {
  const anybody = createClient();
  const email = `${LONG_WORD.slice(0, EMAIL_LOCAL_MAX_CHARACTERS)}@example.test`;
  const name = LONG_WORD.slice(0, NAME_MAX_CHARACTERS);
  await anybody.readJson(202, "POST", "/api/auth/register", { json: { email, name } });
  const { items } = await anybody.readJson<{ items: { to: string; text: string }[] }>(
    200,
    "GET",
    "/dev/mail",
    { headers: { Accept: "application/json" } },
  );
  const link = items.find(({ to }) => to === email)?.text.match(/https?:\/\/\S+/)?.[0] ?? "";
  await page.goto(link);
  await page.getByRole("button", { name: "Open my account" }).click();
  await page.waitForURL("**/create");
  const me = await page.request.get("/api/me");
  const { user }: { user: { id: string } } = await me.json();
  known.set("wordy", user.id);
  const order = await orderByForm(page, { details: "[[sim:402]]" });
  known.set("waiting", order.split("/").at(-1) ?? "");
}

function getVisit(who: Visitor): Visit {
  const visit = visits.get(who);
  if (visit === undefined) throw new Error(`${who} visits nothing`);
  return visit;
}

function fillPath(path: string): string {
  return path.replace(/:(\w+)/, (_match, name: string) => known.get(name) ?? name);
}

/** Opens a page and returns the addresses elsewhere that it asked for. */
async function openPage(page: Page, path: string): Promise<string[]> {
  const elsewhere: string[] = [];
  const { origin } = inject("stack");
  const note = (request: { url(): string }) => {
    if (new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  };
  page.on("request", note);
  await page.goto(path);
  page.off("request", note);
  return elsewhere;
}

/** What axe finds, one line for each rule that is broken. Motion would blur what it measures. */
async function listViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const [colorScheme, rules] of [
    ["light", undefined],
    ["dark", ["color-contrast"]],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const options = { resultTypes: ["violations"], ...(rules === undefined ? {} : { runOnly: rules }) };
    const result: AxeResults = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
    for (const { id, nodes } of result.violations) {
      found.push(`${colorScheme}, ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    }
  }
  return found;
}

async function weigh(page: Page, selector: string, attribute: string): Promise<number> {
  const addresses: string[] = await page
    .locator(selector)
    .evaluateAll((elements, name) => elements.map((element) => element.getAttribute(name) ?? ""), attribute);
  let total = 0;
  for (const address of addresses) {
    const response = sizes.has(address) ? null : await page.request.get(address);
    if (response !== null) sizes.set(address, gzipSync(await response.body()).length);
    total += sizes.get(address) ?? 0;
  }
  return total;
}

/** Chromium reports the status of the page itself; that isn't a complaint about what is on it. */
function withoutStatus(complaints: readonly string[]): string[] {
  return complaints.filter((complaint) => !/the server responded with a status of 4\d\d/.test(complaint));
}

describe.each(PAGES)("for %s, %s", (who, path) => {
  it("is accessible in both themes, fits a small screen, is light, and stays on this site", async () => {
    const { page, complaints } = getVisit(who);
    await page.setViewportSize(WIDE);
    expect(await openPage(page, fillPath(path))).toEqual([]);
    expect(await listViolations(page)).toEqual([]);
    expect(await weigh(page, "script[src]", "src")).toBeLessThan(SCRIPTS_MAX_BYTES);
    expect(await weigh(page, 'link[rel="stylesheet"]', "href")).toBeLessThan(STYLES_MAX_BYTES);
    await page.setViewportSize({ width: NARROWEST_PX, height: WIDE.height });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(NARROWEST_PX);
    expect(withoutStatus(complaints)).toEqual([]);
  });
});
