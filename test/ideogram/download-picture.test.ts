import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type DownloadFailure,
  downloadPicture,
  PICTURE_MAX_BYTES,
} from "../../src/ideogram/download-picture.ts";
import type { IdeogramSettings } from "../../src/ideogram/settings.ts";
import {
  API_KEY,
  afterDeadline,
  answer,
  breakInBody,
  buildSettings,
  GENERATION_ID,
  hang,
  hangInBody,
  PICTURE_URL,
  reset,
  type Step,
  scriptFetch,
  sendForever,
} from "./scripted-provider.ts";

const BYTES = Uint8Array.from({ length: 500 }, (_, index) => index % 251);
const PATH = `ideogram.ai/api/images/ephemeral/${GENERATION_ID}.png`;

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "warn").mockImplementation((line) => void lines.push(String(line)));
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function download(steps: Step[], url = PICTURE_URL, changes: Partial<IdeogramSettings> = {}) {
  const { fetch, seen, deadlines } = scriptFetch(...steps);
  const settings = buildSettings(fetch, { startDeadline: deadlines.start, ...changes });
  const result = await downloadPicture(settings, url);
  expect(seen, "every step of the script is used").toHaveLength(steps.length);
  return { result, seen, deadlines };
}

function sendBytes(bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Step {
  return () => new Response(bytes, { headers });
}

/** A body in chunks of 1 MiB whose length nobody announces. */
function sendChunks(count: number): Step {
  let rest = count;
  const pull = (controller: ReadableStreamDefaultController) => {
    if (rest-- > 0) controller.enqueue(new Uint8Array(1024 * 1024).fill(rest));
    else controller.close();
  };
  return () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
}

function redirect(status: number, location: string): Step {
  return answer(status, "moved", { Location: location });
}

describe("the request of downloadPicture", () => {
  it("is a GET without the key, that follows no redirect by itself", async () => {
    const { seen } = await download([sendBytes(BYTES)]);
    expect(seen[0]?.method).toBe("GET");
    expect(seen[0]?.url).toBe(PICTURE_URL);
    expect(seen[0]?.redirect).toBe("manual");
    expect(JSON.stringify([...(seen[0]?.headers ?? [])])).not.toContain(API_KEY);
    expect(seen[0]?.headers.get("Api-Key")).toBeNull();
  });

  it.each([
    "https://evil.test/x.png?sig=5e55",
    "https://ideogram.ai.evil.test/x.png?sig=5e55",
    "https://u:p@ideogram.ai/x.png?sig=5e55",
    "https://ideogram.ai:8443/x.png?sig=5e55",
    "http://ideogram.ai/x.png?sig=5e55",
    "http://[::1]:8788/x.png?sig=5e55",
    "x.png",
  ])("isn't made to %s", async (url) => {
    const { result } = await download([], url);
    expect(result).toMatchObject({ ok: false, error: { kind: "forbidden_host" } });
    expect(JSON.stringify(result)).not.toMatch(/5e55|u:p/);
  });

  it("is made to a listed port of this machine where plain http is allowed", async () => {
    const imageHosts = [{ hostname: "[::1]", isWildcard: false, port: "8788" }];
    const url = "http://[::1]:8788/x.png";
    const { result } = await download([sendBytes(BYTES)], url, { imageHosts, allowHttpLoopback: true });
    expect(result).toEqual({ ok: true, value: BYTES });
  });
});

describe("the bytes", () => {
  it.each([
    ["announced", { "Content-Length": String(BYTES.length) }],
    ["announced with an encoding of identity", { "Content-Length": "500", "Content-Encoding": "Identity" }],
    ["of the encoded body", { "Content-Length": "17", "Content-Encoding": "br" }],
    ["unreadable", { "Content-Length": "many" }],
  ])("arrive whole when the length is %s", async (_, headers) => {
    const response = new Response(BYTES);
    // A response made with an encoding header would be decoded by workerd; the client only reads the header.
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    const { result } = await download([() => response]);
    expect(result).toEqual({ ok: true, value: BYTES });
  });

  it("arrive whole in many chunks of unannounced length, in a buffer of exactly their size", async () => {
    const { result } = await download([sendChunks(5)]);
    if (!result.ok) throw new Error(result.error.kind);
    expect(result.value.byteLength).toBe(5 * 1024 * 1024);
    expect(result.value.buffer.byteLength).toBe(5 * 1024 * 1024);
    expect([0, 1, 2, 3, 4].map((mib) => result.value[mib * 1024 * 1024])).toEqual([4, 3, 2, 1, 0]);
  });

  it.each([0, 4])(
    "are handed over when there are only %d of them: another module judges pictures",
    async (count) => {
      const { result } = await download([
        sendBytes(BYTES.slice(0, count), { "Content-Length": String(count) }),
      ]);
      expect(result).toEqual({ ok: true, value: BYTES.slice(0, count) });
    },
  );

  it("are handed over when they are a page that calls itself a picture", async () => {
    const { result } = await download([answer(200, "<h1>Hi</h1>", { "Content-Type": "image/png" })]);
    expect(result).toEqual({ ok: true, value: new TextEncoder().encode("<h1>Hi</h1>") });
  });

  it("may be exactly as many as the cap", async () => {
    const { result } = await download([sendChunks(20)]);
    expect(result.ok && result.value.byteLength).toBe(PICTURE_MAX_BYTES);
  });
});

describe("a failed download", () => {
  const late = { kind: "unreachable", status: null, message: "The picture did not arrive in time." } as const;

  it.each<[string, Step, DownloadFailure]>([
    ["403", answer(403, "expired"), { kind: "expired", status: 403 }],
    ["404", answer(404, ""), { kind: "expired", status: 404 }],
    ["410", answer(410, ""), { kind: "expired", status: 410 }],
    ["400", answer(400, "bad"), { kind: "rejected", status: 400 }],
    ["204", answer(204, ""), { kind: "rejected", status: 204 }],
    ["206", answer(206, "part"), { kind: "rejected", status: 206 }],
    ["304", answer(304, ""), { kind: "rejected", status: 304 }],
    [
      "429",
      answer(429, ""),
      { kind: "unreachable", status: 429, message: "The picture's host answered 429." },
    ],
    [
      "500",
      answer(500, "oops"),
      { kind: "unreachable", status: 500, message: "The picture's host answered 500." },
    ],
    [
      "503",
      answer(503, ""),
      { kind: "unreachable", status: 503, message: "The picture's host answered 503." },
    ],
    [
      "a lost connection",
      reset,
      {
        kind: "unreachable",
        status: null,
        message: "The connection failed: Error: Network connection lost.",
      },
    ],
    ["silence", hang, late],
    ["an answer after the deadline", afterDeadline(hangInBody(200, "abc")), late],
    ["a hanging body", hangInBody(200, "abc"), late],
    ["a hanging body of known length", hangInBody(200, "abc", { "Content-Length": "10" }), late],
    [
      "a reset in the middle of the body",
      breakInBody(200, "abc"),
      { kind: "incomplete", expectedBytes: null, receivedBytes: 3 },
    ],
    [
      "fewer bytes than announced",
      answer(200, "abc", { "Content-Length": "10" }),
      { kind: "incomplete", expectedBytes: 10, receivedBytes: 3 },
    ],
    [
      "fewer bytes than announced and an encoding that isn't one",
      answer(200, "abc", { "Content-Length": "10", "Content-Encoding": "Identity" }),
      { kind: "incomplete", expectedBytes: 10, receivedBytes: 3 },
    ],
    [
      "more bytes than announced",
      answer(200, "abcdef", { "Content-Length": "2" }),
      { kind: "incomplete", expectedBytes: 2, receivedBytes: 6 },
    ],
    [
      "an announced length above the cap",
      answer(200, "abc", { "Content-Length": String(PICTURE_MAX_BYTES + 1) }),
      { kind: "too_large", maxBytes: PICTURE_MAX_BYTES },
    ],
  ])("says what happened on %s", async (_, step, error) => {
    const { result } = await download([step]);
    expect(result).toEqual({ ok: false, error });
  });

  it("stops an endless body as soon as it passes the cap", async () => {
    const { step, state } = sendForever(200);
    const { result } = await download([step]);
    expect(result).toEqual({ ok: false, error: { kind: "too_large", maxBytes: PICTURE_MAX_BYTES } });
    expect(state).toEqual({ chunks: 21, isCancelled: true });
  });

  it("leaves no unread body behind when the status alone decides", async () => {
    const { step, state } = sendForever(404);
    await download([step]);
    expect(state.isCancelled).toBe(true);
  });

  it("logs host, path and kind, and never the signature", async () => {
    await download([answer(403, "")]);
    await download([() => Promise.reject(new Error(`no way to ${PICTURE_URL}`))]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "ideogram_download_failed", from: PATH, kind: "expired", status: 403 },
      { event: "ideogram_download_failed", from: PATH, kind: "unreachable", status: null },
    ]);
    expect(lines.join("\n")).not.toContain("5e55");
  });
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("with status %d is followed on the same host", async (status) => {
    const { result, seen } = await download([redirect(status, "/moved.png?sig=2"), sendBytes(BYTES)]);
    expect(result).toEqual({ ok: true, value: BYTES });
    expect(seen[1]?.url).toBe("https://ideogram.ai/moved.png?sig=2");
    expect(seen[1]?.headers.get("Api-Key")).toBeNull();
  });

  it("is followed three times and no more", async () => {
    const hop = redirect(302, "/again.png");
    expect((await download([hop, hop, hop, sendBytes(BYTES)])).result).toEqual({ ok: true, value: BYTES });
    expect((await download([hop, hop, hop, hop])).result).toEqual({
      ok: false,
      error: { kind: "rejected", status: 302 },
    });
  });

  it("leaves the one minute that the whole download has as it is", async () => {
    const hop = redirect(302, "/again.png");
    const { deadlines } = await download([hop, hop, sendBytes(BYTES)]);
    expect(deadlines.asked).toEqual([60_000]);
  });

  it.each([
    ["another host", "https://evil.test/x.png?sig=5e55", "evil.test/x.png"],
    ["another host without a scheme", "//evil.test/x.png", "evil.test/x.png"],
    ["another host that is listed too", "https://img.ideogram.ai/x.png", "img.ideogram.ai/x.png"],
    ["another port", "https://ideogram.ai:8443/x.png", "ideogram.ai:8443/x.png"],
    ["plain http", "http://ideogram.ai/x.png", "ideogram.ai/x.png"],
    ["an address with credentials", "https://u:p@ideogram.ai/x.png", "ideogram.ai/x.png"],
    ["this machine", "http://127.0.0.1:8787/", "127.0.0.1:8787/"],
    ["no host at all", "data:image/png;base64,AAAA", "(no host)"],
  ])("to %s is refused and not fetched", async (_, location, address) => {
    const { result } = await download([redirect(302, location)]);
    expect(result).toEqual({ ok: false, error: { kind: "forbidden_host", address } });
  });

  it("is checked again at every hop", async () => {
    const { result } = await download([redirect(302, "/a.png"), redirect(302, "https://evil.test/")]);
    expect(result).toMatchObject({ ok: false, error: { kind: "forbidden_host" } });
  });

  it.each([
    ["without a target", answer(302, "")],
    ["to an unreadable target", redirect(302, "https://[")],
  ])("%s is rejected", async (_, step) => {
    expect((await download([step])).result).toEqual({ ok: false, error: { kind: "rejected", status: 302 } });
  });

  it("shares one deadline with the picture behind it", async () => {
    const { result } = await download([redirect(302, "/slow.png"), hang]);
    expect(result).toMatchObject({ ok: false, error: { kind: "unreachable", status: null } });
  });
});
