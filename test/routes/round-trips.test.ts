/** The budget of D1 round trips: they are what a request waits for in production, where local milliseconds aren't. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { saveProfilePicture } from "../../src/db/profile-pictures.ts";
import { newId } from "../../src/ids.ts";
import { ROUTES } from "../../src/routes/access.ts";
import { countRoundTrips, type RoundTrip } from "../support/counting-database.ts";
import { type CallOptions, call } from "../support/http.ts";
import { createPerson, giveCredits, type TestPerson } from "../support/people.ts";
import { createPicture, type TestPicture } from "../support/pictures.ts";

/** The session, and then the question. */
const AUTHENTICATED_READ_MAX_TRIPS = 2;

/** So that the routes of a provider exist. */
const PROVIDER = { GOOGLE_CLIENT_ID: "eventide", GOOGLE_CLIENT_SECRET: "secret" };

let admin: TestPerson;
let person: TestPerson;
let picture: TestPicture;

beforeAll(async () => {
  admin = await createPerson({ role: "HERO" });
  person = await createPerson({ credits: 10 });
  picture = await createPicture(person);
  const face = { bytes: new Uint8Array(64), sha256: "0".repeat(64) };
  await saveProfilePicture(env.DB, person.id, face, Date.now());
});

/** The round trips of a request whose like has been answered before, so that nothing is made or prepared first. */
async function warmTrips(
  method: string,
  path: string,
  options: () => CallOptions,
  statusBelow = 400,
): Promise<RoundTrip[]> {
  const { db, trips } = countRoundTrips(env.DB);
  const ask = async () => {
    const response = await call(method, path, { ...options(), env: { ...PROVIDER, DB: db } });
    await response.arrayBuffer();
    expect(response.status).toBeLessThan(statusBelow);
  };
  await ask();
  trips.length = 0;
  await ask();
  return [...trips];
}

function fillPath(path: string): string {
  const known: Record<string, string> = {
    "generations/:id": `generations/${picture.generationId}`,
    "images/:id": `images/${picture.imageId}`,
    "briefs/:id": `briefs/${picture.briefId}`,
    "users/:id": `users/${person.id}`,
    "flags/:key": "flags/charts",
    ":provider": "google",
  };
  const filled = Object.entries(known).reduce((text, [from, to]) => text.replace(from, to), path);
  if (filled.includes(":")) throw new Error(`fillPath: say here what stands for the parameter of ${path}`);
  return filled;
}

describe("the budget of D1 round trips", () => {
  for (const route of ROUTES.filter((rule) => rule.method === "GET" && rule.access !== "public")) {
    it(`lets GET ${route.path} ask for the session and one question more`, async () => {
      const asker = route.access === "ADMIN" || route.access === "HERO" ? admin : person;
      // What is for anyone may ask for more than a session, such as the token of a link that isn't given here.
      const statusBelow = route.access === "anyone" ? 500 : 400;
      const trips = await warmTrips("GET", fillPath(route.path), () => ({ as: asker }), statusBelow);
      expect(trips.length, describeTrips(trips)).toBeLessThanOrEqual(AUTHENTICATED_READ_MAX_TRIPS);
    });
  }

  it("answers GET /api/me from the session alone", async () => {
    expect(await warmTrips("GET", "/api/me", () => ({ as: person }))).toHaveLength(1);
  });

  it("adds credits in one round trip after the session", async () => {
    const trips = await warmTrips("PATCH", `/api/admin/users/${person.id}`, () => ({
      as: admin,
      json: { addCredits: 1, reason: "for the budget" },
      headers: { "Idempotency-Key": newId() },
    }));
    expect(trips.map((trip) => trip.kind)).toEqual(["raw", "batch"]);
  });

  it("reads no more of a long ledger than of a short one to add credits", async () => {
    const { id } = await createPerson();
    const countRowsRead = async () => {
      const trips = await warmTrips("PATCH", `/api/admin/users/${id}`, () => ({
        as: admin,
        json: { addCredits: 1, reason: "for the budget" },
        headers: { "Idempotency-Key": newId() },
      }));
      return trips.reduce((sum, trip) => sum + trip.rowsRead, 0);
    };
    const early = await countRowsRead();
    for (let i = 0; i < 20; i++) await giveCredits(id, 1);
    expect(await countRowsRead()).toBe(early);
  });

  it("holds the credits of new pictures in one round trip after the session", async () => {
    const trips = await warmTrips("POST", "/api/generations", () => ({
      as: person,
      json: { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1", "4:5"] },
      headers: { "Idempotency-Key": newId() },
    }));
    expect(trips.map((trip) => trip.kind)).toEqual(["raw", "batch"]);
  });
});

describe("countRoundTrips", () => {
  it("counts each execution as one, and a batch of statements as one", async () => {
    const { db, trips } = countRoundTrips(env.DB);
    const byId = db.prepare("SELECT id FROM users WHERE id = ?1").bind(person.id);
    expect(await byId.first("id")).toBe(person.id);
    expect((await byId.all()).results).toEqual([{ id: person.id }]);
    expect((await byId.run()).success).toBe(true);
    expect(await byId.raw()).toEqual([[person.id]]);
    expect(await db.batch([byId, byId])).toHaveLength(2);
    await db.exec("SELECT 1");
    expect(trips.map((trip) => trip.kind)).toEqual(["first", "all", "run", "raw", "batch", "exec"]);
  });

  it("tells how many rows a statement wrote", async () => {
    const { db, trips } = countRoundTrips(env.DB);
    await db.prepare("UPDATE users SET name = 'Renamed' WHERE id = ?1").bind(person.id).run();
    // The second one is read by the trigger that keeps ids.
    expect(trips).toMatchObject([{ kind: "run", rowsRead: 2, rowsWritten: 1 }]);
  });

  it("refuses what it can't count", () => {
    const { db } = countRoundTrips(env.DB);
    expect(() => db.withSession()).toThrow("withSession is not counted yet");
  });
});

function describeTrips(trips: RoundTrip[]): string {
  return trips.map((trip) => `${trip.kind}: ${trip.statements.join(" | ").slice(0, 200)}`).join("\n");
}
