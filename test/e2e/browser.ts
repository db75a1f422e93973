/** A real browser against the running product. Nothing leaves this machine, and no page may complain. */
import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { PATIENCE_MS } from "../support/eventually.ts";
import { emailOf, type Who } from "./api.ts";

/** A closed network answers none of the browser's own requests, so it is told to make none. */
const CHROMIUM_FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export function launchBrowser(): Promise<Browser> {
  const executablePath = inject("stack").chromiumPath;
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS, timeout: PATIENCE_MS });
}

export interface Visit {
  page: Page;
  /** What the pages of this visit complained about so far: script errors and console errors. */
  complaints: string[];
  close(): Promise<void>;
}

/** A fresh window without cookies. */
export async function openVisit(
  browser: Browser,
  options: { width?: number; height?: number; javaScript?: boolean } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: inject("stack").origin,
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    javaScriptEnabled: options.javaScript ?? true,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

/** Signs in through the form, as a person does, and waits until the page after it is there. */
export async function signIn(page: Page, who: Who): Promise<void> {
  await page.goto("/signin");
  await page.getByLabel("E-mail address").fill(emailOf(who));
  await page.getByLabel("Password").fill(inject("stack").demoPassword);
  await Promise.all([
    page.waitForURL((url) => url.pathname !== "/signin"),
    page.getByRole("button", { name: "Sign in" }).click(),
  ]);
}
