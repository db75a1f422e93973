import { describe, expect, it } from "vitest";
import { findCapabilities, listModels } from "../../src/ideogram/capabilities.ts";
import { buildSubmitBody } from "../../src/ideogram/submit-body.ts";
import { PROMPT, REQUEST } from "./scripted-provider.ts";

describe("the capability table", () => {
  it("knows three models and no other", () => {
    expect(listModels()).toEqual(["ideogram-4-5", "ideogram-4", "ideogram-3"]);
    expect(findCapabilities("ideogram-4-6")).toBeNull();
    expect(findCapabilities("__proto__")).toBeNull();
  });

  it.each([
    ["ideogram-4-5", 38],
    ["ideogram-4", 38],
    ["ideogram-3", 69],
  ])(
    "offers for %s as many sizes as the provider's reference lists, each with its turned twin",
    (model, count) => {
      const sizes = findCapabilities(model)?.sizes ?? new Set<string>();
      expect(sizes.size).toBe(count);
      for (const size of sizes) {
        expect(size).toMatch(/^[1-9]\d{2,3}x[1-9]\d{2,3}$/);
        expect(sizes).toContain(size.split("x").reverse().join("x"));
      }
    },
  );
});

describe("buildSubmitBody", () => {
  it("sends every field that has a price or a privacy meaning to the default model", () => {
    expect(buildSubmitBody("ideogram-4-5", REQUEST)).toEqual({
      ok: true,
      value: {
        prompt: PROMPT,
        quality: "medium",
        size: "1024x1024",
        num_images: 1,
        magic_prompt: "auto",
        private: true,
        async: true,
      },
    });
  });

  it.each([
    ["ideogram-4", "low", "turbo"],
    ["ideogram-4", "medium", "default"],
    ["ideogram-3", "high", "quality"],
  ] as const)("names quality and size as %s does, %s becoming %s", (model, quality, speed) => {
    const body = buildSubmitBody(model, { ...REQUEST, quality, seed: 7 });
    expect(body).toEqual({
      ok: true,
      value: {
        prompt: PROMPT,
        rendering_speed: speed,
        resolution: "1024x1024",
        num_images: 1,
        magic_prompt: "auto",
        private: true,
        async: true,
        seed: 7,
      },
    });
  });

  it.each([0, 2_147_483_647])("takes the seed %d at its bound", (seed) => {
    expect(buildSubmitBody("ideogram-4-5", { ...REQUEST, seed })).toMatchObject({
      ok: true,
      value: { seed },
    });
  });

  it.each([-1, 2_147_483_648, 1.5, Number.NaN])("refuses the seed %d", (seed) => {
    expect(buildSubmitBody("ideogram-4-5", { ...REQUEST, seed })).toMatchObject({
      ok: false,
      error: { kind: "unsupported", field: "seed" },
    });
  });

  it.each(["", "  \n", "x".repeat(10_001)])("refuses an empty, blank or too long prompt", (prompt) => {
    expect(buildSubmitBody("ideogram-4-5", { ...REQUEST, prompt })).toMatchObject({
      ok: false,
      error: { kind: "unsupported", field: "prompt" },
    });
  });

  it("takes a prompt of the longest length", () => {
    expect(buildSubmitBody("ideogram-4-5", { ...REQUEST, prompt: "x".repeat(10_000) }).ok).toBe(true);
  });

  it("refuses a model that it doesn't know", () => {
    expect(buildSubmitBody("ideogram-9", REQUEST)).toMatchObject({ ok: false, error: { field: "model" } });
  });

  it("refuses a size that another model has", () => {
    const body = buildSubmitBody("ideogram-4-5", { ...REQUEST, size: "832x960" });
    expect(body).toMatchObject({ ok: false, error: { field: "size" } });
    expect(buildSubmitBody("ideogram-3", { ...REQUEST, size: "832x960" }).ok).toBe(true);
  });

  it.each([
    ["quality", "very_low"],
    ["magicPrompt", "AUTO"],
  ])("refuses a %s that a stored row may hold but the provider doesn't define", (field, value) => {
    const request = JSON.parse(JSON.stringify({ ...REQUEST, [field]: value }));
    expect(buildSubmitBody("ideogram-4-5", request)).toMatchObject({ ok: false, error: { field } });
  });
});
