import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { emailOf } from "./api.ts";
import { launchBrowser, openVisit, signIn, type Visit } from "./browser.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

interface Device extends Visit {
  devtools: CDPSession;
  authenticatorId: string;
}

/** A window of a device with an authenticator of its own, whose owner proves to be its owner. */
async function openDevice(): Promise<Device> {
  const visit = await openVisit(browser);
  const devtools = await visit.page.context().newCDPSession(visit.page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { ...visit, devtools, authenticatorId };
}

interface Creation {
  status: number;
  answer: { detail?: string };
}

/** For scripts that run in a page. */
const POST = `const post = (path, body) => fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});`;

function createByTheStandard(page: Page, attestation: "none" | "direct"): Promise<Creation> {
  const current = JSON.stringify(inject("stack").demoPassword);
  return page.evaluate(`(async () => {
    ${POST}
    const options = await (await post("/api/me/passkeys/options", { current: ${current} })).json();
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
      ...options,
      attestation: "${attestation}",
    });
    const response = await post("/api/me/passkeys", await navigator.credentials.create({ publicKey }));
    return { status: response.status, answer: await response.json() };
  })()`);
}

function signInByTheStandard(page: Page): Promise<number> {
  return page.evaluate(`(async () => {
    ${POST}
    const options = await (await post("/api/auth/passkey/options", {})).json();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await post("/api/auth/passkey", await navigator.credentials.get({ publicKey }))).status;
  })()`);
}

const pathOf = (page: Page) => new URL(page.url()).pathname;

async function addPasskey(page: Page, name: string, password: string): Promise<void> {
  await page.goto("/account/passkeys/new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Add a passkey" }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

async function signInWithPasskey(page: Page, next = "/gallery"): Promise<void> {
  await page.goto(`/signin?next=${encodeURIComponent(next)}`);
  await page.getByRole("button", { name: "Use a passkey" }).click();
}

async function readEmail(page: Page): Promise<string | null> {
  const response = await page.context().request.get("/api/me");
  if (!response.ok()) return null;
  return ((await response.json()) as { user: { email: string } }).user.email;
}

describe("a passkey of a real browser", () => {
  it("is added, opens the account without an address, and opens nothing once it is removed", async () => {
    const device = await openDevice();
    const { page } = device;
    await signIn(page, "user");
    await addPasskey(page, "Test device", inject("stack").demoPassword);
    await page.waitForURL((url) => url.pathname === "/account");
    const row = page.getByRole("listitem").filter({ hasText: "Test device" });
    await row.getByText("never used").waitFor();

    await signOut(page);
    expect(await readEmail(page)).toBeNull();
    await signInWithPasskey(page);
    await page.waitForURL((url) => url.pathname === "/gallery");
    expect(await readEmail(page)).toBe(emailOf("user"));

    await page.goto("/account");
    await row.getByText("last used").waitFor();
    await row.getByRole("button", { name: "Remove" }).click();
    await page.getByText("The passkey is removed and no longer opens your account.").waitFor();
    expect(await row.count()).toBe(0);
    expect(device.complaints).toEqual([]);

    await signOut(page);
    await signInWithPasskey(page);
    await page.getByText("This passkey opens no account here.").waitFor();
    expect(await readEmail(page)).toBeNull();
    await device.close();
  });

  it("is carried by hand where the browser can't write its answers down", async () => {
    const device = await openDevice();
    const { page } = device;
    await page.addInitScript("delete PublicKeyCredential.prototype.toJSON");
    await signIn(page, "user");
    await addPasskey(page, "Old browser", inject("stack").demoPassword);
    await page.waitForURL((url) => url.pathname === "/account");
    await signOut(page);
    await signInWithPasskey(page);
    await page.waitForURL((url) => url.pathname === "/gallery");
    expect(await readEmail(page)).toBe(emailOf("user"));
    expect(device.complaints).toEqual([]);
    await device.close();
  });

  it("is made and used by a client that knows nothing but the standard", async () => {
    const device = await openDevice();
    const { page } = device;
    await signIn(page, "user");
    const created = await createByTheStandard(page, "none");
    expect(created.status).toBe(201);
    await signOut(page);
    expect(await signInByTheStandard(page)).toBe(200);
    expect(await readEmail(page)).toBe(emailOf("user"));
    await device.close();
  });

  it("is refused in words when it comes with its maker's certificates", async () => {
    const device = await openDevice();
    const { page } = device;
    await signIn(page, "user");
    const created = await createByTheStandard(page, "direct");
    expect(created).toMatchObject({ status: 422, answer: { code: "invalid_request" } });
    expect(created.answer.detail).toContain("attestation");
    await device.close();
  });

  it("is not made for somebody who doesn't know the password, nor twice on one device", async () => {
    const device = await openDevice();
    const { page } = device;
    await signIn(page, "admin");
    await addPasskey(page, "Office", "not the password at all");
    await page.getByText("This is not your password.").waitFor();
    expect(pathOf(page)).toBe("/account/passkeys/new");
    const { demoPassword } = inject("stack");
    await addPasskey(page, "Office", demoPassword);
    await page.waitForURL((url) => url.pathname === "/account");
    await addPasskey(page, "Office again", demoPassword);
    await page.getByText("This device has a passkey for your account already.").waitFor();
    await device.close();
  });

  it("opens nothing for somebody who can't prove to be its owner", async () => {
    const device = await openDevice();
    const { page, devtools, authenticatorId } = device;
    await signIn(page, "hero");
    await addPasskey(page, "Stolen", inject("stack").demoPassword);
    await page.waitForURL((url) => url.pathname === "/account");
    await signOut(page);
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await signInWithPasskey(page);
    await page.getByText("It was cancelled, or it took too long. Try again.").waitFor();
    expect(await readEmail(page)).toBeNull();
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL((url) => url.pathname === "/gallery");
    await device.close();
  });

  it("isn't offered where scripts are off, and the page that would make one says so", async () => {
    const visit = await openVisit(browser, { javaScript: false });
    await visit.page.goto("/signin");
    expect(await visit.page.getByRole("button", { name: "Use a passkey" }).isVisible()).toBe(false);
    await signIn(visit.page, "user");
    await visit.page.goto("/account/passkeys/new");
    expect(await visit.page.getByText("This browser can't make passkeys here").isVisible()).toBe(true);
    expect(await visit.page.getByRole("button", { name: "Add a passkey" }).isVisible()).toBe(false);
    await visit.close();
  });
});
