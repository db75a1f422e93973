import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildLetterLimits, buildSignInLimits, LETTERS_PER_HOUR_AND_PLACE } from "../../src/auth/limits.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { parsePlace } from "../../src/auth/place.ts";
import { takeFromLimits } from "../../src/db/rate-counters.ts";
import { newId } from "../../src/ids.ts";
import { countRoundTrips } from "../support/counting-database.ts";
import { watchHashing } from "../support/hashing.ts";
import { call } from "../support/http.ts";
import { listLettersTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace, fromPlace, newIpv4 } from "../support/places.ts";

const PASSWORD = "three quiet lanterns by the lake";
const passwordHash = hashPassword(PASSWORD);

function newEmail(): string {
  return `${newId()}@example.test`;
}

function logIn(email: string, password: string, headers: Record<string, string>) {
  return call("POST", "/api/auth/login", { json: { email, password }, headers });
}

/** Failed sign-ins that were made before, without the cost of hashing. */
async function failBefore(email: string, address: string, times: number, agoMs = 0): Promise<void> {
  for (let i = 0; i < times; i++) {
    const limits = await buildSignInLimits(email, parsePlace(address));
    await takeFromLimits(env.DB, limits, Date.now() - agoMs);
  }
}

async function withoutFacts(response: Response): Promise<Record<string, unknown>> {
  const { requestId: _id, timestamp: _time, ...facts } = (await response.json()) as Record<string, unknown>;
  return facts;
}

describe("signing in", () => {
  it("33 is refused at the sixth try in a minute, with the time to wait", async () => {
    const person = await createPerson({ passwordHash });
    const here = fromNewPlace();
    for (let i = 0; i < 5; i++)
      expect((await logIn(person.email, "not this one at all", here)).status).toBe(401);
    const sixth = await logIn(person.email, "not this one at all", here);
    expect(sixth.status).toBe(429);
    const seconds = Number(sixth.headers.get("Retry-After"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await sixth.json()).toMatchObject({
      code: "too_many_requests",
      detail: expect.stringContaining("Wait a minute and try again"),
    });
  });

  it("36 gives the same answer to the right password while it is refused, and to an unknown address", async () => {
    const person = await createPerson({ passwordHash });
    const unknown = newEmail();
    const [here, there] = [newIpv4(), newIpv4()];
    await failBefore(person.email, here, 5);
    await failBefore(unknown, there, 5);
    const answers = await Promise.all([
      logIn(person.email, PASSWORD, fromPlace(here)),
      logIn(person.email, "not this one at all", fromPlace(here)),
      logIn(unknown, PASSWORD, fromPlace(there)),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([429, 429, 429]);
    const bodies = await Promise.all(answers.map(withoutFacts));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  it("33 lets five of fifty guesses that come at once be looked at", async () => {
    const person = await createPerson({ passwordHash });
    const here = fromNewPlace();
    const guesses = Array.from({ length: 50 }, () => logIn(person.email, "not this one at all", here));
    const statuses = (await Promise.all(guesses)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(45);
  });

  it("33 is refused to a place after twenty failures with whatever addresses", async () => {
    const here = newIpv4();
    for (let i = 0; i < 20; i++) await failBefore(newEmail(), here, 1);
    const person = await createPerson({ passwordHash });
    expect((await logIn(person.email, PASSWORD, fromPlace(here))).status).toBe(429);
    expect((await logIn(person.email, PASSWORD, fromNewPlace())).status).toBe(200);
  });

  it("doesn't count sign-ins that succeed", async () => {
    const person = await createPerson({ passwordHash });
    const here = fromNewPlace();
    for (let i = 0; i < 7; i++) expect((await logIn(person.email, PASSWORD, here)).status).toBe(200);
  });

  it("34 is still open to a person elsewhere, however often one place fails", async () => {
    const person = await createPerson({ passwordHash });
    const attacker = newIpv4();
    for (const minutes of [14, 12, 10, 8, 6, 4, 2])
      await failBefore(person.email, attacker, 5, minutes * 60_000);
    expect((await logIn(person.email, PASSWORD, fromPlace(attacker))).status).toBe(429);
    expect((await logIn(person.email, PASSWORD, fromNewPlace())).status).toBe(200);
  });

  it("34 is closed to everybody after ten failures from several places, and a mailed link still opens", async () => {
    const person = await createPerson({ passwordHash });
    for (let i = 0; i < 10; i++) await failBefore(person.email, newIpv4(), 1);
    const refused = await logIn(person.email, PASSWORD, fromNewPlace());
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get("Retry-After"));
    expect(seconds).toBeGreaterThan(60);
    const { detail } = await withoutFacts(refused);
    expect(detail).toContain(`Wait ${Math.ceil(seconds / 60)} minutes and try again`);
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    expect(await listLettersTo(person.email)).toHaveLength(1);
  });

  it("counts an address whatever its capitals", async () => {
    const person = await createPerson({ passwordHash });
    const here = newIpv4();
    await failBefore(person.email, here, 5);
    expect((await logIn(person.email.toUpperCase(), PASSWORD, fromPlace(here))).status).toBe(429);
  });

  it("shows the sign-in page again with what to do, and with the time to wait", async () => {
    const person = await createPerson({ passwordHash });
    const here = newIpv4();
    await failBefore(person.email, here, 5);
    const form = { email: person.email, password: PASSWORD, next: "/" };
    const response = await call("POST", "/signin", { form, headers: fromPlace(here) });
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).not.toBeNull();
    expect(await response.text()).toContain("let us mail you a link");
  });

  it("25 makes the same hash, once, whether the address is known, unknown or without a password", async () => {
    const people = [await createPerson({ passwordHash }), await createPerson()];
    const emails = [...people.map(({ email }) => email), newEmail()];
    const listHashes = watchHashing();
    for (const email of emails) {
      expect((await logIn(email, "not this one at all", fromNewPlace())).status).toBe(401);
    }
    const [known, passwordless, unknown, ...more] = listHashes();
    expect(known).toMatchObject({ cost: 2 ** 15, blockSize: 8, parallelization: 3 });
    expect([passwordless, unknown]).toEqual([known, known]);
    expect(more).toEqual([]);
  });
});

describe("every way in", () => {
  it.each(["/api/auth/login", "/api/auth/register", "/api/auth/magic-link"])(
    "25 asks the database the same questions for known and unknown addresses on %s",
    async (path) => {
      const person = await createPerson({ passwordHash });
      const traces = [];
      for (const email of [person.email, newEmail()]) {
        const { db, trips } = countRoundTrips(env.DB);
        const json = path.endsWith("login") ? { email, password: "not this one at all" } : { email };
        await call("POST", path, { json, headers: fromNewPlace(), env: { DB: db } });
        // Letters go out after the answer and aren't part of it.
        const answered = path.endsWith("login") ? trips : trips.slice(0, 2);
        // How many rows an index steps over depends on its neighbours, which are hashes of places.
        traces.push(answered.map(({ kind, statements, rowsWritten }) => ({ kind, statements, rowsWritten })));
      }
      expect(traces[0]?.length).toBeGreaterThan(0);
      expect(traces[1]).toEqual(traces[0]);
    },
  );
});

describe("letters", () => {
  function ask(email: string, headers: Record<string, string>, path = "/api/auth/magic-link") {
    return call("POST", path, { json: { email }, headers });
  }

  it("35 are at most five an hour to one address, and nobody is told", async () => {
    const email = newEmail();
    const here = fromNewPlace();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      statuses.push(
        (await ask(email, here, i % 2 === 0 ? "/api/auth/register" : "/api/auth/magic-link")).status,
      );
    }
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect(await listLettersTo(email)).toHaveLength(5);
  });

  it("35 are five also when they are asked for at once and from twenty places", async () => {
    const [one, many] = [newEmail(), newEmail()];
    const here = fromNewPlace();
    await Promise.all(Array.from({ length: 20 }, () => ask(one, here)));
    await Promise.all(Array.from({ length: 20 }, () => ask(many, fromNewPlace())));
    expect(await listLettersTo(one)).toHaveLength(5);
    expect(await listLettersTo(many)).toHaveLength(5);
  });

  it("34 leave one for the person when one place asks for as many as it can", async () => {
    const person = await createPerson();
    const attacker = fromNewPlace();
    for (let i = 0; i < 10; i++) await ask(person.email, attacker);
    expect(await listLettersTo(person.email)).toHaveLength(5);
    await ask(person.email, fromNewPlace());
    expect(await listLettersTo(person.email)).toHaveLength(6);
  });

  it("are refused aloud to a place that writes to the whole world", async () => {
    const here = newIpv4();
    for (let i = 0; i < LETTERS_PER_HOUR_AND_PLACE; i++) {
      const { limits } = await buildLetterLimits(newEmail(), parsePlace(here));
      await takeFromLimits(env.DB, limits, Date.now());
    }
    const email = newEmail();
    const response = await ask(email, fromPlace(here));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(60);
    const page = await call("POST", "/register", { form: { email, name: "" }, headers: fromPlace(here) });
    expect(page.status).toBe(429);
    expect(await listLettersTo(email)).toEqual([]);
  });
});

describe("bursts", () => {
  it("are cut off for a place that tries ways in, whatever it sends", async () => {
    const here = fromNewPlace();
    // The binding counts by the minutes of the clock, and one may end meanwhile.
    const minuteNow = () => Math.floor(Date.now() / 60_000);
    const startedIn = minuteNow();
    let answered = 0;
    for (;;) {
      const { status } = await call("POST", "/api/auth/confirm", { json: {}, headers: here });
      if (status === 429) break;
      expect(status).toBe(422);
      answered++;
      expect(answered).toBeLessThanOrEqual(120 * (1 + minuteNow() - startedIn));
    }
    expect(answered).toBeGreaterThanOrEqual(120);
  });

  it.each([
    ["/ofrep/v1/evaluate/flags", "EVALUATION_BURST"],
    ["/ofrep/v1/evaluate/flags/charts", "EVALUATION_BURST"],
    ["/api/vitals", "GENERATION_BURST"],
  ])(
    "are cut off for a place that floods %s, before anything is read, and a script elsewhere can see for how long",
    async (path, name) => {
      const here = newIpv4();
      const { db, trips } = countRoundTrips(env.DB);
      const busy = { limit: async ({ key }: { key: string }) => ({ success: key !== here }) };
      const headers = { ...fromPlace(here), Authorization: `Bearer evk_${"A".repeat(43)}` };
      const bindings = { [name]: busy, DB: db };
      const refused = await call("POST", path, { json: {}, headers, env: bindings });
      expect(refused.status).toBe(429);
      expect(refused.headers.get("Retry-After")).toBe("10");
      expect(trips).toEqual([]);
      if (path.startsWith("/ofrep/")) {
        expect(refused.headers.get("Access-Control-Allow-Origin")).toBe("*");
        expect(refused.headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
      }
      const elsewhere = await call("POST", path, { json: {}, headers: fromNewPlace(), env: bindings });
      expect(elsewhere.status).not.toBe(429);
    },
  );

  it("are none where hundreds of browsers behind one address ask for their flags", async () => {
    const here = fromNewPlace();
    const ask = (n: number) =>
      call("POST", "/ofrep/v1/evaluate/flags/charts", {
        json: { context: { targetingKey: `browser-${n}` } },
        headers: here,
      });
    const answers = await Promise.all(Array.from({ length: 320 }, (_, n) => ask(n)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("are cut off for a person who orders, and for nobody else", async () => {
    const person = await createPerson();
    const other = await createPerson();
    const busy = { limit: async ({ key }: { key: string }) => ({ success: key !== person.id }) };
    const order = (as: typeof person) =>
      call("POST", "/api/generations", {
        as,
        json: {},
        headers: { "Idempotency-Key": newId() },
        env: { GENERATION_BURST: busy },
      });
    const refused = await order(person);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("10");
    expect((await order(other)).status).toBe(422);
  });
});
