import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createCanvas } from "../../../dev/ideogram/pictures/canvas.ts";
import { encodePng } from "../../../dev/ideogram/pictures/png.ts";
import { SIMULATOR_API_KEY } from "../../../dev/ideogram/simulator.ts";
import { BASE_URL, createHarness } from "./harness.ts";

type Fields = Record<string, unknown>;

function send(model: string, fields: Fields): Promise<Response> {
  return createHarness().call("POST", `/v2/image/generate/${model}`, { prompt: "x", ...fields });
}

/** The text of a refusal, wherever it stands. */
async function readRefusal(response: Response): Promise<string> {
  const body = z
    .looseObject({ detail: z.string().optional(), error: z.string().optional() })
    .parse(await response.json());
  return body.detail ?? body.error ?? "";
}

describe("the body", () => {
  it("must be JSON or multipart", async () => {
    const { call } = createHarness();
    const path = "/v2/image/generate/ideogram-4-5";
    const response = await call("POST", path, "prompt=x", {
      "api-key": SIMULATOR_API_KEY,
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ title: "Bad Request", status: 400 });
  });

  it.each(["{", "[]", "null", '"text"', ""])("must be a JSON object, not %j", async (body) => {
    const response = await createHarness().call("POST", "/v2/image/generate/ideogram-4-5", body);
    expect(response.status).toBe(400);
  });

  it("must not be larger than six full files", async () => {
    const { simulator } = createHarness();
    const response = await simulator.fetch(`${BASE_URL}/v2/image/generate/ideogram-4-5`, {
      method: "POST",
      headers: { "api-key": SIMULATOR_API_KEY, "content-length": String(200 * 1024 * 1024) },
      body: "x",
    });
    expect(response.status).toBe(413);
  });
});

describe("fields of every model", () => {
  const refused: [Fields, string][] = [
    [{ prompt: undefined }, "'prompt' is a required property"],
    [{ prompt: "" }, "'' is too short - 'prompt'"],
    [{ prompt: 5 }, "5 is not of type 'string' - 'prompt'"],
    [{ num_images: 0 }, "0 is less than the minimum of 1 - 'num_images'"],
    [{ num_images: 9 }, "9 is greater than the maximum of 8 - 'num_images'"],
    [{ num_images: 1.5 }, "1.5 is not of type 'int' - 'num_images'"],
    [{ num_images: "2" }, "'2' is not of type 'number' - 'num_images'"],
    [{ seed: -1 }, "-1 is less than the minimum of 0 - 'seed'"],
    [{ seed: 2_147_483_648 }, "2147483648 is greater than the maximum of 2147483647 - 'seed'"],
    [{ magic_prompt: "ON" }, "'ON' is not one of ['auto', 'on', 'off'] - 'magic_prompt'"],
    [{ async: "true" }, "'true' is not of type 'boolean' - 'async'"],
    [{ private: "yes" }, "'yes' is not of type 'boolean' - 'private'"],
    [{ webhook_url: `https://example.com/${"a".repeat(2048)}` }, "is too long - 'webhook_url'"],
    [{ resolution_: 1 }, "Additional properties are not allowed ('resolution_' was unexpected)"],
  ];

  it.each(refused)("refuses %o", async (fields, detail) => {
    for (const model of ["ideogram-4-5", "ideogram-4", "ideogram-3"]) {
      const response = await send(model, fields);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
    }
  });

  it("takes a prompt of 10,000 characters and none longer", async () => {
    expect((await send("ideogram-4-5", { prompt: "x".repeat(10_000) })).status).toBe(200);
    expect((await send("ideogram-4-5", { prompt: "x".repeat(10_001) })).status).toBe(400);
  });

  it.each([
    "http://example.com/hook",
    "https://localhost/hook",
    "https://127.0.0.1/hook",
    "https://10.1.2.3/hook",
    "https://169.254.169.254/latest",
    "https://[::1]/hook",
    "not a url",
  ])("refuses the webhook address %s", async (address) => {
    const response = await send("ideogram-4-5", { webhook_url: address });
    expect(response.status).toBe(400);
    expect(await readRefusal(response)).toContain("webhook_url");
  });

  it("refuses a tag that names no failure mode", async () => {
    for (const tag of ["[[sim:nonsense]]", "[[sim:stuck:3]]", "[[sim:429:x]]", "[[sim:429:1:2]]"]) {
      const response = await send("ideogram-4-5", { prompt: `x ${tag}` });
      expect(response.status).toBe(400);
      expect(await readRefusal(response)).toContain(tag);
    }
  });
});

describe("ideogram-4-5", () => {
  it.each([
    { quality: "very_high" },
    { quality: "very_low" },
    { size: "1000x1000" },
    { size: "source" },
    { size: "2048x2048 " },
    { negative_prompt: "x" },
    { aspect_ratio: "1x1" },
    { style_type: "general" },
    { rendering_speed: "turbo" },
    { images: [] },
    { image_asset_identifiers: [] },
    { image_asset_identifiers: [{ asset_type: "OTHER", asset_id: "a" }] },
  ])("refuses %o", async (fields) => {
    expect((await send("ideogram-4-5", fields)).status).toBe(400);
  });

  it.each(["1024x1024", "2880x1440", "512x1536", "3328x1248"])("offers the size %s", async (size) => {
    const { start, results } = createHarness();
    expect((await results(await start("x", { size })))[0]?.resolution).toBe(size);
  });

  it("makes a 2K square when the size is left to it", async () => {
    const { start, results } = createHarness();
    expect((await results(await start("x", { size: "auto" })))[0]?.resolution).toBe("2048x2048");
  });

  it("does not know any asset", async () => {
    const fields = { image_asset_identifiers: [{ asset_type: "UPLOAD", asset_id: "abc" }] };
    expect((await send("ideogram-4-5", fields)).status).toBe(404);
  });
});

describe("ideogram-4", () => {
  it.each([
    { quality: "low" },
    { size: "1024x1024" },
    { resolution: "1024x1000" },
    { rendering_speed: "flash" },
  ])("refuses %o", async (fields) => {
    expect((await send("ideogram-4", fields)).status).toBe(400);
  });

  it("takes JSON only", async () => {
    const form = new FormData();
    form.set("prompt", "x");
    expect((await sendForm("ideogram-4", form)).status).toBe(400);
  });

  it("takes a resolution of its list, and has no generation kind", async () => {
    const response = await send("ideogram-4", {
      resolution: "1440x2560",
      rendering_speed: "turbo",
      async: true,
    });
    expect(await response.json()).not.toHaveProperty("generation_kind");
  });
});

describe("ideogram-3", () => {
  it.each([
    { resolution: "1024x1024", aspect_ratio: "1x1" },
    { resolution: "2048x2048" },
    { aspect_ratio: "5x7" },
    { style_type: "photo" },
    { style_preset: "POP_ART" },
    { style_preset: "pop_art", style_codes: ["0011AABB"] },
    { style_preset: "pop_art", style_reference_collection_id: "c" },
    { style_codes: ["0011AABB"], style_type: "general" },
    { style_codes: ["xyz"] },
    { color_palette: { name: "sunset" } },
    { color_palette: { members: [] } },
    { color_palette: { members: [{ color_hex: "red" }] } },
    { color_palette: { members: [{ color_hex: "#ff0000", color_weight: 2 }] } },
    { color_palette: { name: "ember", members: [{ color_hex: "#ff0000" }] } },
    { quality: "high" },
  ])("refuses %o", async (fields) => {
    expect((await send("ideogram-3", fields)).status).toBe(400);
  });

  it.each([
    { style_preset: "80s_illustration", negative_prompt: "blur" },
    { style_codes: ["0011AABB"] },
    { color_palette: { name: "ember" } },
    { color_palette: { members: [{ color_hex: "#f00", color_weight: 0.05 }, { color_hex: "#00FF00" }] } },
    { style_type: "fiction", aspect_ratio: "auto" },
  ])("takes %o", async (fields) => {
    expect((await send("ideogram-3", fields)).status).toBe(200);
  });

  it("chooses the size of its list that is nearest to an aspect ratio", async () => {
    const { call } = createHarness();
    const expected = { "16x9": "1312x736", "9x16": "736x1312", "1x1": "1024x1024", "4x5": "896x1120" };
    for (const [aspect, resolution] of Object.entries(expected)) {
      const body = { prompt: "x", aspect_ratio: aspect };
      const response = await call("POST", "/v2/image/generate/ideogram-3", body);
      expect(await response.json()).toMatchObject({ data: [{ resolution }] });
    }
  });
});

describe("multipart", () => {
  it("reads scalars as text and starts from the first picture", async () => {
    const form = await buildForm({ num_images: "2", seed: "5", async: "false", size: "source" }, [
      [640, 320],
    ]);
    const response = await sendForm("ideogram-4-5", form);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ seed: 5, data: [{ resolution: "640x320" }, {}] });
  });

  it("takes very low quality and any size on the grid with a picture", async () => {
    const sizes: [string, number][] = [
      ["320x608", 200],
      ["320x600", 400],
      ["224x320", 400],
      ["4096x2048", 400],
      ["256x1568", 400],
    ];
    for (const [size, status] of sizes) {
      const form = await buildForm({ quality: "very_low", size }, [[256, 256]]);
      expect((await sendForm("ideogram-4-5", form)).status).toBe(status);
    }
  });

  it("reads repeated fields and JSON fields", async () => {
    const form = await buildForm({ color_palette: '{"name":"ember"}' }, []);
    form.append("style_codes", "0011AABB");
    form.append("style_codes", "ffffffff");
    expect((await sendForm("ideogram-3", form)).status).toBe(200);
    const broken = await buildForm({ color_palette: "{" }, []);
    expect((await sendForm("ideogram-3", broken)).status).toBe(400);
  });

  it("refuses a number or a boolean that is none", async () => {
    for (const fields of [{ seed: "five" }, { async: "1" }]) {
      expect((await sendForm("ideogram-4-5", await buildForm(fields, []))).status).toBe(400);
    }
  });

  it("refuses too many files, files of another kind, and files in other fields", async () => {
    const many = await buildForm(
      {},
      Array.from({ length: 6 }, () => [256, 256] as const),
    );
    expect((await sendForm("ideogram-4-5", many)).status).toBe(400);
    const text = await buildForm({}, []);
    text.append("images", new File(["just some words, long enough to be a header"], "a.png"));
    expect((await sendForm("ideogram-4-5", text)).status).toBe(400);
    const other = await buildForm({}, []);
    other.append("attachment", await buildFile(256, 256));
    expect((await sendForm("ideogram-4-5", other)).status).toBe(400);
  });

  it("refuses a picture that is too long, and a mask that does not fit", async () => {
    const long = await buildForm({}, [[700, 100]]);
    expect((await sendForm("ideogram-4-5", long)).status).toBe(400);
    const cases: [
      readonly (readonly [number, number])[],
      Record<string, string>,
      readonly [number, number],
    ][] = [
      [[], {}, [256, 256]],
      [[[256, 256]], {}, [128, 256]],
      [[[256, 256]], { size: "256x256" }, [256, 256]],
      [Array.from({ length: 5 }, () => [256, 256] as const), {}, [256, 256]],
    ];
    for (const [pictures, fields, [width, height]] of cases) {
      const form = await buildForm(fields, pictures);
      form.append("mask", await buildFile(width, height));
      expect((await sendForm("ideogram-4-5", form)).status).toBe(400);
    }
    const fitting = await buildForm({}, [[256, 256]]);
    fitting.append("mask", await buildFile(256, 256));
    expect((await sendForm("ideogram-4-5", fitting)).status).toBe(200);
  });

  it("refuses style images together with other style references", async () => {
    for (const fields of [
      { style_preset: "pop_art" },
      { style_codes: "0011AABB" },
      { style_reference_collection_id: "c" },
    ]) {
      const form = await buildForm(fields, []);
      form.append("style_reference_images", await buildFile(256, 256));
      expect((await sendForm("ideogram-3", form)).status).toBe(400);
    }
  });

  it("refuses a body that is not what its content type says", async () => {
    const response = await createHarness().call("POST", "/v2/image/generate/ideogram-4-5", "nonsense", {
      "api-key": SIMULATOR_API_KEY,
      "content-type": "multipart/form-data; boundary=x",
    });
    expect(response.status).toBe(400);
  });
});

async function buildForm(
  fields: Record<string, string>,
  pictures: readonly (readonly [number, number])[],
): Promise<FormData> {
  const form = new FormData();
  form.set("prompt", "x");
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const [width, height] of pictures) form.append("images", await buildFile(width, height));
  return form;
}

async function buildFile(width: number, height: number): Promise<File> {
  return new File([await encodePng(createCanvas(width, height))], "a.png", { type: "image/png" });
}

function sendForm(model: string, body: FormData): Promise<Response> {
  return createHarness().simulator.fetch(`${BASE_URL}/v2/image/generate/${model}`, {
    method: "POST",
    headers: { "api-key": SIMULATOR_API_KEY },
    body,
  });
}
