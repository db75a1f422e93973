import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildOutboxRow, countWaitingLetters } from "../../src/db/mail-outbox.ts";
import { newId } from "../../src/ids.ts";
import type { Mail, Mailer, MailFailure } from "../../src/mail/mail.ts";
import { deliverDueLetters, deliverLetter, type PostOffice } from "../../src/mail/outbox.ts";
import { fail, succeed } from "../../src/result.ts";

const LETTER = { subject: "s", heading: "h", paragraphs: ["p"], reason: "r" };

function recordingMailer(failures: MailFailure[] = []): { mailer: Mailer; sent: Mail[] } {
  const sent: Mail[] = [];
  const mailer: Mailer = {
    async send(mail) {
      const failure = failures.shift();
      if (failure !== undefined) return fail(failure);
      sent.push(mail);
      return succeed(null);
    },
  };
  return { mailer, sent };
}

function openOffice(mailer: Mailer, write: PostOffice["write"] = async () => LETTER): PostOffice {
  return { db: env.DB, mailer, origin: "http://eventide.test", write };
}

async function post(age = 0): Promise<string> {
  const id = newId();
  const row = { id, kind: "sign_in", recipient: "ines@example.test", userId: null, details: {} };
  await buildOutboxRow(env.DB, row, Date.now() - age).run();
  return id;
}

function readRow(id: string) {
  return env.DB.prepare("SELECT attempts, due_at - ?2 AS delay FROM mail_outbox WHERE id = ?1")
    .bind(id, Date.now())
    .first<{ attempts: number; delay: number }>();
}

const PASSING: MailFailure = { canRetry: true, reason: "status_503" };

describe("the outbox", () => {
  it("sends a letter once, also when ten try at once", async () => {
    const { mailer, sent } = recordingMailer();
    const office = openOffice(mailer);
    const id = await post();
    const deliveries = await Promise.all(Array.from({ length: 10 }, () => deliverLetter(office, id, 0)));
    expect(deliveries.filter((delivery) => delivery === "sent")).toHaveLength(1);
    expect(sent.map((mail) => mail.id)).toEqual([id]);
    expect(await readRow(id)).toBeNull();
  });

  it("tries again later, each time after a longer while, and then sends it", async () => {
    const { mailer, sent } = recordingMailer([PASSING, PASSING]);
    const office = openOffice(mailer);
    const id = await post();
    expect(await deliverLetter(office, id, 0)).toBe("failed");
    const first = await readRow(id);
    expect(first).toMatchObject({ attempts: 1 });
    expect(await deliverLetter(office, id, 1)).toBe("not_mine");
    const makeDue = () => env.DB.prepare("UPDATE mail_outbox SET due_at = 0 WHERE id = ?1").bind(id).run();
    await makeDue();
    expect(await deliverLetter(office, id, 1)).toBe("failed");
    const second = await readRow(id);
    expect(second?.delay).toBeGreaterThan((first?.delay ?? 0) + 30_000);
    await makeDue();
    await deliverDueLetters(office, Date.now());
    expect(sent.map((mail) => mail.id)).toEqual([id]);
  });

  it("counts a letter as failing from its first failure on, and not while it is being sent", async () => {
    const count = (later = 0) => countWaitingLetters(env.DB, Date.now() + later);
    const before = await count();
    const counts: { waiting: number; failing: number }[] = [];
    const mailer: Mailer = {
      async send() {
        counts.push(await count());
        return fail(PASSING);
      },
    };
    const id = await post();
    counts.push(await count());
    expect(await deliverLetter(openOffice(mailer), id, 0)).toBe("failed");
    counts.push(await count());
    const waiting = before.waiting + 1;
    expect(counts).toEqual([
      { waiting, failing: before.failing },
      { waiting, failing: before.failing },
      { waiting, failing: before.failing + 1 },
    ]);
  });

  it("counts a letter as failing whose sender died, once an attempt can't take longer", async () => {
    const count = (later: number) => countWaitingLetters(env.DB, Date.now() + later);
    const id = await post();
    const before = await count(0);
    const office = openOffice({ send: () => Promise.reject(new Error("died")) });
    expect(await deliverLetter(office, id, 0)).toBe("failed");
    expect(await count(0)).toEqual(before);
    expect((await count(16_000)).failing).toBe(before.failing + 1);
  });

  it("gives up what no later attempt can send", async () => {
    const { mailer } = recordingMailer([{ canRetry: false, reason: "status_422" }]);
    const id = await post();
    expect(await deliverLetter(openOffice(mailer), id, 0)).toBe("given_up");
    expect(await readRow(id)).toBeNull();
  });

  it("gives up after three hours", async () => {
    const { mailer } = recordingMailer([PASSING]);
    const id = await post(3 * 3_600_000 + 1_000);
    expect(await deliverLetter(openOffice(mailer), id, 0)).toBe("given_up");
  });

  it("drops a letter that nobody needs any more", async () => {
    const { mailer, sent } = recordingMailer();
    const id = await post();
    expect(
      await deliverLetter(
        openOffice(mailer, async () => null),
        id,
        0,
      ),
    ).toBe("dropped");
    expect(sent).toEqual([]);
    expect(await readRow(id)).toBeNull();
  });

  it("keeps a letter that couldn't be written for the next round, and never throws", async () => {
    const { mailer } = recordingMailer();
    const id = await post();
    const office = openOffice(mailer, () => Promise.reject(new Error("database")));
    expect(await deliverLetter(office, id, 0)).toBe("failed");
    expect(await readRow(id)).toMatchObject({ attempts: 1 });
  });

  it("gives up after three hours what couldn't even be written", async () => {
    const id = await post(3 * 3_600_000 + 1_000);
    const office = openOffice(recordingMailer().mailer, () => Promise.reject(new Error("broken row")));
    expect(await deliverLetter(office, id, 0)).toBe("given_up");
    expect(await readRow(id)).toBeNull();
  });
});
