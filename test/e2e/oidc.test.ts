import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser, openVisit, type Visit } from "./browser.ts";
import { emailAt, type Issuer, startIssuer, UNVERIFIED } from "./issuer.ts";

let issuer: Issuer;
let browser: Browser;

beforeAll(async () => {
  const { issuer: address, origin } = inject("stack");
  issuer = await startIssuer(address, origin);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await issuer.close();
});

async function openSignIn(options: { javaScript?: boolean; next?: string } = {}): Promise<Visit> {
  const visit = await openVisit(browser, options);
  // The provider's own pages ask for a font in the world outside.
  await visit.page.route(/fonts\.googleapis\.com/, (route) =>
    route.fulfill({ contentType: "text/css", body: "" }),
  );
  await visit.page.goto(`/signin?next=${encodeURIComponent(options.next ?? "/")}`);
  return visit;
}

async function goElsewhere(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Continue with Town Hall" }).click();
  await page.waitForURL((url) => url.origin === inject("stack").issuer);
}

/** Types a name there, and lets the product have what it asks for. */
async function signInThere(page: Page, login: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("whatever");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL((url) => url.origin === inject("stack").origin);
}

async function readMe(page: Page): Promise<{ status: number; email?: string; available?: number }> {
  const response = await page.context().request.get("/api/me");
  if (!response.ok()) return { status: response.status() };
  const { user, credits } = (await response.json()) as {
    user: { email: string };
    credits: { available: number };
  };
  return { status: response.status(), email: user.email, available: credits.available };
}

const pathOf = (page: Page) => new URL(page.url()).pathname;
const newLogin = () => `kim-${randomUUID().slice(0, 8)}`;

describe("signing in with an OpenID Connect provider", () => {
  it.each([true, false])(
    "43 opens an account and comes back to it later (scripts: %s)",
    async (javaScript) => {
      const login = newLogin();
      const visit = await openSignIn({ javaScript });
      await goElsewhere(visit.page);
      await signInThere(visit.page, login);
      expect(pathOf(visit.page)).toBe("/create");
      await visit.page.getByText("Welcome. Your account is open.").waitFor();
      expect(await readMe(visit.page)).toEqual({ status: 200, email: emailAt(login), available: 1000 });
      expect(visit.complaints).toEqual([]);
      await visit.close();

      const later = await openSignIn({ javaScript, next: "/gallery" });
      await goElsewhere(later.page);
      await signInThere(later.page, login);
      expect(pathOf(later.page)).toBe("/gallery");
      expect(await readMe(later.page)).toEqual({ status: 200, email: emailAt(login), available: 1000 });
      await later.close();
    },
  );

  it("47 says what happened to somebody who cancels there, and lets them start again", async () => {
    const visit = await openSignIn({ next: "/gallery" });
    await goElsewhere(visit.page);
    await visit.page.getByRole("link", { name: "Cancel" }).click();
    await visit.page.waitForURL((url) => url.pathname === "/signin");
    await visit.page.getByText("You cancelled at Town Hall, so nothing happened.").waitFor();
    await goElsewhere(visit.page);
    await signInThere(visit.page, newLogin());
    expect(pathOf(visit.page)).toBe("/gallery");
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  it("48 makes no account for an address that nobody has verified", async () => {
    const visit = await openSignIn();
    await goElsewhere(visit.page);
    await signInThere(visit.page, UNVERIFIED + newLogin());
    expect(pathOf(visit.page)).toBe("/signin");
    await visit.page.getByText("doesn't say that your e-mail address is verified").waitFor();
    expect(await readMe(visit.page)).toEqual({ status: 401 });
    await visit.close();
  });

  it("45–46 is worth nothing in another browser, nor a second time", async () => {
    const visit = await openSignIn();
    const backs: string[] = [];
    visit.page.on("request", (request) => {
      if (request.url().includes("/auth/callback/oidc?")) backs.push(request.url());
    });
    await goElsewhere(visit.page);
    await signInThere(visit.page, newLogin());
    const [back] = backs;
    if (back === undefined) throw new Error("There was no way back");
    const other = await openVisit(browser);
    await other.page.goto(back);
    await other.page.getByText("began in another browser").waitFor();
    expect(await readMe(other.page)).toEqual({ status: 401 });
    await other.close();

    await visit.page.context().clearCookies();
    await visit.page.goto(back);
    await visit.page.getByText("began in another browser").waitFor();
    expect(await readMe(visit.page)).toEqual({ status: 401 });
    await visit.close();
  });
});
