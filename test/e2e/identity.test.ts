import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { launchBrowser, openVisit } from "./browser.ts";

const PASSWORD = "three quiet lanterns by the lake";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

function newEmail(): string {
  return `${randomUUID()}@example.test`;
}

async function press(page: Page, name: string): Promise<void> {
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
}

/** Looks into the development mailbox until the n-th letter to this address is there, and follows its link. */
async function openLetter(page: Page, email: string, n: number): Promise<void> {
  const letters = page.getByRole("listitem").filter({ hasText: `To ${email}` });
  await eventually(async () => {
    await page.goto("/dev/mail");
    expect(await letters.count()).toBe(n);
  });
  const letter = letters.first();
  const link = letter.getByRole("link", { name: /\/auth\/confirm\?/ });
  await Promise.all([page.waitForEvent("load"), link.click()]);
}

describe("a person without scripts", () => {
  it("registers, comes back by a mailed link, and leaves", async () => {
    const { page, complaints, close } = await openVisit(browser, { javaScript: false });
    const email = newEmail();

    await page.goto("/register");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Your name").fill("Ines Okafor");
    await press(page, "Mail me the link");
    await openLetter(page, email, 1);
    await page.getByLabel("Password").fill(PASSWORD);
    await press(page, "Open my account");
    expect(new URL(page.url()).pathname).toBe("/create");
    await page.goto("/account");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Ines Okafor");
    expect(await page.locator("#credits").textContent()).toMatch(/^1,000credits to spend/);

    await press(page, "Sign out everywhere");
    await page.goto("/signin");
    await page.getByLabel("E-mail address").fill(email);
    await press(page, "Mail me a link instead");
    await openLetter(page, email, 2);
    await press(page, "Sign in");
    await page.goto("/account/erase");
    await page.getByLabel("Type your e-mail address to confirm").fill(email);
    await press(page, "Erase everything");
    expect(await page.getByRole("status").textContent()).toContain("Your account is erased");
    await page.goto("/account");
    expect(new URL(page.url()).pathname).toBe("/signin");

    expect(complaints).toEqual([]);
    await close();
  });

  it("is told the same by a link that was pressed before, and led on", async () => {
    const { page, close } = await openVisit(browser, { javaScript: false });
    const email = newEmail();
    await page.goto("/register");
    await page.getByLabel("E-mail address").fill(email);
    await press(page, "Mail me the link");
    await openLetter(page, email, 1);
    const link = page.url();
    await press(page, "Open my account");
    await page.goto(link);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Too late.");
    expect(await page.getByRole("link", { name: "Go to my account" }).isVisible()).toBe(true);
    await close();
  });
});
