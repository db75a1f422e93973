import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Client, createClient, signInClient } from "./api.ts";
import { launchBrowser, openVisit, signIn } from "./browser.ts";

const DOCUMENT = "/api/admin/flags/document";
const EVALUATE = "/ofrep/v1/evaluate/flags";

interface Answer {
  value?: unknown;
  reason?: string;
  errorCode?: string;
}

let admin: Client;

beforeAll(async () => {
  admin = await signInClient("admin");
});

afterEach(async () => {
  await admin.readJson(200, "PUT", DOCUMENT, { json: { flags: {} } });
});

describe("rules, in the Worker as it is deployed", () => {
  const targeting = (rule: unknown) => ({
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: { if: [rule, "on", "off"] },
  });

  it("are evaluated, with every operator that a library brings", async () => {
    const flags = {
      animations: targeting({ "==": [{ var: "role" }, "USER"] }),
      by_version: targeting({ sem_ver: [{ var: "version" }, ">=", "1.2"] }),
      by_word: targeting({ starts_with: [{ var: "id" }, "abc"] }),
      by_share: targeting({
        fractional: [
          [true, 100],
          [false, 0],
        ],
      }),
    };
    await admin.readJson(200, "PUT", DOCUMENT, { json: { flags } });
    const context = { targetingKey: "u1", role: "USER", version: "1.10.0", id: "abcdef" };
    for (const key of Object.keys(flags)) {
      const answer = await admin.readJson<Answer>(200, "POST", `${EVALUATE}/${key}`, { json: { context } });
      expect(answer, key).toMatchObject({ value: true, reason: "TARGETING_MATCH" });
    }
    const user = await signInClient("user");
    const own = await user.readJson<Answer>(200, "POST", `${EVALUATE}/animations`, { json: {} });
    expect(own).toMatchObject({ value: true, reason: "TARGETING_MATCH" });
  });

  it("that can't be evaluated say so for one flag and leave the others alone", async () => {
    const flags = {
      broken: targeting({ nonsense: [] }),
      sound: targeting({ "==": [{ var: "role" }, "ADMIN"] }),
    };
    await admin.readJson(200, "PUT", DOCUMENT, { json: { flags } });
    const broken = await admin.call("POST", `${EVALUATE}/broken`, { json: {} });
    expect([broken.status, ((await broken.json()) as Answer).errorCode]).toEqual([400, "PARSE_ERROR"]);
    const sound = await admin.readJson<Answer>(200, "POST", `${EVALUATE}/sound`, { json: {} });
    expect(sound).toMatchObject({ value: true, reason: "TARGETING_MATCH" });
  });
});

describe("the pages of the switches", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  it("switch a flag with one press, and everybody's next page follows", async () => {
    const visit = await openVisit(browser);
    await signIn(visit.page, "admin");
    await visit.page.goto("/admin/flags");
    await visit.page.getByRole("button", { name: "Off for Animations" }).click();
    await visit.page.waitForURL("**/admin/flags/animations");
    expect(await visit.page.locator("html").getAttribute("data-animations")).toBe("off");
    const anonymous = await createClient().call("GET", "/");
    expect(await anonymous.text()).toContain('data-animations="off"');
    await visit.page.goto("/admin/flags");
    await visit.page.getByRole("button", { name: "Rules for Animations" }).click();
    await visit.page.waitForURL("**/admin/flags/animations");
    expect(await visit.page.locator("html").getAttribute("data-animations")).toBe("on");
    await visit.close();
  });

  it("measure how fast a page was for its reader", async () => {
    const visit = await openVisit(browser);
    await signIn(visit.page, "admin");
    await visit.page.goto("/admin/users");
    await visit.page.goto("/admin/flags");
    // The message is sent while the page goes away, so that it may arrive after the next one.
    await eventually(async () => {
      const speed = await (await admin.call("GET", "/admin/speed")).text();
      expect(speed).toContain('admin/</span><span class="speed-part">users<');
    });
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });
});
