import { describe, expect, it, vi } from "vitest";
import { readBounded, withTimeout } from "../../src/r2/read-bounded.ts";
import { concat, noise } from "./fixtures.ts";

/** Endless pieces of `pieceBytes`, or as many as `count`; tells whether it was cancelled. */
function piecesOf(pieceBytes: number, count = Number.POSITIVE_INFINITY) {
  const state = { given: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (state.given === count) return controller.close();
      state.given += 1;
      controller.enqueue(noise(pieceBytes, state.given));
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { stream, state };
}

describe("readBounded", () => {
  it("joins the pieces in order, up to exactly the bound", async () => {
    const { stream } = piecesOf(10, 3);
    expect(await readBounded(stream, 30)).toEqual(concat([noise(10, 1), noise(10, 2), noise(10, 3)]));
  });

  it("gives nothing for an empty stream", async () => {
    expect(await readBounded(piecesOf(10, 0).stream, 30)).toEqual(new Uint8Array(0));
  });

  it("gives null and cancels at the first piece too many", async () => {
    const { stream, state } = piecesOf(10);
    expect(await readBounded(stream, 29)).toBeNull();
    expect(state.cancelled).toBe(true);
    expect(state.given).toBeLessThan(6);
  });

  it("lets the stream's error through", async () => {
    const cause = new Error("connection lost");
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(cause) });
    await expect(readBounded(broken, 30)).rejects.toBe(cause);
  });
});

describe("withTimeout", () => {
  it("gives what the work gives, and leaves no timer behind", async () => {
    const clear = vi.spyOn(globalThis, "clearTimeout");
    expect(await withTimeout(Promise.resolve(5), 10_000)).toBe(5);
    expect(clear).toHaveBeenCalledOnce();
  });

  it("lets the work's error through", async () => {
    const cause = new Error("refused");
    await expect(withTimeout(Promise.reject(cause), 10_000)).rejects.toBe(cause);
  });

  it("rejects when the work takes too long", async () => {
    const never = new Promise<never>(() => undefined);
    await expect(withTimeout(never, 20)).rejects.toThrow("not finished within 20 ms");
  });
});
