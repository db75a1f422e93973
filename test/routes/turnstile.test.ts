/** Registration behind Turnstile, with its documented keys for tests and a stand-in for the network. */
import { env as database } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { listLettersTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

const SITE_KEY = "1x00000000000000000000AA";
const ALWAYS_PASSES = "1x0000000000000000000000000000000AA";
const ALWAYS_FAILS = "2x0000000000000000000000000000000AA";
const ALREADY_SPENT = "3x0000000000000000000000000000000AA";
const DUMMY_TOKEN = "XXXX.DUMMY.TOKEN.XXXX";

const VERDICTS: Record<string, unknown> = {
  [ALWAYS_PASSES]: { success: true },
  [ALWAYS_FAILS]: { success: false, "error-codes": ["invalid-input-response"] },
  [ALREADY_SPENT]: { success: false, "error-codes": ["timeout-or-duplicate"] },
};

beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const form = await (input as Request).formData();
    return Response.json(VERDICTS[String(form.get("secret"))]);
  });
});
afterEach(() => vi.restoreAllMocks());

function register(email: string, secretKey: string, turnstileToken?: string) {
  return call("POST", "/api/auth/register", {
    json: { email, ...(turnstileToken === undefined ? {} : { turnstileToken }) },
    headers: fromNewPlace(),
    env: { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: secretKey },
  });
}

const newEmail = () => `${newId()}@example.test`;

describe("registering where the bot check is configured", () => {
  it("works with a response that Turnstile passes", async () => {
    const email = newEmail();
    expect((await register(email, ALWAYS_PASSES, DUMMY_TOKEN)).status).toBe(202);
    expect(await listLettersTo(email)).toHaveLength(1);
  });

  it("can't be gone around by asking for a link to sign in or for a new password", async () => {
    const env = { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_FAILS };
    const email = newEmail();
    const known = await createPerson();
    for (const to of [email, known.email]) {
      const json = { email: to };
      const asked = await call("POST", "/api/auth/magic-link", { json, headers: fromNewPlace(), env });
      expect(asked.status).toBe(202);
      const forgot = await call("POST", "/forgot", { form: json, headers: fromNewPlace(), env });
      expect(forgot.status).toBe(202);
    }
    const letters = await listLettersTo(email);
    expect(letters.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 2 }, () => "There is no account with this address"),
    );
    for (const { text, html } of letters) {
      expect(text + html).toContain("http://eventide.test/register");
      expect(text + html).not.toContain("token=");
    }
    const links = await database.DB.prepare("SELECT count(*) AS n FROM auth_tokens WHERE email = ?1")
      .bind(email)
      .first("n");
    expect(links).toBe(0);
    expect((await listLettersTo(known.email)).map(({ subject }) => subject)).toEqual([
      "Choose a new password",
      "Your link to sign in",
    ]);
  });

  it("67 is refused as a field to correct when the response is missing, wrong or spent, and no letter goes out", async () => {
    const email = newEmail();
    const answers = [
      await register(email, ALWAYS_PASSES),
      await register(email, ALWAYS_FAILS, DUMMY_TOKEN),
      await register(email, ALREADY_SPENT, DUMMY_TOKEN),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ errors: [{ field: "turnstileToken" }] });
    }
    expect(await listLettersTo(email)).toEqual([]);
  });

  it("is closed with 503 while Turnstile doesn't answer", async () => {
    vi.mocked(globalThis.fetch).mockRejectedValue(new TypeError("network"));
    const response = await register(newEmail(), ALWAYS_PASSES, DUMMY_TOKEN);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  it("shows the widget, and only its page may load Cloudflare's script", async () => {
    const env = { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_PASSES };
    const page = await call("GET", "/register", { env });
    const html = await page.text();
    expect(html).toContain(`data-sitekey="${SITE_KEY}" data-action="register"`);
    expect(html).not.toContain(ALWAYS_PASSES);
    expect(page.headers.get("Content-Security-Policy")).toContain(
      "script-src 'self' https://challenges.cloudflare.com",
    );
    const other = await call("GET", "/signin", { env });
    expect(other.headers.get("Content-Security-Policy")).not.toContain("challenges.cloudflare.com");
  });

  it("says where the check should be what to do when it doesn't appear, and shows it only while the box is empty", async () => {
    const env = { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_PASSES };
    const html = await (await call("GET", "/register", { env })).text();
    expect(html).toMatch(
      /<div class="cf-turnstile"[^>]*><\/div>\s*<p class="hint bot-check-missing">A check that you are a person should be here\./,
    );
    expect(html).toContain("allow scripts from challenges.cloudflare.com and load this page again.");
  });

  it("asks nobody to show once more what they were never asked for", async () => {
    const form = { email: newEmail(), name: "Ines" };
    const response = await call("POST", "/register", {
      form,
      headers: fromNewPlace(),
      env: { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_PASSES },
    });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).not.toContain("once more");
    expect(page).toContain("The check that you are a person isn&#39;t done yet.");
    expect(page).toContain('href="#field-turnstileToken"');
    expect(page).toContain('id="field-turnstileToken"');
  });

  it("shows the form again with everything typed while Turnstile doesn't answer, and sends nothing", async () => {
    const alarm = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.mocked(globalThis.fetch).mockRejectedValue(new TypeError("network"));
    const form = { email: newEmail(), name: "Ines", "cf-turnstile-response": DUMMY_TOKEN };
    const response = await call("POST", "/register", {
      form,
      headers: fromNewPlace(),
      env: { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_PASSES },
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Security-Policy")).toContain("https://challenges.cloudflare.com");
    const page = await response.text();
    expect(page).toContain(`value="${form.email}"`);
    expect(page).toContain('value="Ines"');
    expect(page).toContain("Nothing was sent. Try again in a minute.");
    expect(page).toContain(`data-sitekey="${SITE_KEY}"`);
    expect(alarm.mock.calls.flat().join()).toContain("bot_check_failed");
    expect(await listLettersTo(form.email)).toEqual([]);
  });

  it("keeps what was typed in the form when the check is refused", async () => {
    const form = { email: newEmail(), name: "Ines", "cf-turnstile-response": DUMMY_TOKEN };
    const response = await call("POST", "/register", {
      form,
      headers: fromNewPlace(),
      env: { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: ALWAYS_FAILS },
    });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain("show once more that you are a person");
    expect(page).toContain('value="Ines"');
  });
});

describe("registering where it isn't configured", () => {
  it("asks nobody and loads nothing from elsewhere", async () => {
    const page = await call("GET", "/register");
    expect(await page.text()).not.toContain("challenges.cloudflare.com");
    expect(page.headers.get("Content-Security-Policy")).not.toContain("challenges.cloudflare.com");
    const response = await call("POST", "/api/auth/register", {
      json: { email: newEmail() },
      headers: fromNewPlace(),
    });
    expect(response.status).toBe(202);
    expect(globalThis.fetch).not.toHaveBeenCalled();
  });
});
