/** The two errands that matter most, with nothing but a keyboard; and coming back to a form that was sent. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { launchBrowser, openVisit, signIn } from "./browser.ts";

/** More presses of Tab than any form here has places to stop at. */
const TAB_STOPS_MAX = 120;
/** Longer than the page needs to be there: what is told about a picture can only be heard while it is made. */
const DRAWING_SECONDS = 600;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function hasFocus(page: Page, target: Locator): Promise<boolean> {
  return (await target.and(page.locator(":focus")).count()) === 1;
}

async function gainFocus(page: Page, target: Locator): Promise<void> {
  await target.and(page.locator(":focus")).waitFor();
}

/** Lets the time pass that the provider's simulator needs for the last two pictures, once it has begun with both. */
async function finishDrawing(page: Page): Promise<void> {
  await eventually(async () => {
    const response = await page.request.get("/api/generations?limit=2");
    const { items } = (await response.json()) as { items: { progress: { step: string } }[] };
    expect(items.map(({ progress }) => progress.step)).toEqual(["generating", "generating"]);
  });
  const response = await fetch(`${inject("stack").simulatorOrigin}/__sim/clock`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ advanceSeconds: DRAWING_SECONDS }),
  });
  expect(response.status).toBe(200);
}

/** Goes on with Tab until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stops = 0; stops < TAB_STOPS_MAX; stops++) {
    await page.keyboard.press("Tab");
    if (await hasFocus(page, target)) return;
  }
  throw new Error(`${target} can't be reached with Tab`);
}

async function pressEnter(page: Page, target: Locator, next: RegExp): Promise<void> {
  await tabTo(page, target);
  await Promise.all([page.waitForURL(next), page.keyboard.press("Enter")]);
}

describe("with the keyboard alone", () => {
  it("a person orders a picture, is told when it is there, and downloads it", async () => {
    const { page, complaints, close } = await openVisit(browser);
    await signIn(page, "user");
    await page.goto("/create");
    await pressEnter(page, page.getByRole("link", { name: "Birthday Party" }), /type=birthday-party/);
    await tabTo(page, page.getByLabel("How old are they turning?"));
    await page.keyboard.type("41");
    await tabTo(page, page.getByLabel("Anything else"));
    await page.keyboard.type(`[[sim:slow:${DRAWING_SECONDS}]]`);
    await tabTo(page, page.getByRole("checkbox", { name: /Landscape/ }));
    await page.keyboard.press("Space");
    await pressEnter(page, page.getByRole("button", { name: "Create", exact: true }), /\/briefs\//);

    const news = page.locator('[data-hook="progress-news"]');
    expect(await news.getAttribute("role")).toBe("status");
    const download = page.getByRole("link", { name: "Download Picture 2 of 2" });
    await finishDrawing(page);
    await download.waitFor();
    await page.getByRole("heading", { level: 1, name: "Your pictures are ready" }).waitFor();
    expect(await news.textContent()).toMatch(/Stored in your gallery/);
    expect(await page.locator(".site-credits").textContent()).toMatch(/^[\d,]+ credits\s*$/);
    await tabTo(page, download);
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(file.suggestedFilename()).toMatch(/\.png$/);
    expect(complaints).toEqual([]);
    await close();
  });

  it("an admin finds a person and adds credits", async () => {
    const { page, complaints, close } = await openVisit(browser);
    await signIn(page, "admin");
    await page.goto("/admin/users");
    await pressEnter(page, page.getByRole("link", { name: "user@example.test" }), /\/admin\/users\/\w+$/);
    await tabTo(page, page.getByLabel("Add credits"));
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("5");
    await tabTo(page, page.getByLabel("Reason"));
    await page.keyboard.type("for the keyboard");
    await tabTo(page, page.getByRole("button", { name: "Add credits" }));
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "5 credits added." }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("a refused form leads to what is wrong: the summary has the focus, and its link goes to the field", async () => {
    const { page, close } = await openVisit(browser);
    await page.goto("/register");
    // Past the browser's own check, as with a browser that has none.
    await page.evaluate("document.querySelector('main form').noValidate = true");
    await page.getByLabel("E-mail address").fill("nobody");
    await page.getByRole("button", { name: "Mail me the link" }).click();
    const summary = page.getByRole("alert");
    await gainFocus(page, summary);
    await tabTo(page, summary.getByRole("link"));
    await page.keyboard.press("Enter");
    const field = page.getByLabel("E-mail address");
    await gainFocus(page, field);
    const describedBy = (await field.getAttribute("aria-describedby")) ?? "";
    const error = page.locator(`#${describedBy.split(" ").at(-1)}`);
    expect(await summary.getByRole("link").textContent()).toContain(await error.textContent());
    await close();
  });
});

describe("an order that lacks an answer", () => {
  it("isn't sent: the focus goes to the question, which says what is missing until it is answered", async () => {
    const { page, complaints, close } = await openVisit(browser);
    await signIn(page, "user");
    await page.goto("/create?type=birthday-party");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    expect(new URL(page.url()).pathname).toBe("/create");
    const age = page.getByLabel("How old are they turning?");
    await gainFocus(page, age);
    const describedBy = (await age.getAttribute("aria-describedby")) ?? "";
    const error = page.locator(`#${describedBy.split(" ").at(-1)}`);
    expect(await error.textContent()).toBe("This is needed.");
    await page.keyboard.type("41");
    expect(await error.count()).toBe(0);
    expect(await age.getAttribute("aria-invalid")).toBeNull();
    expect(complaints).toEqual([]);
    await close();
  });
});

describe("somebody who goes back to a form that was sent", () => {
  it("is told before ordering the same again, isn't kept from it, and is led to the first order", async () => {
    const { page, complaints, close } = await openVisit(browser);
    await signIn(page, "user");
    await page.goto("/create?type=pottery");
    await page.getByLabel("Anything else").fill("two blue bowls");
    const again = page.getByText("You have sent this very order already.");
    expect(await again.isVisible()).toBe(false);
    await pressCreate(page);
    const first = new URL(page.url()).pathname;

    await page.goBack();
    await again.waitFor();
    expect(await page.locator('[data-counter-for="field-details"]').textContent()).toBe("14 of 1000");
    await page.getByLabel("Anything else").fill("two green bowls");
    expect(await again.isVisible()).toBe(false);
    await page.getByLabel("Anything else").fill("two blue bowls");
    await again.waitFor();
    await pressCreate(page);
    expect(new URL(page.url()).pathname).not.toBe(first);
    const link = page.getByRole("link", { name: "here are its pictures" });
    expect(await link.getAttribute("href")).toBe(first);
    expect(complaints).toEqual([]);
    await close();
  });
});

async function pressCreate(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Create", exact: true });
  await Promise.all([page.waitForURL(/\/briefs\//), button.click()]);
}
