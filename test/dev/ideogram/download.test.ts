import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { FaultNameOf } from "../../../dev/ideogram/faults.ts";
import { readImageHeader } from "../../../dev/ideogram/image-header.ts";
import { ConnectionLost } from "../../../dev/ideogram/simulator.ts";
import { createHarness, giveUpOn } from "./harness.ts";

const WHOLE = { width: 512, height: 1536 };

async function readBytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

/** As text, whatever the label says. */
async function readText(response: Response): Promise<string> {
  return new TextDecoder("latin1").decode(await response.arrayBuffer());
}

/** What the platform's own decoder makes of the bytes; null when it refuses them. */
async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const body = new Response(bytes).body;
  if (body === null) return null;
  const answer = await env.IMAGES.input(body).output({ format: "image/png" });
  const decoded = readImageHeader(await readBytes(answer.response()));
  return decoded === null ? null : { width: decoded.width, height: decoded.height };
}

describe("an address", () => {
  it("is served without a key, as a whole PNG with its length", async () => {
    const { picture, simulator } = createHarness();
    const response = await simulator.fetch(await picture("a lake"));
    const bytes = await readBytes(response);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.get("content-length")).toBe(String(bytes.length));
    expect(readImageHeader(bytes)).toEqual({ format: "png", ...WHOLE });
    expect(await decode(bytes)).toEqual(WHOLE);
    expect(simulator.calls().at(-1)).toMatchObject({ apiKey: "none", status: 200 });
  });

  it("gives the same bytes each time", async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("a lake");
    const [first, second] = [
      await readBytes(await simulator.fetch(url)),
      await readBytes(await simulator.fetch(url)),
    ];
    expect(first).toEqual(second);
  });

  it("is good for 24 hours and then answers 403, or 404 if so configured", async () => {
    for (const expiredStatus of [403, 404] as const) {
      const { picture, simulator } = createHarness({ expiredStatus });
      const url = await picture("a lake");
      simulator.advanceClock(24 * 60 * 60 - 1);
      expect((await simulator.fetch(url)).status).toBe(200);
      simulator.advanceClock(1);
      expect((await simulator.fetch(url)).status).toBe(expiredStatus);
    }
  });

  it("answers 403 when signature, expiry or picture was changed", async () => {
    const { picture, simulator } = createHarness();
    const url = new URL(await picture("a lake"));
    const changed = [
      (copy: URL) => copy.searchParams.set("exp", String(Number(copy.searchParams.get("exp")) + 1)),
      (copy: URL) => copy.searchParams.set("sig", "0".repeat(64)),
      (copy: URL) => copy.searchParams.set("sig", "short"),
      (copy: URL) => copy.searchParams.delete("sig"),
      (copy: URL) => copy.searchParams.delete("exp"),
      (copy: URL) => {
        copy.pathname = `/api/images/ephemeral/${"A".repeat(22)}.png`;
      },
    ];
    for (const change of changed) {
      const copy = new URL(url);
      change(copy);
      expect((await simulator.fetch(copy)).status).toBe(403);
    }
  });

  it("answers 404 when the generation has been forgotten", async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("a lake");
    simulator.reset();
    expect((await simulator.fetch(url)).status).toBe(404);
  });
});

/** Modes whose body arrives whole: what it is. */
const WHOLE_BODIES = {
  "img-500": { status: 500, type: "application/json", header: null },
  "img-html": { status: 200, type: "text/html; charset=utf-8", header: null },
  "img-0": { status: 200, type: "image/png", header: null },
  "img-4": { status: 200, type: "image/png", header: null },
  "img-jpeg": { status: 200, type: "image/png", header: { format: "jpeg", ...WHOLE } },
  "img-webp": { status: 200, type: "image/png", header: { format: "webp", ...WHOLE } },
  "img-wrong-size": { status: 200, type: "image/png", header: { format: "png", width: 256, height: 768 } },
  "img-wrong-shape": { status: 200, type: "image/png", header: { format: "png", width: 256, height: 1536 } },
  "img-slow": { status: 200, type: "image/png", header: { format: "png", ...WHOLE } },
  "img-cut": { status: 200, type: "image/png", header: { format: "png", ...WHOLE } },
  "img-crc": { status: 200, type: "image/png", header: { format: "png", ...WHOLE } },
} as const;

type BrokenMode = Exclude<FaultNameOf<"download">, keyof typeof WHOLE_BODIES>;

/** Modes that break off, flood or lead away. */
const BROKEN_BODIES: Record<BrokenMode, (url: string, fetch: typeof globalThis.fetch) => Promise<void>> = {
  "img-reset": async (url, fetch) => {
    await expect(fetch(url)).rejects.toBeInstanceOf(ConnectionLost);
    expect((await fetch(url)).status).toBe(200);
  },
  "img-short": async (url, fetch) => {
    const response = await fetch(url);
    const promised = Number(response.headers.get("content-length"));
    const received = await readUntilBroken(response);
    expect(received).toBe(promised >> 1);
  },
  "img-truncated": async (url, fetch) => {
    const short = await fetch(url);
    expect(await readUntilBroken(short)).toBeLessThan(Number(short.headers.get("content-length")));
    expect(await readText(await fetch(url))).not.toContain("IEND");
  },
  "img-hang": async (url, fetch) => {
    const reason = await giveUpOn(async (signal) => await (await fetch(url, { signal })).arrayBuffer());
    expect(reason).toBe("given up");
  },
  "img-huge": async (url, fetch) => {
    const response = await fetch(url);
    expect(response.headers.get("content-length")).toBeNull();
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(3 * 1024 * 1024);
  },
  "redirect-evil": async (url, fetch) => {
    const manual = await fetch(url, { redirect: "manual" });
    expect(manual.status).toBe(302);
    expect(manual.headers.get("location")).toMatch(/^https:\/\/pictures\.evil\.example\//);
  },
};

describe("troubled downloads", () => {
  it.each(Object.entries(WHOLE_BODIES))("%s delivers it whole", async (mode, expected) => {
    const { picture, simulator } = createHarness();
    const response = await simulator.fetch(await picture(`x [[sim:${mode}]]`));
    expect(response.status).toBe(expected.status);
    expect(response.headers.get("content-type")).toBe(expected.type);
    expect(readImageHeader(await readBytes(response))).toEqual(expected.header);
  });

  it.each(Object.entries(BROKEN_BODIES))("%s is what it says", async (mode, prove) => {
    const { picture, simulator } = createHarness();
    const tag = mode === "img-huge" ? `${mode}:3` : mode;
    await prove(await picture(`x [[sim:${tag}]]`), simulator.fetch);
    expect(simulator.calls().some(({ fault }) => fault === tag)).toBe(true);
  });

  it("delivers no bytes, and the four bytes of a stand-in", async () => {
    const { picture, simulator } = createHarness();
    expect(await readText(await simulator.fetch(await picture("[[sim:img-0]]")))).toBe("");
    expect(await readText(await simulator.fetch(await picture("[[sim:img-4]]")))).toBe("stub");
  });

  it("labels a page as text and as a picture in turn", async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("[[sim:img-html]]");
    await simulator.fetch(url);
    const second = await simulator.fetch(url);
    expect(second.headers.get("content-type")).toBe("image/png");
    expect(await readText(second)).toContain("<html>");
  });

  it("delivers JPEG and WebP files that decode to the asked size", async () => {
    const { picture, simulator } = createHarness();
    for (const mode of ["img-jpeg", "img-webp"]) {
      const bytes = await readBytes(await simulator.fetch(await picture(`[[sim:${mode}]]`)));
      expect(await decode(bytes)).toEqual(WHOLE);
    }
  });

  it("recovers after n troubled downloads of each picture", async () => {
    const { start, results, simulator } = createHarness();
    const entries = await results(await start("[[sim:img-500:2]]", { num_images: 2 }));
    for (const { url } of entries) {
      const statuses: number[] = [];
      for (let i = 0; i < 3; i++) statuses.push((await simulator.fetch(url ?? "")).status);
      expect(statuses).toEqual([500, 500, 200]);
    }
  });

  it("can be planned for the next downloads of any picture", async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("x");
    simulator.addFault({ mode: "img-4", times: 1 });
    expect(await readText(await simulator.fetch(url))).toBe("stub");
    expect(readImageHeader(await readBytes(await simulator.fetch(url)))).toMatchObject({ format: "png" });
  });

  it("spreads a slow body over its seconds", async () => {
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
    };
    const { picture, simulator } = createHarness({ wait });
    const url = await picture("[[sim:img-slow:3]]");
    waits.length = 0;
    await (await simulator.fetch(url)).arrayBuffer();
    expect(waits.reduce((sum, milliseconds) => sum + milliseconds, 0)).toBeCloseTo(3_000);
  });

  it("follows a redirect only when the caller asks for it", async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("[[sim:redirect-evil]]");
    expect((await simulator.fetch(url, { redirect: "manual" })).status).toBe(302);
    expect(simulator.calls().some(({ host }) => host === "pictures.evil.example")).toBe(false);
    expect((await simulator.fetch(url)).status).toBe(200);
    expect(simulator.calls().at(-1)).toMatchObject({ host: "pictures.evil.example" });
  });
});

/** Reads a body that must break, and answers how many bytes came before. */
async function readUntilBroken(response: Response): Promise<number> {
  const reader = response.body?.getReader();
  let received = 0;
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      received += part.value.length;
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionLost);
    return received;
  }
  throw new Error("The body did not break");
}
