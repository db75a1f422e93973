/** What a careless or hostile statement tries with people, and what the database says to it. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { readBalance } from "../support/people.ts";

afterEach(expectBooksToBalance);

interface Ids {
  userId: string;
  otherId: string;
}

async function createTwo(): Promise<Ids> {
  const { id: userId } = await createAccount({ credits: 5 });
  const { id: otherId } = await createAccount({ credits: 3 });
  return { userId, otherId };
}

/** `$user` and `$other` stand for ids. */
function run(text: string, { userId, otherId }: Ids) {
  return env.DB.prepare(text.replaceAll("$user", `'${userId}'`).replaceAll("$other", `'${otherId}'`)).run();
}

const EMAIL_OF = (id: string) => `(SELECT email FROM users WHERE id = ${id})`;
const COLUMNS = "id, email, name, created_at, updated_at";

const REFUSED: [name: string, sql: string, error: RegExp][] = [
  ["another id", "UPDATE users SET id = 'x' WHERE id = $user", /USER_ID_PERMANENT/],
  ["another's id by force", "UPDATE OR REPLACE users SET id = $other WHERE id = $user", /USER_ID_PERMANENT/],
  ["another's place by force", "UPDATE OR REPLACE users SET rowid = rowid + 1 WHERE id = $user", /USER_ID/],
  [
    "another's address",
    `UPDATE users SET email = ${EMAIL_OF("$other")} WHERE id = $user`,
    /UNIQUE constraint failed: users\.email/,
  ],
  [
    "another's address by force",
    `UPDATE OR REPLACE users SET email = ${EMAIL_OF("$other")} WHERE id = $user`,
    /UNIQUE constraint failed: users\.email/,
  ],
];

const IGNORED: [name: string, sql: string][] = [
  [
    "a person who replaces one by the id",
    `INSERT OR REPLACE INTO users (${COLUMNS}) VALUES ($user, 'new@example.test', 'new', 0, 0)`,
  ],
  [
    "a person who replaces one by the address",
    `INSERT OR REPLACE INTO users (${COLUMNS}) VALUES ('new', ${EMAIL_OF("$user")}, 'new', 0, 0)`,
  ],
  [
    "a person who replaces one by the rowid",
    `INSERT OR REPLACE INTO users (rowid, ${COLUMNS})
     VALUES ((SELECT rowid FROM users WHERE id = $user), 'new', 'new@example.test', 'new', 0, 0)`,
  ],
];

describe("people", () => {
  it.each(REFUSED)("aren't given %s", async (_, text, error) => {
    const ids = await createTwo();
    await expect(run(text, ids)).rejects.toThrow(error);
    await expectBoth(ids);
  });

  it.each(IGNORED)("stay in spite of %s", async (_, text) => {
    const ids = await createTwo();
    await run(text, ids);
    await expectBoth(ids);
  });
});

/** Both are who they were, with what they had. */
async function expectBoth({ userId, otherId }: Ids): Promise<void> {
  const { results } = await env.DB.prepare("SELECT id FROM users WHERE id IN (?1, ?2) AND name <> 'new'")
    .bind(userId, otherId)
    .all();
  expect(results).toHaveLength(2);
  expect(await readBalance(userId)).toEqual({ available: 5, held: 0 });
  expect(await readBalance(otherId)).toEqual({ available: 3, held: 0 });
}
