/** The development mailbox, as a page and as JSON. The table of routes leaves it out everywhere else. */
import { Hono } from "hono";
import { findDevMail, listDevMail } from "../../db/dev-mail.ts";
import { countWaitingLetters } from "../../db/mail-outbox.ts";
import { AppError } from "../../errors.ts";
import { parseId } from "../body.ts";
import type { AppEnv } from "../context.ts";
import { buildFrame } from "../frame.ts";
import { DevMailPage } from "../views/dev-mail.tsx";

const LETTERS_MAX = 100;
/** Letters go out after the answer to the request that asked for them: whoever looks at once is given a moment. */
const WAIT_STEP_MS = 50;
const WAIT_STEPS_MAX = 40;

/** A letter brings its own styles and nothing else; nothing in it runs. */
const LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

export const devMailPages = new Hono<AppEnv>()
  .get("/dev/mail", async (c) => {
    await waitForLetters(c.env.DB);
    const rows = await listDevMail(c.env.DB, LETTERS_MAX);
    const letters = rows.map(({ id, recipient, subject, text, html, sentAt }) => ({
      id,
      to: recipient,
      subject,
      text,
      html,
      sentAt: new Date(sentAt).toISOString(),
    }));
    const accept = c.req.header("Accept") ?? "";
    if (accept.includes("json")) {
      return c.json({ items: letters.map(({ id: _id, ...letter }) => letter) });
    }
    return c.html(<DevMailPage frame={buildFrame(c, null)} letters={letters} />);
  })
  .get("/dev/mail/:id", async (c) => {
    const letter = await findDevMail(c.env.DB, parseId(c));
    if (letter === null) throw new AppError("not_found");
    c.header("Content-Security-Policy", LETTER_POLICY);
    return c.html(letter.html);
  });

async function waitForLetters(db: D1Database): Promise<void> {
  for (let step = 0; step < WAIT_STEPS_MAX; step++) {
    const { waiting, failing } = await countWaitingLetters(db, Date.now());
    if (waiting === failing) return;
    await scheduler.wait(WAIT_STEP_MS);
  }
}
