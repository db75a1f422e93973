import { env } from "cloudflare:workers";
import { deflateSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { IMAGE_MAX_BYTES } from "../../src/r2/image-facts.ts";
import { buildImageKey } from "../../src/r2/keys.ts";
import { findObjectBody } from "../../src/r2/objects.ts";
import { storeImage } from "../../src/r2/store-image.ts";
import {
  convertImage,
  cropToShape,
  makeThumbnail,
  TRANSFORM_TIMEOUT_MS,
  type TransformFailure,
} from "../../src/r2/transform.ts";
import { validateImage } from "../../src/r2/validate-image.ts";
import {
  ascii,
  buildHeader,
  buildPng,
  concat,
  decodedInfo,
  encodeWith,
  joinPng,
  newKeyParts,
  noise,
} from "./fixtures.ts";

const jpeg = await encodeWith("jpeg");

type Transformed = Awaited<ReturnType<typeof convertImage>>;

function bytesOf(result: Transformed): Uint8Array {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function failureOf(result: Transformed): TransformFailure {
  if (result.ok) throw new Error("it was transformed");
  return result.error;
}

async function sizeOf(bytes: Uint8Array): Promise<string> {
  const facts = await validateImage(bytes, { isDerived: true });
  if (!facts.ok) throw new Error(JSON.stringify(facts.error));
  expect(await decodedInfo(bytes)).toMatchObject({ width: facts.value.width, height: facts.value.height });
  return `${facts.value.format} ${facts.value.width}x${facts.value.height}`;
}

/** A grey PNG whose middle third is noise of two bits a pixel, and the other thirds noise of eight. */
function buildStripes(width: number, height: number): Uint8Array {
  const third = width / 3;
  const rows = Array.from({ length: height }, (_, row) =>
    concat([
      Uint8Array.of(0),
      noise(third, row),
      noise(third, row + height).map((value) => value >> 6),
      noise(third, row + 2 * height),
    ]),
  );
  return joinPng([
    { type: "IHDR", data: buildHeader({ width, height, colourType: 0 }) },
    { type: "IDAT", data: deflateSync(concat(rows)) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}

/** A binding that gives these bytes, whatever it is asked for. */
function imagesGiving(output: () => Promise<ReadableStream<Uint8Array>>): ImagesBinding {
  const transformer: ImageTransformer = {
    transform: () => transformer,
    draw: () => transformer,
    output: async () => {
      const stream = await output();
      return { image: () => stream, response: () => new Response(stream), contentType: () => "image/png" };
    },
  };
  return {
    input: () => transformer,
    text: () => transformer,
    info: env.IMAGES.info,
    hosted: env.IMAGES.hosted,
  };
}

const streamOf = (bytes: Uint8Array) => async () => new Blob([bytes]).stream();

describe("cropToShape", () => {
  it("cuts 864 × 1152 to exactly 5:7, as a PNG", async () => {
    const source = buildPng({ width: 864, height: 1152 });
    const cropped = bytesOf(await cropToShape(env.IMAGES, source, { width: 820, height: 1148 }));
    expect(await sizeOf(cropped)).toBe("png 820x1148");
  });

  it("cuts 1728 × 2304, too", async () => {
    const source = await encodeWith("jpeg", { width: 1_728, height: 2_304 });
    const cropped = bytesOf(await cropToShape(env.IMAGES, source, { width: 1_640, height: 2_296 }));
    expect(await sizeOf(cropped)).toBe("png 1640x2296");
  });

  it("keeps the middle", async () => {
    const source = buildStripes(192, 64);
    const cropped = bytesOf(await cropToShape(env.IMAGES, source, { width: 64, height: 64 }));
    // Noise of two bits a pixel makes some 1,900 bytes, of eight bits more than 4,000.
    expect(await sizeOf(cropped)).toBe("png 64x64");
    expect(cropped.length).toBeLessThan(2_000);
  });

  it("gives the largest size of the shape instead of enlarging", async () => {
    const source = buildPng({ width: 432, height: 576 });
    const cropped = bytesOf(await cropToShape(env.IMAGES, source, { width: 820, height: 1148 }));
    expect(await sizeOf(cropped)).toBe("png 411x576");
  });

  it.each([
    [
      "half a picture, which the decoder would fill up with grey",
      (png: Uint8Array) => png.subarray(0, 9_000),
    ],
    ["the word stub", () => ascii("stub")],
    ["HTML", () => ascii("<html>".repeat(200))],
  ])("doesn't show the decoder %s", async (_, spoil) => {
    const input = vi.spyOn(env.IMAGES, "input");
    const result = await cropToShape(env.IMAGES, spoil(buildPng()), { width: 64, height: 64 });
    expect(failureOf(result).kind).toBe("invalid_source");
    expect(input).not.toHaveBeenCalled();
    input.mockRestore();
  });

  it("refuses what comes back in another size", async () => {
    const images = imagesGiving(streamOf(buildPng({ width: 101, height: 140 })));
    const result = await cropToShape(images, buildPng({ width: 200, height: 200 }), {
      width: 100,
      height: 140,
    });
    expect(failureOf(result)).toMatchObject({ kind: "invalid_output", defect: { kind: "wrong_shape" } });
  });
});

describe("makeThumbnail", () => {
  it("makes a WebP of the asked width from an object of the bucket", async () => {
    const key = buildImageKey({ ...newKeyParts(), format: "png" });
    const size = { width: 640, height: 480 };
    await storeImage(env.BUCKET, key, buildPng(size), { size });
    const source = await findObjectBody(env.BUCKET, key);
    if (source === null) throw new Error("the fixture was not stored");
    const thumbnail = bytesOf(await makeThumbnail(env.IMAGES, source.body, { width: 384 }));
    expect(await sizeOf(thumbnail)).toBe("webp 384x288");
  });

  it("keeps the size of a smaller picture", async () => {
    const thumbnail = bytesOf(await makeThumbnail(env.IMAGES, buildPng(), { width: 384 }));
    expect(await sizeOf(thumbnail)).toBe("webp 96x64");
  });

  it("may be smaller than a picture may be", async () => {
    const plain = await encodeWith("webp", { width: 64, height: 64, colourType: 0, bitDepth: 1 });
    const thumbnail = bytesOf(await makeThumbnail(env.IMAGES, plain, { width: 16 }));
    expect(thumbnail.length).toBeLessThan(512);
    expect(await sizeOf(thumbnail)).toBe("webp 16x16");
  });
});

describe("convertImage", () => {
  it.each(["png", "jpeg", "webp"] as const)("makes a %s of the same size", async (format) => {
    const converted = bytesOf(await convertImage(env.IMAGES, buildPng(), { format }));
    expect(await sizeOf(converted)).toBe(`${format} 96x64`);
  });

  it.each(["png", "jpeg", "webp"] as const)("makes a smaller %s", async (format) => {
    const converted = bytesOf(await convertImage(env.IMAGES, buildPng(), { format, width: 48 }));
    expect(await sizeOf(converted)).toBe(`${format} 48x32`);
  });

  it("never enlarges", async () => {
    const converted = bytesOf(await convertImage(env.IMAGES, buildPng(), { format: "png", width: 4_000 }));
    expect(await sizeOf(converted)).toBe("png 96x64");
  });
});

describe("a failing binding is a failure, not an exception:", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ["noise", ascii("stub".repeat(200))],
    ["no bytes", new Uint8Array(0)],
  ])("when the source is %s", async (_, source) => {
    const failure = failureOf(await convertImage(env.IMAGES, source, { format: "webp" }));
    expect(failure).toMatchObject({ kind: "transform", cause: expect.any(Error) });
  });

  it("when its answer breaks off", async () => {
    const cause = new Error("connection lost");
    const images = imagesGiving(
      async () => new ReadableStream({ pull: (controller) => controller.error(cause) }),
    );
    expect(failureOf(await makeThumbnail(images, buildPng(), { width: 384 }))).toEqual({
      kind: "transform",
      cause,
    });
  });

  it("when it refuses", async () => {
    const cause = new Error("IMAGES_TRANSFORM_ERROR 9402");
    const images = imagesGiving(() => Promise.reject(cause));
    expect(failureOf(await convertImage(images, buildPng(), { format: "png" }))).toEqual({
      kind: "transform",
      cause,
    });
  });

  it("when it never answers", async () => {
    vi.useFakeTimers();
    const pending = convertImage(
      imagesGiving(() => new Promise(() => undefined)),
      buildPng(),
      { format: "png" },
    );
    await vi.advanceTimersByTimeAsync(TRANSFORM_TIMEOUT_MS);
    expect(failureOf(await pending)).toMatchObject({
      kind: "transform",
      cause: { message: "not finished within 30000 ms" },
    });
  });

  it.each([
    ["the word stub", ascii("stub"), "too_small"],
    ["half a picture", buildPng().subarray(0, 9_000), "truncated"],
    ["another format", jpeg, "wrong_format"],
  ])("when it gives %s", async (_, output, kind) => {
    const result = await convertImage(imagesGiving(streamOf(output)), buildPng(), { format: "png" });
    expect(failureOf(result)).toMatchObject({ kind: "invalid_output", defect: { kind } });
  });

  it("when it gives more than a picture may have", async () => {
    const flood = streamOf(new Uint8Array(IMAGE_MAX_BYTES + 1));
    const result = await convertImage(imagesGiving(flood), buildPng(), { format: "png" });
    expect(failureOf(result)).toMatchObject({ kind: "invalid_output", defect: { kind: "too_large" } });
  });
});
