import { createHash, randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeCommit } from "../../scripts/dev/git.ts";
import { ROOT } from "../../scripts/dev/wrangler.ts";
import { eventually } from "../support/eventually.ts";
import { type Client, createClient, emailOf, signInClient } from "./api.ts";
import { launchBrowser, openVisit, signIn } from "./browser.ts";

interface Generation {
  id: string;
  status: string;
  cost: number;
  error: { code: string } | null;
  image: {
    id: string;
    bytes: number;
    sha256: string;
    width: number;
    height: number;
    downloadUrl: string;
  } | null;
}

interface Credits {
  available: number;
  held: number;
}

const PNG_SIGNATURE = "89504e470d0a1a0a";

/** Once nothing that was ordered before, by whatever test, is in the making. */
function readCredits(client: Client): Promise<Credits> {
  return eventually(async () => {
    const { credits } = await client.readJson<{ credits: Credits }>(200, "GET", "/api/me");
    expect(credits.held).toBe(0);
    return credits;
  });
}

function waitForEnd(client: Client, id: string): Promise<Generation> {
  return eventually(async () => {
    const generation = await client.readJson<Generation>(200, "GET", `/api/generations/${id}`);
    expect(["queued", "processing"]).not.toContain(generation.status);
    return generation;
  });
}

describe("a product that was just started", () => {
  it("is healthy, and says which commit and which schema it is", async () => {
    const health = await createClient().readJson<Record<string, unknown>>(200, "GET", "/api/health");
    const newest = readdirSync(`${ROOT}/migrations`)
      .sort((a, b) => a.localeCompare(b, "en"))
      .at(-1);
    expect(health).toMatchObject({
      status: "ok",
      commit: describeCommit(ROOT),
      schema: { expected: newest, applied: newest },
    });
  });

  it("answers nobody who isn't signed in", async () => {
    const anonymous = createClient();
    for (const path of ["/api/me", "/api/images", "/api/admin/users"]) {
      const response = await anonymous.call("GET", path);
      expect(response.status, path).toBe(401);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
    }
  });
});

describe("an admin who adds credits", () => {
  it("adds them once when the same request is sent twice", async () => {
    const [admin, user] = [await signInClient("admin"), await signInClient("user")];
    const list = await admin.readJson<{ items: { id: string }[] }>(
      200,
      "GET",
      `/api/admin/users?q=${encodeURIComponent(emailOf("user"))}`,
    );
    const before = await readCredits(user);
    const request = {
      json: { addCredits: 25, reason: "for the end-to-end test" },
      headers: { "Idempotency-Key": randomUUID() },
    };
    const path = `/api/admin/users/${list.items[0]?.id}`;
    const first = await admin.readJson<{ credits: unknown }>(200, "PATCH", path, request);
    const second = await admin.readJson<{ credits: unknown }>(200, "PATCH", path, request);
    expect(second.credits).toEqual(first.credits);
    expect(await readCredits(user)).toEqual({ ...before, available: before.available + 25 });
  });

  it("is refused as another site's request when the origin is another one", async () => {
    const admin = await signInClient("admin");
    const response = await admin.call("PATCH", "/api/admin/users/01m81000000000000000000000", {
      json: { addCredits: 25, reason: "from elsewhere" },
      headers: { "Idempotency-Key": randomUUID(), Origin: "https://elsewhere.example" },
    });
    expect(response.status).toBe(403);
  });
});

describe("a person who asks for a picture", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it("gets a whole PNG that a browser can draw, for exactly its price", async () => {
    const user = await signInClient("user");
    const before = await readCredits(user);
    const ordered = await user.readJson<{ generations: Generation[] }>(202, "POST", "/api/generations", {
      json: { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] },
      headers: { "Idempotency-Key": randomUUID() },
    });
    const generation = await waitForEnd(user, ordered.generations[0]?.id ?? "");
    expect(generation).toMatchObject({ status: "succeeded", error: null });
    const image = generation.image;
    if (image === null) throw new Error("succeeded without an image");
    expect(await readCredits(user)).toEqual({ ...before, available: before.available - generation.cost });

    const response = await user.call("GET", image.downloadUrl);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(bytes.subarray(0, 8).toString("hex")).toBe(PNG_SIGNATURE);
    expect(bytes.length).toBe(image.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(image.sha256);

    const visit = await openVisit(browser);
    await signIn(visit.page, "user");
    const drawn = await visit.page.evaluate(`(async () => {
      const picture = new Image();
      picture.src = ${JSON.stringify(image.downloadUrl)};
      await picture.decode();
      return { width: picture.naturalWidth, height: picture.naturalHeight };
    })()`);
    expect(drawn).toEqual({ width: image.width, height: image.height });
    await visit.close();
  });

  it("is asked to sign in when a browser without a session opens a page that needs one", async () => {
    const visit = await openVisit(browser);
    await visit.page.goto("/gallery");
    expect(new URL(visit.page.url()).pathname).toBe("/signin");
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });
});
