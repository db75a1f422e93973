/** Every flag in every state that an operator or an outage can bring about, and what people meet each time. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { isOnForPerson } from "../../src/flags/evaluate-for-person.ts";
import { loadFlags } from "../../src/flags/load.ts";
import { FLAG_KEYS, type FlagKey } from "../../src/flags/registry.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import { newId } from "../../src/ids.ts";
import { validateImage } from "../../src/r2/validate-image.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { clearFlags, type FakeStore, fakeStore, putFlag, putRules } from "../support/flags.ts";
import { type CallOptions, call, ORIGIN } from "../support/http.ts";
import { createWorkshop, deliverToTheEnd, letTimePass, readJob } from "../support/jobs.ts";
import { impatiently } from "../support/patience.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";
import { createPicture, type TestPicture } from "../support/pictures.ts";

const BRIEF = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };
const BROKEN_RULE = { state: "enabled", variants: { on: "x" } };
const OFF_FOR_ALL = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" };

type Values = Readonly<Record<FlagKey, boolean>>;

const ALL_ON: Values = {
  cloud_services: true,
  charts: true,
  image_processing: true,
  animations: true,
  perf_monitoring: true,
};

beforeEach(clearFlags);
afterEach(expectBooksToBalance);

async function order(as: TestPerson, over: Partial<CallOptions> = {}): Promise<Response> {
  const headers = { "Idempotency-Key": newId(), ...over.headers };
  return call("POST", "/api/generations", { as, json: BRIEF, ...over, headers });
}

async function orderOne(as: TestPerson): Promise<string> {
  const { generations } = (await (await order(as)).json()) as { generations: { id: string }[] };
  return generations[0]?.id ?? "";
}

describe("every flag in every state", () => {
  interface Fault {
    bringAbout: (key: FlagKey) => Promise<Partial<Bindings>>;
    /** What holds then for the flag itself; what it is for a second one, where the fault says so. */
    isOn: boolean;
    neighbourIsOff?: boolean;
    /** Nobody waits for it for long. */
    isSilent?: boolean;
  }

  const stored =
    (write: (key: FlagKey) => Promise<unknown>) =>
    async (key: FlagKey): Promise<Partial<Bindings>> => {
      await write(key);
      return {};
    };

  /** A namespace that can't be read, at an address where nobody has read it before. */
  const unreadable = (spoil: (fake: FakeStore) => void) => async (key: FlagKey) => {
    await putFlag(key, "off");
    const fake = fakeStore();
    spoil(fake);
    return { FLAGS: fake.store, APP_ORIGIN: `http://${newId()}.test` };
  };

  const faults: Record<string, Fault> = {
    absent: { bringAbout: stored(clearFlags), isOn: true },
    on: { bringAbout: stored((key) => putFlag(key, "on")), isOn: true },
    off: { bringAbout: stored((key) => putFlag(key, "off")), isOn: false },
    misspelt: { bringAbout: stored((key) => putFlag(key, "ture")), isOn: true },
    "under a broken document": { bringAbout: stored(() => putFlag("rules.json", "{")), isOn: true },
    "the one broken flag of a document": {
      bringAbout: stored((key) => putRules({ [key]: BROKEN_RULE, [neighbourOf(key)]: OFF_FOR_ALL })),
      isOn: true,
      neighbourIsOff: true,
    },
    "in a KV that throws": { bringAbout: unreadable((fake) => (fake.fails = true)), isOn: true },
    "in a KV that says nothing": {
      bringAbout: unreadable((fake) => onTestFinished(fake.fallSilent())),
      isOn: true,
      isSilent: true,
    },
  };

  const cases = FLAG_KEYS.flatMap((key) => Object.keys(faults).map((name) => [key, name] as const));

  it.each(cases)("%s %s: people get what is documented, and the job ends well", async (key, name) => {
    const { bringAbout, isOn, neighbourIsOff, isSilent } = faults[name] as Fault;
    const person = await createPerson({ credits: 6 });
    const picture = await createPicture(person);
    const accepted = await orderOne(person);
    const bindings = await bringAbout(key);
    const neighbour = neighbourIsOff === true ? { [neighbourOf(key)]: false } : {};
    const values: Values = { ...ALL_ON, [key]: isOn, ...neighbour };
    const look = async () => {
      await expectPages(person, picture, values, bindings);
      await expectJobs(person, accepted, values.cloud_services, bindings);
    };
    await (isSilent === true ? impatiently(look) : look());
  });

  function neighbourOf(key: FlagKey): FlagKey {
    return key === "animations" ? "charts" : "animations";
  }

  async function expectPages(
    person: TestPerson,
    { imageId }: TestPicture,
    values: Values,
    bindings: Partial<Bindings>,
  ): Promise<void> {
    const get = async (path: string, as: TestPerson) => {
      const response = await call("GET", path, { as, env: bindings });
      expect(response.status, path).toBe(200);
      expect(response.headers.has("Server-Timing"), path).toBe(values.perf_monitoring);
      return response;
    };
    const home = await (await get("/", person)).text();
    expect(home).toContain(`data-animations="${values.animations ? "on" : "off"}"`);
    const overview = await (await get("/admin", await createPerson({ role: "ADMIN" }))).text();
    expect(overview.includes("Charts are switched off")).toBe(!values.charts);
    const thumb = await get(`/images/${imageId}/thumb`, person);
    await thumb.arrayBuffer();
    expect(thumb.headers.get("Content-Type")).toBe(values.image_processing ? "image/webp" : "image/png");
    for (const path of ["/gallery", `/images/${imageId}`, "/create"]) await (await get(path, person)).text();
  }

  /** One job was accepted before, one is ordered now; whatever becomes of them, bytes and money are right. */
  async function expectJobs(
    person: TestPerson,
    accepted: string,
    isCloudOn: boolean,
    bindings: Partial<Bindings>,
  ): Promise<void> {
    const origin = bindings.APP_ORIGIN ?? ORIGIN;
    const response = await order(person, { env: bindings, headers: { Origin: origin } });
    const workshop = createWorkshop({ isCloudOn: (id) => isCloudOnFor(id, bindings) });
    if (!isCloudOn) {
      expect(response.status).toBe(503);
      expect(await advanceJob(workshop.context, accepted)).toMatchObject({ kind: "again" });
      expect(await readJob(accepted)).toMatchObject({ status: "queued", failures: 0 });
      expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
      await clearFlags();
    } else expect(response.status).toBe(202);
    await letTimePass(60_000, accepted);
    const ids = isCloudOn
      ? [accepted, ((await response.json()) as { generations: { id: string }[] }).generations[0]?.id ?? ""]
      : [accepted];
    for (const id of ids) {
      await deliverToTheEnd(workshop.context, id);
      expect(await readJob(id)).toMatchObject({ status: "succeeded" });
      await expectSoundPicture(person, id);
    }
    expect(await readBalance(person.id)).toEqual({ available: 5 - ids.length, held: 0 });
  }

  function isCloudOnFor(userId: string, bindings: Partial<Bindings>): Promise<boolean> {
    const context = createExecutionContext();
    const snapshot = loadFlags({
      store: bindings.FLAGS ?? env.FLAGS,
      environment: "development",
      scope: bindings.APP_ORIGIN ?? ORIGIN,
      ttlMs: 0,
      now: Date.now(),
      waitUntil: (work) => context.waitUntil(work),
    });
    const person = { id: userId, role: "USER", email: "somebody@example.test" };
    return snapshot.then((known) => isOnForPerson(known, "cloud_services", userId, async () => person));
  }

  async function expectSoundPicture(person: TestPerson, generationId: string): Promise<void> {
    const row = await env.DB.prepare("SELECT id, width, height FROM images WHERE generation_id = ?1")
      .bind(generationId)
      .first<{ id: string; width: number; height: number }>();
    const response = await call("GET", `/images/${row?.id}/original`, { as: person });
    const size = { width: row?.width ?? 0, height: row?.height ?? 0 };
    const checked = await validateImage(new Uint8Array(await response.arrayBuffer()), { size });
    expect(checked.ok).toBe(true);
  }
});

describe("all 32 combinations of the five flags", () => {
  /** So that the routes of a provider exist. */
  const PROVIDER = { GOOGLE_CLIENT_ID: "eventide", GOOGLE_CLIENT_SECRET: "secret" };
  const READ_ROUTES = ROUTES.filter(({ method }) => method === "GET");
  const COMBINATIONS = Array.from({ length: 32 }, (_, combination) => combination);

  let hero: TestPerson;
  let picture: TestPicture;
  let usual: Map<string, number>;

  beforeAll(async () => {
    await clearFlags();
    hero = await createPerson({ role: "HERO", credits: 100 });
    picture = await createPicture(hero);
    usual = await readAll();
  });

  it.each(COMBINATIONS)("%i: every page and route answers as documented", async (combination) => {
    const values = Object.fromEntries(
      FLAG_KEYS.map((key, index) => [key, (combination >> index) % 2 === 1]),
    ) as Record<FlagKey, boolean>;
    for (const key of FLAG_KEYS) await putFlag(key, values[key] ? "on" : "off");
    // Nothing that is read depends on a flag, but for pictures in another format or size.
    expect(Object.fromEntries(await readAll(values.perf_monitoring))).toEqual(Object.fromEntries(usual));
    const converted = await ask("GET", `/images/${picture.imageId}/download?width=50&format=jpeg`);
    expect(converted.status).toBe(values.image_processing ? 200 : 503);
    await converted.arrayBuffer();
    await expectWrites(values);
    await expectEvaluations(values);
  });

  async function expectWrites(values: Values): Promise<void> {
    const ordered = await order(hero);
    expect(ordered.status).toBe(values.cloud_services ? 202 : 503);
    await ordered.text();
    expect((await ask("POST", "/api/generations/preview", { json: BRIEF })).status).toBe(200);
    const samples = { page: "/", samples: [{ name: "LCP", value: 1 }] };
    const beacon = await ask("POST", "/api/vitals", { json: samples });
    expect(beacon.status).toBe(values.perf_monitoring ? 204 : 503);
    const path = `/api/images/${picture.imageId}`;
    expect((await ask("PATCH", path, { json: { favourite: true } })).status).toBe(200);
    const form = { eventType: "birthday-party", "answers.age": "7", shapes: "1:1", count: "1" };
    const created = await ask("POST", "/create", {
      form: { ...form, quality: "standard", intent: "create" },
    });
    expect(created.status).toBe(values.cloud_services ? 303 : 503);
    await created.text();
    await cancelEverything();
  }

  async function expectEvaluations(values: Values): Promise<void> {
    const all = await ask("POST", "/ofrep/v1/evaluate/flags", { json: {} });
    const { flags } = (await all.json()) as { flags: { key: FlagKey; value: boolean }[] };
    expect(Object.fromEntries(flags.map(({ key, value }) => [key, value]))).toEqual(values);
    const { items } = (await (await ask("GET", "/api/admin/flags")).json()) as {
      items: { key: FlagKey; value: boolean }[];
    };
    expect(Object.fromEntries(items.map(({ key, value }) => [key, value]))).toEqual(values);
  }

  /** So that the next combination isn't refused for too many open ones. */
  async function cancelEverything(): Promise<void> {
    const { results } = await env.DB.prepare(
      "SELECT id FROM generations WHERE user_id = ?1 AND status = 'queued'",
    )
      .bind(hero.id)
      .all<{ id: string }>();
    for (const { id } of results) {
      expect((await ask("POST", `/api/generations/${id}/cancel`, { json: {} })).status).toBe(200);
    }
  }

  /** The status of everything that can be read, and the header that says whether the time was taken. */
  async function readAll(isTimed = true): Promise<Map<string, number>> {
    const statuses = new Map<string, number>();
    for (const route of READ_ROUTES) {
      const response = await ask("GET", fillPath(route));
      await response.arrayBuffer();
      expect(response.headers.has("Server-Timing"), route.path).toBe(isTimed);
      expect(response.headers.get("X-Flags-Rev"), route.path).toMatch(/^[0-9a-f]{12}$/);
      expect(response.status, route.path).not.toBe(500);
      statuses.set(route.path, response.status);
    }
    return statuses;
  }

  function ask(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    return call(method, path, { as: hero, env: PROVIDER, ...options });
  }

  function fillPath({ path }: RouteRule): string {
    const known: Record<string, string> = {
      "generations/:id": `generations/${picture.generationId}`,
      "images/:id": `images/${picture.imageId}`,
      "briefs/:id": `briefs/${picture.briefId}`,
      "users/:id": `users/${hero.id}`,
      "flags/:key": "flags/charts",
      ":provider": "google",
    };
    return Object.entries(known)
      .reduce((text, [from, to]) => text.replace(from, to), path)
      .replaceAll(/:\w+/g, newId());
  }
});
