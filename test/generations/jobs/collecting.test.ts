/** From the provider's address to the stored object: what may go wrong with the bytes and with the bucket. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { breakInBody, hangInBody, sendForever } from "../../ideogram/scripted-provider.ts";
import { brokenBucket, buildPng, patch } from "../../r2/fixtures.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { changeRow, createWorkshop, deliverToTheEnd, orderOne, readJob } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, completed, PICTURE, picture } from "../../support/provider.ts";

afterEach(expectBooksToBalance);

const HTML = new TextEncoder().encode("<!doctype html><title>Sorry</title>".repeat(40));

/** An answer without the length that the bytes should have. */
function unannounced(bytes: Uint8Array): Answer {
  return () => new Response(new Blob([bytes]).stream(), { headers: { "Content-Type": "image/png" } });
}

const BAD: [name: string, answer: Answer][] = [
  ["no bytes", () => picture(new Uint8Array(0))],
  ["4 bytes", () => picture(new TextEncoder().encode("stub"))],
  ["half a PNG", unannounced(PICTURE.slice(0, PICTURE.length / 2))],
  ["a PNG without its last byte", unannounced(PICTURE.slice(0, -1))],
  ["a PNG with a flipped byte", () => picture(patch(PICTURE, 2_000, [PICTURE[2_000] === 1 ? 2 : 1]))],
  ["a page labelled image/png", () => picture(HTML)],
  ["a page labelled text/html", () => picture(HTML, { "Content-Type": "text/html" })],
  ["another shape", () => picture(buildPng({ width: 512, height: 256, colourType: 0, bitDepth: 1 }))],
  ["too few pixels", () => picture(buildPng({ width: 96, height: 96 }))],
  ["fewer bytes than announced", () => picture(PICTURE.slice(0, 9_000), { "Content-Length": "90000" })],
];

describe("a download", () => {
  it.each(BAD)("of %s is tried three times and then given back, and nothing is stored", async (_, answer) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.picture = answer;
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: "invalid_picture",
      review: "paid_not_delivered",
    });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
    expect(provider.seen).toMatchObject({ submits: 1, downloads: 3 });
  });

  it.each(BAD.slice(0, 3))("of %s once is fetched anew, and nothing is bought for it", async (_, answer) => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.picture = [answer];
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(provider.seen).toMatchObject({ submits: 1, downloads: 2 });
  });

  it.each<[string, Partial<ReturnType<typeof createWorkshop>["provider"]["always"]>]>([
    ["another host", { poll: completed({ url: "https://evil.test/picture.png" }) }],
    ["plain http", { poll: completed({ url: "http://pictures.test/picture.png" }) }],
    ["this machine", { poll: completed({ url: "https://127.0.0.1/picture.png" }) }],
    ["a redirect to another host", { picture: () => Response.redirect("https://evil.test/", 302) }],
    ["418", { picture: () => new Response(null, { status: 418 }) }],
    ["a body without an end", { picture: () => sendForever(200).step() }],
  ])("from %s is given back at once and marked for review", async (_, always) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always = always;
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ error_code: "invalid_picture", review: "paid_not_delivered" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
    expect(provider.seen.downloads).toBeLessThanOrEqual(1);
  });

  it.each<[string, Answer, string]>([
    ["503", () => new Response(null, { status: 503 }), "provider_unreachable"],
    [
      "a lost connection",
      () => Promise.reject(new Error("Network connection lost.")),
      "provider_unreachable",
    ],
    ["a hanging body", hangInBody(200, "PNG"), "provider_unreachable"],
    ["403, as an expired address", () => new Response(null, { status: 403 }), "provider_failed"],
  ])("that always ends in %s is tried in four attempts and then given back", async (_, answer, code) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.picture = answer;
    expect(await deliverToTheEnd(context, id)).toBe(4);
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: code,
      review: "paid_not_delivered",
    });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
    expect(provider.seen).toMatchObject({ submits: 1, downloads: 12 });
  });

  it.each<[string, Answer]>([
    ["503", () => new Response(null, { status: 503 })],
    ["a body that breaks off", breakInBody(200, "PNG")],
  ])("goes on after %s in the next attempt, from the checkpoint", async (_, answer) => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.picture = [answer, answer];
    await deliverToTheEnd(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
    expect(provider.bought).toHaveLength(1);
  });

  it("takes a fresh address when the first has expired", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    const asked: string[] = [];
    provider.script.poll = [
      completed({ url: "https://pictures.test/old.png" }),
      completed({ url: "https://pictures.test/new.png" }),
    ];
    provider.always.picture = (request) => {
      asked.push(new URL(request.url).pathname);
      return asked.length === 1 ? new Response(null, { status: 403 }) : picture(PICTURE);
    };
    await advanceJob(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(asked).toEqual(["/old.png", "/new.png"]);
  });
});

describe("the bucket", () => {
  it("that fails once takes the same bytes the second time", async () => {
    const { id } = await orderOne();
    let puts = 0;
    const bucket = new Proxy(env.BUCKET, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name === "put" && ++puts === 1) return () => Promise.reject(new Error("10001: internal error"));
        return member.bind(target);
      },
    });
    const { context, provider } = createWorkshop({ bucket });
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(provider.seen).toEqual({ submits: 1, polls: 1, downloads: 1 });
  });

  it("that always fails ends the job as storage_failed after four attempts", async () => {
    const { userId, id } = await orderOne();
    const bucket = brokenBucket("put", new Error("10001: internal error"));
    const { context, provider } = createWorkshop({ bucket });
    expect(await deliverToTheEnd(context, id)).toBe(4);
    expect(await readJob(id)).toMatchObject({ error_code: "storage_failed", review: "paid_not_delivered" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
    expect(provider.bought).toHaveLength(1);
  });

  it("that stores but never says so holds nothing of the job in the end", async () => {
    const { userId, id } = await orderOne();
    const bucket = new Proxy(env.BUCKET, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name !== "put") return member.bind(target);
        return async (...args: unknown[]) => {
          await member.apply(target, args);
          throw new Error("10001: internal error");
        };
      },
    });
    await deliverToTheEnd(createWorkshop({ bucket }).context, id);
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: "storage_failed" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  });

  it("holds nothing when the crop fails, and the job ends as storage_failed", async () => {
    const { id } = await orderOne();
    await changeRow(id, "width = 1000, height = 1000");
    const images = new Proxy(env.IMAGES, {
      get: () => () => {
        throw new Error("the Images binding is not there");
      },
    });
    expect(await deliverToTheEnd(createWorkshop({ images }).context, id)).toBe(4);
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: "storage_failed" });
  });
});
