import { describe, expect, it } from "vitest";
import { downloadPicture } from "../../src/ideogram/download-picture.ts";
import { findGeneration } from "../../src/ideogram/find-generation.ts";
import { submitGeneration } from "../../src/ideogram/submit-generation.ts";
import { buildSettings, GENERATION_ID, REQUEST } from "./scripted-provider.ts";

// Nothing listens on the discard port. workerd's own fetch is what production calls.
const settings = buildSettings(fetch, {
  baseUrl: "http://127.0.0.1:9",
  imageHosts: [{ hostname: "127.0.0.1", isWildcard: false, port: "9" }],
  allowHttpLoopback: true,
});

// workerd's words; anything else would mean that its fetch wasn't called as it wants to be.
const message = "The connection failed: Error: Network connection lost.";

describe("workerd's fetch to a closed port", () => {
  it("leaves the outcome of a submit unknown, because a reset after sending looks the same", async () => {
    expect(await submitGeneration(settings, REQUEST)).toMatchObject({
      ok: false,
      error: { kind: "unknown", cause: "network", status: null, message },
    });
  });

  it("makes a poll unreachable", async () => {
    expect(await findGeneration(settings, GENERATION_ID)).toMatchObject({
      ok: false,
      error: { kind: "unreachable", status: null, message },
    });
  });

  it("makes a picture unreachable", async () => {
    expect(await downloadPicture(settings, "http://127.0.0.1:9/x.png")).toMatchObject({
      ok: false,
      error: { kind: "unreachable", status: null, message },
    });
  });
});
