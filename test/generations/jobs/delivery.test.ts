import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { createWorkshop, orderOne, readJob } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";

afterEach(expectBooksToBalance);

describe("a delivery", () => {
  it("buys once, stores one object and takes the credit when everything is well", async () => {
    const { userId, id } = await orderOne();
    expect(await readBalance(userId)).toEqual({ available: 1, held: 1 });
    const { context, provider } = createWorkshop();
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({
      status: "succeeded",
      lease: null,
      due_at: null,
      error_code: null,
    });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
    expect(provider.seen).toEqual({ submits: 1, polls: 1, downloads: 1 });
    const image = await env.DB.prepare("SELECT * FROM images WHERE generation_id = ?1").bind(id).first();
    expect(image).toMatchObject({ user_id: userId, width: 512, height: 512, format: "png", seed: 4711 });
  });
});
