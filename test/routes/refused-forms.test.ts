/** A form that is refused: its page has the status of the refusal, its headers and its words, and the log its reason. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/ids.ts";
import { clearFlags, putFlag } from "../support/flags.ts";
import { type CallOptions, call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";

const ORDER = {
  eventType: "birthday-party",
  intent: "create",
  "answers.age": "7",
  shapes: "1:1",
  quality: "standard",
  count: "1",
};

const lines: string[] = [];
beforeEach(async () => {
  await clearFlags();
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: unknown) => {
    lines.push(String(line));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function readLoggedRefusal(): unknown {
  const requests = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "request");
  return requests.at(-1)?.refusal;
}

async function send(path: string, as: TestPerson, form: Record<string, string>, over: CallOptions = {}) {
  const response = await call("POST", path, { as, form, ...over });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

describe("an order", () => {
  it("says that orders are closed, and when to come again", async () => {
    const person = await createPerson({ credits: 5 });
    await putFlag("cloud_services", "off");
    const { status, headers, html } = await send("/create", person, ORDER);
    expect(status).toBe(503);
    expect(headers.get("Retry-After")).toBe("60");
    expect(html).toContain("That did not work");
    // What is switched off on purpose is no failure, and the guard reads that from here.
    expect(readLoggedRefusal()).toBe("feature_disabled");
  });

  it("says that too many are open, and when to come again", async () => {
    const person = await createPerson({ credits: 5 });
    const over = { env: { MAX_OPEN_GENERATIONS: "1" } };
    expect((await send("/create", person, { ...ORDER, idempotencyKey: newId() }, over)).status).toBe(303);
    const { status, headers } = await send("/create", person, { ...ORDER, idempotencyKey: newId() }, over);
    expect(status).toBe(429);
    expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(readLoggedRefusal()).toBe("too_many_requests");
  });

  it("says that there are too few credits, with everything still filled in", async () => {
    const { status, html } = await send("/create", await createPerson(), { ...ORDER, text: "Mia & Ben" });
    expect(status).toBe(402);
    expect(html).toContain("Mia &amp; Ben");
    expect(readLoggedRefusal()).toBe("insufficient_credits");
  });

  it.each(["create", "preview"])("names what is missing, on %s", async (intent) => {
    const form = { ...ORDER, intent, "answers.age": "" };
    const { status, html } = await send("/create", await createPerson({ credits: 5 }), form);
    expect(status).toBe(422);
    expect(html).toContain('id="field-answers-age-error"');
    expect(readLoggedRefusal()).toBe("invalid_request");
  });
});

describe("a picture's name", () => {
  it("is asked for above the form when it is missing, and what was typed beside it stays", async () => {
    const person = await createPerson({ credits: 1 });
    const { imageId } = await createPicture(person);
    const form = { intent: "details", title: " ", tags: "spring, Elbe" };
    const { status, html } = await send(`/images/${imageId}`, person, form);
    expect(status).toBe(422);
    expect(html).toContain('href="#field-title"');
    expect(html).toContain('value="spring, Elbe"');
    expect(readLoggedRefusal()).toBe("invalid_request");
  });
});

describe("administration", () => {
  it.each([
    ["credits", { addCredits: "0", reason: "" }],
    ["account", { role: "KING", roleWas: "USER", disabled: "false", disabledWas: "false" }],
  ])("says what is wrong with a change of %s", async (what, form) => {
    const [hero, person] = [await createPerson({ role: "HERO" }), await createPerson()];
    const { status, html } = await send(`/admin/users/${person.id}/${what}`, hero, form);
    expect(status).toBe(422);
    expect(html).toContain('class="error-summary"');
    expect(readLoggedRefusal()).toBe("invalid_request");
  });

  it.each([
    ["/admin/flags/charts", { intent: "change", value: "off" }],
    ["/admin/flags/import", { text: "{", intent: "check" }],
    ["/admin/flags/rules", { document: "{", intent: "save" }],
  ])("says what is wrong with what was sent to %s", async (path, form) => {
    const { status, html } = await send(path, await createPerson({ role: "HERO" }), form);
    expect(status).toBe(422);
    expect(html).toMatch(/class="(?:error-summary|concern concern-error)"/);
    expect(readLoggedRefusal()).toBe("invalid_request");
  });

  it("keeps what was typed to confirm an import", async () => {
    const text = '{"format":"eventide-flags/1","switches":{"charts":"off"}}';
    const form = { text, note: "Because of the move", confirm: "chart", intent: "apply" };
    const { status, html } = await send("/admin/flags/import", await createPerson({ role: "HERO" }), form);
    expect(status).toBe(422);
    expect(html).toContain('value="chart"');
    expect(html).toContain('value="Because of the move"');
  });
});
