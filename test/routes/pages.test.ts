import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, SIMULATOR_API_KEY } from "../../dev/ideogram/simulator.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import type { JobContext } from "../../src/generations/job-context.ts";
import { parseImageHosts } from "../../src/ideogram/image-hosts.ts";
import { newId } from "../../src/ids.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { call } from "../support/http.ts";
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
});

describe("the form", () => {
  it("keeps everything that was typed when a field is refused, and charges nothing", async () => {
    const person = await createPerson({ credits: 5 });
    const response = await call("POST", "/create", {
      as: person,
      form: { ...FORM, "answers.age": "700", idempotencyKey: newId() },
    });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain('value="700"');
    expect(page).toContain("pirates &amp; parrots");
    expect(page).toContain("Mia turns 7");
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
  });

  it("keeps everything that was typed when there are too few credits", async () => {
    const person = await createPerson({ credits: 1 });
    const response = await call("POST", "/create", {
      as: person,
      form: { ...FORM, count: "8", idempotencyKey: newId() },
    });
    expect(response.status).toBe(402);
    const page = await response.text();
    expect(page).toContain("Nothing was charged");
    expect(page).toContain("pirates &amp; parrots");
  });

  it("shows an example beside a question that has one", async () => {
    const person = await createPerson();
    const page = await (await call("GET", "/create?type=birthday-party", { as: person })).text();
    expect(page).toContain("For example: dinosaurs in green and gold");
  });

  it("sends the edited prompt, and the built one when it was left alone", async () => {
    const person = await createPerson({ credits: 5 });
    const prompts = async () =>
      (await env.DB.prepare("SELECT prompt FROM briefs WHERE user_id = ?1 ORDER BY id").bind(person.id).all())
        .results;
    await order(person, { ...FORM, prompt: "a cake\r\non a table", builtPrompt: "something else" });
    await order(person, { ...FORM, prompt: "the built one", builtPrompt: "the built one" });
    expect(await prompts()).toEqual([
      { prompt: "a cake\non a table" },
      { prompt: expect.stringContaining("pirates & parrots") },
    ]);
  });

  it("shows prompt and price before anything is spent", async () => {
    const person = await createPerson({ credits: 5 });
    const response = await call("POST", "/create", {
      as: person,
      form: { ...FORM, intent: "preview", count: "2" },
    });
    expect(response.status).toBe(200);
    const page = await response.text();
    const words = page.replaceAll(/<[^>]*>/g, "");
    expect(words).toMatch(/2 pictures\s*·\s*2 credits\s*·\s*3 left/);
    expect(page).toContain('name="prompt"');
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
  });

  it("asks again, with a fresh key, when a sent form comes back changed", async () => {
    const person = await createPerson({ credits: 5 });
    const idempotencyKey = newId();
    await order(person, { ...FORM, idempotencyKey });
    const response = await call("POST", "/create", {
      as: person,
      form: { ...FORM, text: "other", idempotencyKey },
    });
    expect(response.status).toBe(409);
    const fresh = /name="idempotencyKey" value="([^"]+)"/.exec(await response.text())?.[1] ?? "";
    expect(fresh).not.toBe(idempotencyKey);
    await order(person, { ...FORM, text: "other", idempotencyKey: fresh });
    expect(await readBalance(person.id)).toEqual({ available: 3, held: 2 });
  });
});

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
