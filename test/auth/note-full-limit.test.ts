import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildSignInLimits } from "../../src/auth/limits.ts";
import { verifyOwnPassword } from "../../src/auth/own-password.ts";
import { type Place, parsePlace } from "../../src/auth/place.ts";
import type { Principal } from "../../src/auth/principal.ts";
import { signInWithPassword } from "../../src/auth/sign-in.ts";
import { takeFromLimits } from "../../src/db/rate-counters.ts";
import { newId } from "../../src/ids.ts";
import { createPerson } from "../support/people.ts";
import { newIpv4 } from "../support/places.ts";

const START = 1_800_000_000_000;
const MINUTE_MS = 60_000;

function newPlace(): Place {
  return parsePlace(newIpv4());
}

function factsOf(place: Place, now: number) {
  return { requestId: newId(), place, userAgent: "vitest", sessionToken: undefined, now };
}

/** As many failures as one place may have in a minute, without the cost of hashing. */
async function fillMinute(email: string, place: Place, now: number): Promise<void> {
  const limits = await buildSignInLimits(email, place);
  for (let n = 0; n < 5; n++) await takeFromLimits(env.DB, limits, now);
}

async function signIn(email: string, place: Place, now: number): Promise<string> {
  const facts = factsOf(place, now);
  const outcome = await signInWithPassword(env.DB, { email, password: "wrong, whatever it is" }, facts);
  expect(outcome).toMatchObject({ ok: false, error: { kind: "limited" } });
  return facts.requestId;
}

async function listRows(column: "subject_id" | "request_id", value: string) {
  const { results } = await env.DB.prepare(
    `SELECT action, actor_id, subject_id, details FROM audit_log WHERE ${column} = ?1 ORDER BY id`,
  )
    .bind(value)
    .all<{ action: string; actor_id: string | null; subject_id: string | null; details: string }>();
  return results.map(({ details, ...row }) => ({ ...row, cause: JSON.parse(details).cause as unknown }));
}

describe("a limit that stops somebody", () => {
  it("leaves one row in a quarter of an hour, and then another one", async () => {
    const { id, email } = await createPerson();
    const place = newPlace();
    for (const minute of [0, 2]) {
      await fillMinute(email, place, START + minute * MINUTE_MS);
      for (let n = 0; n < 3; n++) await signIn(email, place, START + minute * MINUTE_MS + 1_000);
    }
    expect(await listRows("subject_id", id)).toEqual([
      { action: "sign_in.refuse", actor_id: null, subject_id: id, cause: "limited" },
    ]);
    await fillMinute(email, place, START + 16 * MINUTE_MS);
    await signIn(email, place, START + 16 * MINUTE_MS);
    expect(await listRows("subject_id", id)).toHaveLength(2);
  });

  it("leaves one row for each place that it stops", async () => {
    const { id, email } = await createPerson();
    for (const place of [newPlace(), newPlace()]) {
      await fillMinute(email, place, START);
      for (let n = 0; n < 3; n++) await signIn(email, place, START);
    }
    expect(await listRows("subject_id", id)).toHaveLength(2);
  });

  it("leaves one row when twenty attempts come at once", async () => {
    const { id, email } = await createPerson();
    const place = newPlace();
    await fillMinute(email, place, START);
    await Promise.all(Array.from({ length: 20 }, () => signIn(email, place, START)));
    expect(await listRows("subject_id", id)).toHaveLength(1);
  });

  it("leaves a row without a person for an address that nobody has", async () => {
    const email = `${newId()}@example.test`;
    const place = newPlace();
    await fillMinute(email, place, START);
    const requestId = await signIn(email, place, START);
    expect(await listRows("request_id", requestId)).toEqual([
      { action: "sign_in.refuse", actor_id: null, subject_id: null, cause: "limited" },
    ]);
  });

  it("is told of apart for sign-ins and for guesses in a session, whose person is the actor", async () => {
    const { id, email } = await createPerson();
    const place = newPlace();
    await fillMinute(email, place, START);
    await signIn(email, place, START);
    const principal: Principal = {
      id,
      email,
      name: "",
      role: "USER",
      emailVerified: true,
      credits: { available: 0, held: 0 },
      sessionId: newId(),
      scopes: null,
    };
    for (let n = 0; n < 2; n++) {
      const check = await verifyOwnPassword(env.DB, principal, "wrong", factsOf(place, START));
      expect(check.kind).toBe("limited");
    }
    expect((await listRows("subject_id", id)).map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ["sign_in.refuse", null],
      ["password.refuse", id],
    ]);
  });
});
