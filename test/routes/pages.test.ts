import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, SIMULATOR_API_KEY } from "../../dev/ideogram/simulator.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import type { JobContext } from "../../src/generations/job-context.ts";
import { parseImageHosts } from "../../src/ideogram/image-hosts.ts";
import { newId } from "../../src/ids.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { call, ORIGIN } from "../support/http.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";
import { recordingQueue } from "../support/queue.ts";

const PROVIDER = "http://127.0.0.1:9";

afterEach(expectBooksToBalance);

function buildContext(): JobContext {
  const simulator = createSimulator({ latencyScale: 0, wait: () => Promise.resolve() });
  const hosts = parseImageHosts("127.0.0.1:9");
  if (!hosts.ok) throw new Error("hosts");
  return {
    db: env.DB,
    bucket: env.BUCKET,
    images: env.IMAGES,
    queue: recordingQueue().queue,
    provider: {
      fetch: (request) => simulator.fetch(request),
      baseUrl: PROVIDER,
      apiKey: SIMULATOR_API_KEY,
      imageHosts: hosts.value,
      allowHttpLoopback: true,
    },
    maxInFlight: 8,
    maxAgeMs: 3_600_000,
    isCloudOn: () => Promise.resolve(true),
    sleep: () => Promise.resolve(),
  };
}

const FORM = {
  eventType: "birthday-party",
  intent: "create",
  "answers.age": "7",
  "answers.theme": "pirates & parrots",
  shapes: "1:1",
  quality: "standard",
  count: "1",
  style: "pop-art",
  text: "Mia turns 7",
};

async function order(person: TestPerson, form: Record<string, string> = FORM): Promise<string> {
  const response = await call("POST", "/create", { as: person, form: { idempotencyKey: newId(), ...form } });
  expect(response.status).toBe(303);
  return response.headers.get("Location") ?? "";
}

/** The values of the ticked boxes and chosen buttons of one name. */
function listChecked(page: string, name: string): (string | undefined)[] {
  const inputs = page.match(/<input[^>]*>/g) ?? [];
  const checked = inputs.filter((input) => input.includes(`name="${name}"`) && / checked/.test(input));
  return checked.map((input) => /value="([^"]*)"/.exec(input)?.[1]);
}

/** The hidden fields of a page, as a browser would send them. */
function listHidden(page: string): Record<string, string> {
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries(Array.from(inputs, ([, name, value]) => [name, unescapeHtml(value ?? "")]));
}

function unescapeHtml(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

async function deliverAll(person: TestPerson, context: JobContext = buildContext()): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM generations WHERE user_id = ?1 AND due_at IS NOT NULL",
  )
    .bind(person.id)
    .all<{ id: string }>();
  for (const { id } of results) await advanceJob(context, id);
}

async function firstImageId(person: TestPerson): Promise<string> {
  const id = await env.DB.prepare("SELECT id FROM images WHERE user_id = ?1")
    .bind(person.id)
    .first<string>("id");
  return id ?? "";
}

describe("from form to picture, without scripts", () => {
  it("orders, shows the state, hangs the picture in the gallery, and lets it be downloaded", async () => {
    const person = await createPerson({ credits: 3 });
    const path = await order(person);
    expect(path).toMatch(/^\/briefs\/[0-9a-z]{26}$/);
    const waiting = await (await call("GET", path, { as: person })).text();
    expect(waiting).toContain("Cancel");
    expect(await readBalance(person.id)).toEqual({ available: 2, held: 1 });

    await deliverAll(person);
    expect(await readBalance(person.id)).toEqual({ available: 2, held: 0 });
    const imageId = await firstImageId(person);
    expect(await (await call("GET", path, { as: person })).text()).toContain(`/images/${imageId}`);
    expect(await (await call("GET", "/gallery", { as: person })).text()).toContain(
      `/images/${imageId}/thumb`,
    );
    expect((await call("GET", `/images/${imageId}`, { as: person })).status).toBe(200);

    const download = await call("GET", `/images/${imageId}/download?format=webp&width=256`, { as: person });
    expect(download.headers.get("Content-Type")).toBe("image/webp");
    expect(download.headers.get("Content-Disposition")).toContain("attachment");
    expect((await download.arrayBuffer()).byteLength).toBeGreaterThan(500);
  });

  it("stores a greeting card cut exactly to 5:7", async () => {
    const person = await createPerson({ credits: 1 });
    await order(person, { ...FORM, shapes: "5:7" });
    await deliverAll(person);
    const image = await call("GET", `/api/images/${await firstImageId(person)}`, { as: person });
    expect(await image.json()).toMatchObject({ width: 820, height: 1148, shape: "5:7", format: "png" });
  });

  it("says why a picture failed, that the credit is back, and fills the form again", async () => {
    const person = await createPerson({ credits: 1 });
    const path = await order(person, { ...FORM, details: "[[sim:422]]" });
    await deliverAll(person);
    const page = await (await call("GET", path, { as: person })).text();
    expect(page).toContain("Your credit is back.");
    const link = /href="(\/create\?from=[^"]+)"/.exec(page)?.[1] ?? "";
    const form = await (await call("GET", link, { as: person })).text();
    expect(form).toContain('value="pirates &amp; parrots"');
    expect(form).toContain("Mia turns 7");
    expect(form).toMatch(/value="pop-art"[^>]*checked|checked[^>]*value="pop-art"/);
    expect(await readBalance(person.id)).toEqual({ available: 1, held: 0 });
  });

  it("tries one picture again by itself, with the prompt that the person wrote", async () => {
    const person = await createPerson({ credits: 2 });
    const prompt = "Two pirates and a <parrot> [[sim:422]]";
    const json = { eventType: "bbq", answers: { venue: "a beach" }, shapes: ["1:1", "9:16"], prompt };
    const headers = { "Idempotency-Key": newId() };
    await call("POST", "/api/generations", { as: person, json, headers });
    await deliverAll(person);
    const brief = await env.DB.prepare("SELECT id FROM briefs WHERE user_id = ?1")
      .bind(person.id)
      .first("id");
    const link = `/create?from=${brief}&shape=9%3A16`;
    const page = await (await call("GET", `/briefs/${brief}`, { as: person })).text();
    expect(page).toContain(link.replace("&", "&amp;"));
    const form = await (await call("GET", link, { as: person })).text();
    expect(listChecked(form, "shapes")).toEqual(["9:16"]);
    expect(listChecked(form, "count")).toEqual(["1"]);
    expect(form).toContain("Two pirates and a &lt;parrot&gt; [[sim:422]]</textarea>");
    expect(form).toContain('value="a beach"');
  });

  it("makes the pictures once when the form is sent twice", async () => {
    const person = await createPerson({ credits: 5 });
    const idempotencyKey = newId();
    const paths = [
      await order(person, { ...FORM, idempotencyKey }),
      await order(person, { ...FORM, idempotencyKey }),
    ];
    expect(paths[0]).toBe(paths[1]);
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
  });

  it("says that nothing was ordered again when a form comes a second time", async () => {
    const person = await createPerson({ credits: 5 });
    const form = { ...FORM, idempotencyKey: newId() };
    const send = () => call("POST", "/create", { as: person, form });
    expect((await send()).headers.get("Set-Cookie") ?? "").not.toContain("notice=");
    const notice = decodeURIComponent(decodeURIComponent((await send()).headers.get("Set-Cookie") ?? ""));
    expect(notice).toContain("Nothing was ordered or charged a second time.");
  });
});

describe("the same order in two forms", () => {
  const SAME = /same order [^:]* before this one/;

  it("is made twice, and the second one says so and leads to the first", async () => {
    const person = await createPerson({ credits: 5 });
    const [first, second] = [await order(person), await order(person)];
    expect(second).not.toBe(first);
    expect(await readBalance(person.id)).toEqual({ available: 3, held: 2 });
    const page = await (await call("GET", second, { as: person })).text();
    expect(page).toMatch(SAME);
    expect(page).toContain(`href="${first}"`);
    expect(await (await call("GET", first, { as: person })).text()).not.toMatch(SAME);
  });

  it("is no news when something else was asked for, when the first came to nothing, or for another person", async () => {
    const person = await createPerson({ credits: 5 });
    const other = await createPerson({ credits: 5 });
    await order(other);
    await order(person, { ...FORM, details: "[[sim:422]]" });
    await deliverAll(person);
    await order(person, { ...FORM, text: "Mia turns 8" });
    for (const form of [FORM, { ...FORM, details: "[[sim:422]]" }]) {
      const page = await (await call("GET", await order(person, form), { as: person })).text();
      expect(page).not.toMatch(SAME);
    }
  });

  it("is no news after a while", async () => {
    const person = await createPerson({ credits: 5 });
    await order(person);
    await env.DB.prepare("UPDATE generations SET created_at = created_at - 700000 WHERE user_id = ?1")
      .bind(person.id)
      .run();
    const page = await (await call("GET", await order(person), { as: person })).text();
    expect(page).not.toMatch(SAME);
  });
});

describe("a form that is sent after its session has ended", () => {
  const form = { ...FORM, details: 'a "map" & <b>gold</b>' };

  it("is kept on the answer, which can be sent as it is by whoever signs in again", async () => {
    const idempotencyKey = newId();
    const refused = await call("POST", "/create", { form: { ...form, idempotencyKey } });
    expect(refused.status).toBe(401);
    const page = await refused.text();
    expect(page).toContain('<form method="post" action="/create">');
    expect(page).toMatch(/<a [^>]*href="\/signin" target="_blank"/);
    const kept = listHidden(page);
    expect(kept).toEqual({ ...form, idempotencyKey });
    const person = await createPerson({ credits: 1 });
    const accepted = await call("POST", "/create", { as: person, form: kept });
    expect(accepted.headers.get("Location")).toMatch(/^\/briefs\//);
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 1 });
  });

  it.each([
    ["another site sent it, whose words would go out as one's own", "/create", form, "http://other.test"],
    ["it holds a password", "/account/password", { password: "three quiet lanterns" }, ORIGIN],
    ["it holds the present password", "/account/email", { emailCurrent: "three quiet lanterns" }, ORIGIN],
    ["it proves who it is", "/account/providers/oidc/connect", { current: "three quiet lanterns" }, ORIGIN],
  ])("is not kept when %s", async (_why, path, sent, origin) => {
    const refused = await call("POST", path, { form: sent, headers: { Origin: origin } });
    expect(refused.status).toBe(401);
    const page = await refused.text();
    expect(page).toContain("nothing was changed");
    expect(listHidden(page)).toEqual({});
    for (const value of Object.values(sent)) expect(page).not.toContain(`value="${value}"`);
  });
});

describe("the page of an order", () => {
  it("shows pictures and balance of one moment, also when a picture is finished while the page is made", async () => {
    const person = await createPerson({ credits: 3 });
    const path = await order(person);
    const page = await call("GET", path, { as: person, env: { DB: finishBeforeBatch(person) } });
    const header = (await page.clone().text()).split('class="site-credits"')[1]?.split("</a>")[0];
    expect(header?.replaceAll(/<[^>]*>/g, "")).toMatch(/2 credits\s*$/);
    expect(await page.text()).toContain("Your picture is ready");
  });
});

/** A database on which the person's pictures are finished after the session was read, just before what comes next. */
function finishBeforeBatch(person: TestPerson): D1Database {
  return new Proxy(env.DB, {
    get(target, name) {
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          await deliverAll(person);
          return target.batch(statements);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

describe("pictures of others", () => {
  it("are not there, neither as page, nor as bytes, nor as JSON", async () => {
    const owner = await createPerson({ credits: 1 });
    await order(owner);
    await deliverAll(owner);
    const id = await firstImageId(owner);
    const other = await createPerson({ role: "HERO" });
    for (const path of ["original", "thumb", "download"].map((kind) => `/images/${id}/${kind}`)) {
      expect((await call("GET", path, { as: other })).status).toBe(404);
      expect((await call("GET", path)).status).toBe(404);
      expect((await call("GET", path, { as: owner })).status).toBe(200);
    }
    expect((await call("GET", `/api/images/${id}`, { as: other })).status).toBe(404);
    expect((await call("GET", `/images/${id}`, { as: other })).status).toBe(404);
    expect((await call("GET", `/images/${id}`)).headers.get("Location")).toBe(
      `/signin?next=%2Fimages%2F${id}`,
    );
    expect((await call("PATCH", `/api/images/${id}`, { as: other, json: { title: "mine" } })).status).toBe(
      404,
    );
    expect((await call("DELETE", `/api/images/${id}`, { as: other })).status).toBe(404);
  });

  it("are shown without prompt, seed and tags once they are public, and gone again once they aren't", async () => {
    const owner = await createPerson({ credits: 1 });
    await order(owner);
    await deliverAll(owner);
    const id = await firstImageId(owner);
    const show = (visibility: string) =>
      call("PATCH", `/api/images/${id}`, { as: owner, json: { visibility, tags: ["mine"] } });
    expect((await show("public")).status).toBe(200);
    const seen = (await (await call("GET", `/api/images/${id}`)).json()) as Record<string, unknown>;
    expect(Object.keys(seen)).not.toContain("prompt");
    expect(Object.keys(seen)).not.toContain("seed");
    expect(Object.keys(seen)).not.toContain("tags");
    expect(seen["can"]).toEqual({ edit: false, publish: false, delete: false });
    expect((await call("GET", `/images/${id}/original`)).headers.get("Cache-Control")).toContain("public");
    await show("private");
    expect((await call("GET", `/images/${id}/original`)).status).toBe(404);
  });

  it("are deleted with their objects", async () => {
    const owner = await createPerson({ credits: 1 });
    await order(owner);
    await deliverAll(owner);
    const id = await firstImageId(owner);
    await call("GET", `/images/${id}/thumb`, { as: owner });
    expect((await call("DELETE", `/api/images/${id}`, { as: owner })).status).toBe(204);
    expect((await call("GET", `/images/${id}/original`, { as: owner })).status).toBe(404);
  });
});
