/** What every database of the bench holds before the first request: the same people, sessions, credits and pictures. */
import { SESSION_ABSOLUTE_TTL_SECONDS, SESSION_TTL_SECONDS, sessionCookieName } from "../src/auth/session.ts";
import { createToken, hashToken } from "../src/auth/token.ts";
import { newId } from "../src/ids.ts";
import type { SeedStatement } from "./workers/seeder.ts";

export const ORIGIN = "https://eventide.example";

/** Writes are spread over many people: one ledger of thousands of entries is nobody's real one. */
const PEOPLE = 200;
const CREDITS = 100_000;
/** Two pages of the gallery. */
const PICTURES = 48;

export interface SeededPerson {
  id: string;
  cookie: string;
}

export interface Seed {
  admin: SeededPerson;
  /** The first of them owns the pictures. */
  people: SeededPerson[];
  /** One of the pictures, with what it came from. */
  picture: { briefId: string; generationId: string; imageId: string };
  statements: SeedStatement[];
}

export async function buildSeed(): Promise<Seed> {
  const now = Date.now();
  const admin = await buildPerson("ADMIN", now);
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => buildPerson("USER", now)));
  const owner = people[0];
  if (owner === undefined) throw new Error("buildSeed: nobody");
  const pictures = Array.from({ length: PICTURES }, (_, index) => buildPicture(owner.person.id, index, now));
  const [picture] = pictures;
  if (picture === undefined) throw new Error("buildSeed: no picture");
  return {
    admin: admin.person,
    people: people.map(({ person }) => person),
    picture: picture.ids,
    statements: [admin, ...people, ...pictures].flatMap(({ statements }) => statements),
  };
}

async function buildPerson(role: "USER" | "ADMIN", now: number) {
  const id = newId(now);
  const token = createToken();
  const statements: SeedStatement[] = [
    {
      sql: `INSERT INTO users (id, email, name, role, email_verified_at, created_at, updated_at)
            VALUES (?1, ?2, 'Bea Bench', ?3, ?4, ?4, ?4)`,
      values: [id, `${id}@example.test`, role, now],
    },
    {
      sql: `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
            VALUES (?1, 'grant', ?2, 0, ?3, 'bench', 'for the measurement', ?4)`,
      values: [id, CREDITS, `bench:${id}`, now],
    },
    {
      sql: `INSERT INTO sessions (token_hash, id, user_id, method, user_agent, created_at, last_used_at, expires_at, absolute_expires_at)
            VALUES (?1, ?2, ?3, 'password', 'bench', ?4, ?4, ?5, ?6)`,
      values: [
        await hashToken(token),
        newId(now),
        id,
        now,
        now + SESSION_TTL_SECONDS * 1000,
        now + SESSION_ABSOLUTE_TTL_SECONDS * 1000,
      ],
    },
  ];
  return { person: { id, cookie: `${sessionCookieName(ORIGIN)}=${token}` }, statements };
}

/** Each step is its own statement, because the schema lets a picture come into being in no other way. */
function buildPicture(userId: string, index: number, now: number) {
  const ids = { briefId: newId(now + index), generationId: newId(now + index), imageId: newId(now + index) };
  const { briefId, generationId, imageId } = ids;
  const title = `Birthday Party, age ${index + 1}`;
  const alt = `Picture for a birthday party, age ${index + 1}, square post 1:1.`;
  const statements: SeedStatement[] = [
    {
      sql: `INSERT INTO briefs (id, user_id, idempotency_key, request_hash, event_type, style, quality, body, title, prompt,
              magic_prompt, pictures, cost, created_at)
            VALUES (?1, ?2, ?1, 'bench', 'birthday-party', 'pop-art', 'standard', '{}', ?3, 'A birthday party.', 'on', 1, 1, ?4)`,
      values: [briefId, userId, title, now],
    },
    {
      sql: `INSERT INTO generations (id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height,
              step_at, due_at, created_at, updated_at)
            VALUES (?1, ?2, 0, ?3, 1, '1:1', ?4, 'ideogram-4-5', '2048x2048', 2048, 2048, ?5, ?5, ?5, ?5)`,
      values: [generationId, briefId, userId, alt, now],
    },
    { sql: "UPDATE generations SET status = 'processing' WHERE id = ?1", values: [generationId] },
    {
      sql: `INSERT INTO images (id, generation_id, user_id, key, format, width, height, bytes, sha256, title, alt, event_type,
              style, shape, prompt, seed, model, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, 'png', 2048, 2048, 1000000, ?5, ?6, ?7, 'birthday-party', 'pop-art', '1:1',
              'A birthday party.', 7, 'ideogram-4-5', ?8, ?8)`,
      values: [
        imageId,
        generationId,
        userId,
        `u/${userId}/${generationId}/1-0.png`,
        "0".repeat(64),
        title,
        alt,
        now,
      ],
    },
    {
      sql: "UPDATE generations SET status = 'succeeded', due_at = NULL WHERE id = ?1",
      values: [generationId],
    },
  ];
  return { ids, statements };
}
