import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isOnForPerson } from "../../src/flags/evaluate-for-person.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import { newId } from "../../src/ids.ts";
import { onForRole, snapshotOf } from "../flags/support.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { clearFlags, fakeStore, putFlag } from "../support/flags.ts";
import { type CallOptions, call } from "../support/http.ts";
import { createWorkshop } from "../support/jobs.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";

const BRIEF = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };
const FORM = {
  eventType: "birthday-party",
  "answers.age": "7",
  shapes: "1:1",
  count: "1",
  quality: "standard",
};

beforeEach(clearFlags);
afterEach(expectBooksToBalance);

const order = (as: TestPerson, key = newId(), over: Partial<CallOptions> = {}) =>
  call("POST", "/api/generations", { as, json: BRIEF, headers: { "Idempotency-Key": key }, ...over });

describe("cloud_services off", () => {
  it("answers 503 feature_disabled before anything is charged", async () => {
    const person = await createPerson({ credits: 5 });
    await putFlag("cloud_services", "off");
    const response = await order(person);
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("60");
    expect(await response.json()).toMatchObject({
      code: "feature_disabled",
      detail: expect.stringContaining("Nothing was charged"),
    });
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
    const briefs = await env.DB.prepare("SELECT count(*) AS n FROM briefs WHERE user_id = ?1")
      .bind(person.id)
      .first<number>("n");
    expect(briefs).toBe(0);
  });

  it("answers 503 before it looks at the balance", async () => {
    await putFlag("cloud_services", "off");
    expect((await order(await createPerson())).status).toBe(503);
  });

  it("gives the first answer to a repeated key although the flag has changed since", async () => {
    const person = await createPerson({ credits: 5 });
    const key = newId();
    const first = (await (await order(person, key)).json()) as { generations: { id: string }[] };
    await putFlag("cloud_services", "off");
    const repeated = await order(person, key);
    expect(repeated.status).toBe(200);
    const again = (await repeated.json()) as { generations: { id: string }[] };
    expect(again.generations.map(({ id }) => id)).toEqual(first.generations.map(({ id }) => id));
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
    const other = await order(person, key, { json: { ...BRIEF, shapes: ["4:5"] } });
    expect(other.status).toBe(409);
  });

  it("says so in the form, keeps what was typed and charges nothing", async () => {
    const person = await createPerson({ credits: 5 });
    await putFlag("cloud_services", "off");
    const page = await call("GET", "/create?type=birthday-party", { as: person });
    expect(await page.text()).toContain("New pictures can&#39;t be ordered right now");
    const sent = await call("POST", "/create", {
      as: person,
      form: { ...FORM, intent: "create", details: "a very long cake" },
    });
    expect(sent.status).toBe(503);
    const text = await sent.text();
    expect(text).toContain("New pictures can&#39;t be ordered right now");
    expect(text).toContain("a very long cake");
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
  });

  it("lets accepted jobs wait with their credits held, and finishes them when it is on again", async () => {
    const person = await createPerson({ credits: 5 });
    const { generations } = (await (await order(person)).json()) as { generations: { id: string }[] };
    const id = generations[0]?.id ?? "";
    let isCloudOn = false;
    const workshop = createWorkshop({ isCloudOn: () => Promise.resolve(isCloudOn) });
    for (let delivery = 0; delivery < 6; delivery++) {
      expect(await advanceJob(workshop.context, id)).toEqual({ kind: "again", delaySeconds: 10 });
      await makeDue(id);
    }
    expect(await readJob(id)).toEqual({ status: "queued", failures: 0 });
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
    isCloudOn = true;
    expect(await advanceJob(workshop.context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toEqual({ status: "succeeded", failures: 0 });
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 0 });
  });

  it("gives the credits of a waiting job back when its age runs out", async () => {
    const person = await createPerson({ credits: 5 });
    const { generations } = (await (await order(person)).json()) as { generations: { id: string }[] };
    const id = generations[0]?.id ?? "";
    const workshop = createWorkshop({ isCloudOn: () => Promise.resolve(false), maxAgeMs: -1 });
    expect(await advanceJob(workshop.context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "failed" });
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
  });

  it("tells the person whose pictures wait", async () => {
    const person = await createPerson({ credits: 5 });
    const created = await call("POST", "/create", { as: person, form: { ...FORM, intent: "create" } });
    await putFlag("cloud_services", "off");
    const page = await call("GET", created.headers.get("Location") ?? "", { as: person });
    expect(await page.text()).toContain("Making pictures is switched off for a while");
  });

  it("shows administrators a banner on every page, and nobody else", async () => {
    await putFlag("cloud_services", "off");
    const admin = await createPerson({ role: "ADMIN" });
    for (const path of ["/", "/admin", "/gallery", "/account"]) {
      const text = await (await call("GET", path, { as: admin, headers: { Accept: "text/html" } })).text();
      expect(text, path).toContain("Switched off: Cloud services.");
      expect(text, path).toContain('href="/admin/flags/cloud_services"');
    }
    expect(await (await call("GET", "/", { as: await createPerson() })).text()).not.toContain("Switched off");
  });

  it("leaves galleries and pictures as they are", async () => {
    const person = await createPerson({ credits: 5 });
    const picture = await createPicture(person);
    await putFlag("cloud_services", "off");
    expect((await call("GET", "/gallery", { as: person })).status).toBe(200);
    expect((await call("GET", `/images/${picture.imageId}/original`, { as: person })).status).toBe(200);
  });

  it("is decided for the owner of a job by their own role", async () => {
    const snapshot = await snapshotOf({ rules: { flags: { cloud_services: onForRole("HERO") } } });
    const find = (role: string) => (id: string) => Promise.resolve({ id, role, email: "a@b.test" });
    expect(await isOnForPerson(snapshot, "cloud_services", "u1", find("HERO"))).toBe(true);
    expect(await isOnForPerson(snapshot, "cloud_services", "u1", find("USER"))).toBe(false);
    const off = await snapshotOf({ switches: { cloud_services: "off" } });
    const nobody = () => Promise.reject(new Error("asked for nothing"));
    expect(await isOnForPerson(off, "cloud_services", "u1", nobody)).toBe(false);
  });

  async function readJob(id: string) {
    return env.DB.prepare("SELECT status, failures FROM generations WHERE id = ?1").bind(id).first();
  }

  /** As if the pause that the job asked for were over. */
  async function makeDue(id: string): Promise<void> {
    await env.DB.prepare("UPDATE generations SET resume_at = 0 WHERE id = ?1").bind(id).run();
  }
});

describe("image_processing off", () => {
  it("serves originals in place of thumbnails, and makes the thumbnail when it is on again", async () => {
    const person = await createPerson({ credits: 5 });
    const { imageId } = await createPicture(person);
    await putFlag("image_processing", "off");
    const off = await call("GET", `/images/${imageId}/thumb`, { as: person });
    const original = await call("GET", `/images/${imageId}/original`, { as: person });
    expect(off.status).toBe(200);
    expect(off.headers.get("ETag")).toBe(original.headers.get("ETag"));
    expect(await findThumbnail(imageId)).toBeNull();
    await clearFlags();
    const on = await call("GET", `/images/${imageId}/thumb`, { as: person });
    expect(on.headers.get("Content-Type")).toBe("image/webp");
    await on.arrayBuffer();
    expect(await findThumbnail(imageId)).not.toBeNull();
  });

  it("refuses conversions in words, and still gives the original", async () => {
    const person = await createPerson({ credits: 5 });
    const { imageId } = await createPicture(person);
    await putFlag("image_processing", "off");
    for (const query of ["?format=jpeg", "?width=50"]) {
      const response = await call("GET", `/images/${imageId}/download${query}`, { as: person });
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        code: "feature_disabled",
        detail: expect.stringContaining("original"),
      });
    }
    expect((await call("GET", `/images/${imageId}/download`, { as: person })).status).toBe(200);
    const page = await (await call("GET", `/images/${imageId}`, { as: person })).text();
    expect(page).toContain("Other formats and sizes are switched off");
    expect(page).not.toContain("format=jpeg");
  });

  async function findThumbnail(id: string) {
    return env.DB.prepare("SELECT thumbnail_key FROM images WHERE id = ?1").bind(id).first("thumbnail_key");
  }
});

describe("animations", () => {
  it("are marked on every page as the flag says", async () => {
    expect(await (await call("GET", "/")).text()).toContain('data-animations="on"');
    await putFlag("animations", "off");
    expect(await (await call("GET", "/")).text()).toContain('data-animations="off"');
    const missing = await call("GET", "/nothing/here", { headers: { Accept: "text/html" } });
    expect(await missing.text()).toContain('data-animations="off"');
  });
});

describe("charts", () => {
  const CHART = '<figure class="chart"><svg';

  it("are drawn from the ledger while on, and are the same figures in a table while off", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await createPicture(await createPerson({ credits: 5 }));
    const on = await (await call("GET", "/admin", { as: admin })).text();
    expect(on).toContain(CHART);
    await putFlag("charts", "off");
    const off = await (await call("GET", "/admin", { as: admin })).text();
    expect(off).not.toContain(CHART);
    expect(off).toContain("Charts are switched off");
    expect(readDays(off)).toEqual(readDays(on));
    const made = await env.DB.prepare("SELECT count(*) FROM credit_entries WHERE kind = 'capture'").first(
      "count(*)",
    );
    expect(readDays(off).reduce((sum, [pictures]) => sum + pictures, 0)).toBe(made);
  });

  /** Made and given back, of the days with something: a day may end in the middle of the test. */
  function readDays(html: string): [number, number][] {
    const table = /<table class="table"><caption[^>]*>Pictures made.*?<\/table>/s.exec(html)?.[0] ?? "";
    const days = [...table.matchAll(/<td[^>]*>(\d+)<\/td><td[^>]*>(\d+)<\/td>/g)].map(
      ([, pictures, back]): [number, number] => [Number(pictures), Number(back)],
    );
    return days.filter(([pictures, back]) => pictures + back > 0);
  }
});

describe("a warm request", () => {
  it.each(["/", "/gallery", "/admin", "/api/me"])("for GET %s reads nothing from KV", async (path) => {
    const hero = await createPerson({ role: "HERO" });
    const fake = fakeStore();
    // Every page asks for several flags; all of them come from what the first request has read.
    const warm = { FLAGS: fake.store, FLAGS_TTL_SECONDS: "3600" };
    await (await call("GET", path, { as: hero, env: warm })).text();
    expect(fake.reads).toBe(1);
    for (let request = 0; request < 5; request++) {
      const response = await call("GET", path, { as: hero, env: warm });
      expect(response.status).toBe(200);
      await response.text();
    }
    expect(fake).toMatchObject({ reads: 1, otherCalls: 0 });
  });
});

describe("a visitor", () => {
  it("gets no cookie while nobody has to be told apart", async () => {
    expect((await call("GET", "/")).headers.get("Set-Cookie")).toBeNull();
  });

  it("keeps the same value on every visit while a share of people is chosen", async () => {
    await putFlag("animations", "50%");
    for (let visitor = 0; visitor < 8; visitor++) {
      const first = await call("GET", "/");
      const cookie = /visitor=[0-9a-z]{26}/.exec(first.headers.get("Set-Cookie") ?? "")?.[0] ?? "";
      expect(cookie).not.toBe("");
      const value = /data-animations="(\w+)"/.exec(await first.text())?.[1];
      const later = await call("GET", "/", { headers: { Cookie: cookie } });
      expect(/data-animations="(\w+)"/.exec(await later.text())?.[1]).toBe(value);
      expect(later.headers.get("Set-Cookie")).toBeNull();
    }
  });
});
