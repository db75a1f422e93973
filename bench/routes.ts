/** The routes that are measured, their requests, and their budget of D1 round trips. */
import { newId } from "../src/ids.ts";
import { ORIGIN, type Seed, type SeededPerson } from "./seed.ts";
import type { BlockRequest } from "./workers/driver.ts";

export const ROUTE_NAMES = ["me", "credits", "generations", "gallery"] as const;
export type RouteName = (typeof ROUTE_NAMES)[number];

export interface MeasuredRoute {
  name: RouteName;
  title: string;
  expectedStatus: number;
  /** From DESIGN: one for the session, one for the question or the money. */
  roundTripsMax: number;
  /** The `index`-th request of a measurement: the same people in the same order for both Workers. */
  buildRequest: (index: number) => BlockRequest;
}

const BRIEF = JSON.stringify({ eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] });
const GIFT = JSON.stringify({ addCredits: 1, reason: "for the measurement" });

export function buildRoutes(seed: Seed): Record<RouteName, MeasuredRoute> {
  const { admin } = seed;
  const personAt = (index: number): SeededPerson => {
    const person = seed.people[index % seed.people.length];
    if (person === undefined) throw new Error("personAt: nobody");
    return person;
  };
  const owner = personAt(0);
  return {
    me: {
      name: "me",
      title: "GET /api/me",
      expectedStatus: 200,
      roundTripsMax: 1,
      buildRequest: (index) => read("/api/me", personAt(index)),
    },
    credits: {
      name: "credits",
      title: "PATCH /api/admin/users/:id",
      expectedStatus: 200,
      roundTripsMax: 2,
      buildRequest: (index) => write("PATCH", `/api/admin/users/${personAt(index).id}`, admin, GIFT),
    },
    generations: {
      name: "generations",
      title: "POST /api/generations",
      expectedStatus: 202,
      roundTripsMax: 2,
      buildRequest: (index) => write("POST", "/api/generations", personAt(index), BRIEF),
    },
    gallery: {
      name: "gallery",
      title: "GET /gallery, 24 pictures",
      expectedStatus: 200,
      roundTripsMax: 2,
      buildRequest: () => read("/gallery", owner),
    },
  };
}

function read(path: string, person: SeededPerson): BlockRequest {
  return { url: ORIGIN + path, method: "GET", headers: { Cookie: person.cookie }, body: null };
}

/** Always with a fresh key: a repeated one would be answered without the write. */
function write(method: string, path: string, person: SeededPerson, body: string): BlockRequest {
  const headers = {
    Cookie: person.cookie,
    Origin: ORIGIN,
    "Content-Type": "application/json",
    "Idempotency-Key": newId(),
  };
  return { url: ORIGIN + path, method, headers, body };
}
