import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/ids.ts";
import { createCloudflareMailer } from "../../src/mail/cloudflare-mailer.ts";
import { createMailer } from "../../src/mail/create-mailer.ts";
import { createDevMailer } from "../../src/mail/dev-mailer.ts";
import { createResendMailer } from "../../src/mail/resend-mailer.ts";

const FROM = { email: "no-reply@eventide.example", name: "Eventide" };

function newMail() {
  return { id: newId(), to: "ines@example.test", subject: "Hello", text: "text", html: "<p>html</p>" };
}

afterEach(() => vi.useRealTimers());

describe("the Cloudflare mailer", () => {
  function bind(send: (mail: unknown) => Promise<unknown>): SendEmail {
    return { send } as unknown as SendEmail;
  }

  it("hands the letter to the binding", async () => {
    const sent: unknown[] = [];
    const mailer = createCloudflareMailer(
      bind(async (mail) => sent.push(mail)),
      FROM,
    );
    const { id: _id, ...mail } = newMail();
    expect(await mailer.send({ id: "x", ...mail })).toEqual({ ok: true, value: null });
    expect(sent).toEqual([{ from: FROM, ...mail }]);
  });

  it("sends again after a failure that may pass, and gives up one that can't", async () => {
    const failing = (code: string) =>
      createCloudflareMailer(
        bind(() => Promise.reject(Object.assign(new Error("no mail for ines@example.test"), { code }))),
        FROM,
      );
    expect(await failing("E_RATE_LIMIT_EXCEEDED").send(newMail())).toEqual({
      ok: false,
      error: { canRetry: true, reason: "E_RATE_LIMIT_EXCEEDED" },
    });
    expect(await failing("E_RECIPIENT_SUPPRESSED").send(newMail())).toEqual({
      ok: false,
      error: { canRetry: false, reason: "E_RECIPIENT_SUPPRESSED" },
    });
    expect(await failing("ines@example.test").send(newMail())).toMatchObject({
      error: { reason: "network" },
    });
  });

  it("stops waiting after ten seconds", async () => {
    vi.useFakeTimers();
    const sending = createCloudflareMailer(
      bind(() => new Promise(() => undefined)),
      FROM,
    ).send(newMail());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await sending).toEqual({ ok: false, error: { canRetry: true, reason: "timeout" } });
  });

  it("works with the local binding", async () => {
    expect(await createCloudflareMailer(env.EMAIL, FROM).send(newMail())).toEqual({ ok: true, value: null });
  });
});

describe("the Resend mailer", () => {
  function answer(status: number) {
    const requests: Request[] = [];
    const fetch = (request: Request) => {
      requests.push(request);
      return Promise.resolve(new Response("{}", { status }));
    };
    return { requests, mailer: createResendMailer({ fetch, apiKey: "re_secret", from: FROM }) };
  }

  it("posts the letter once, under its own key", async () => {
    const { requests, mailer } = answer(200);
    const mail = newMail();
    expect(await mailer.send(mail)).toEqual({ ok: true, value: null });
    const [request] = requests;
    expect(request?.url).toBe("https://api.resend.com/emails");
    expect(request?.headers.get("Authorization")).toBe("Bearer re_secret");
    expect(request?.headers.get("Idempotency-Key")).toBe(mail.id);
    expect(await request?.json()).toEqual({
      from: "Eventide <no-reply@eventide.example>",
      to: [mail.to],
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
    });
  });

  it.each([
    [400, false],
    [422, false],
    [401, true],
    [403, true],
    [409, true],
    [429, true],
    [500, true],
    [503, true],
  ])("takes status %i as a failure that can be tried again: %s", async (status, canRetry) => {
    expect(await answer(status).mailer.send(newMail())).toEqual({
      ok: false,
      error: { canRetry, reason: `status_${status}` },
    });
  });

  it("tries again when the line breaks", async () => {
    const fetch = () => Promise.reject(new TypeError("connection lost"));
    expect(await createResendMailer({ fetch, apiKey: "k", from: FROM }).send(newMail())).toEqual({
      ok: false,
      error: { canRetry: true, reason: "network" },
    });
  });

  it("says when there was no answer in time", async () => {
    const fetch = () => Promise.reject(new DOMException("no mail for ines@example.test", "TimeoutError"));
    expect(await createResendMailer({ fetch, apiKey: "k", from: FROM }).send(newMail())).toEqual({
      ok: false,
      error: { canRetry: true, reason: "timeout" },
    });
  });
});

describe("the development mailer", () => {
  it("keeps a letter once, however often it is sent", async () => {
    const mail = newMail();
    const mailer = createDevMailer(env.DB);
    await mailer.send(mail);
    expect(await mailer.send(mail)).toEqual({ ok: true, value: null });
    const rows = await env.DB.prepare("SELECT count(*) AS n FROM dev_mail WHERE id = ?1")
      .bind(mail.id)
      .first<number>("n");
    expect(rows).toBe(1);
  });

  it("reports a database that doesn't answer as a failure to try again", async () => {
    const broken = {
      prepare: () => {
        throw new Error("D1_ERROR: Network connection lost.");
      },
    };
    expect(await createDevMailer(broken as unknown as D1Database).send(newMail())).toMatchObject({
      ok: false,
      error: { canRetry: true },
    });
  });
});

describe("createMailer", () => {
  it("chooses what the configuration names", async () => {
    const bindings = {
      DB: env.DB,
      EMAIL: { send: () => Promise.reject(new Error("asked Cloudflare")) } as unknown as SendEmail,
    };
    expect((await createMailer({ kind: "dev" }, bindings).send(newMail())).ok).toBe(true);
    expect((await createMailer({ kind: "cloudflare", from: FROM }, bindings).send(newMail())).ok).toBe(false);
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("{}"));
    await createMailer({ kind: "resend", from: FROM, apiKey: "k" }, bindings).send(newMail());
    expect(fetched).toHaveBeenCalledOnce();
    fetched.mockRestore();
  });
});
