import { describe, expect, it } from "vitest";
import { waitUntilReady } from "../../scripts/dev/health.ts";
import { listen } from "./server.ts";

const NEVER = new Promise<number>(() => undefined);
const isOk = (response: Response) => response.ok;

describe("waitUntilReady", () => {
  it("resolves at the first good answer", async () => {
    let calls = 0;
    const origin = await listen((_request, response) => {
      response.statusCode = ++calls < 3 ? 503 : 200;
      response.end();
    });
    await waitUntilReady(origin, 10_000, isOk, NEVER);
    expect(calls).toBe(3);
  });

  it("refuses with the last answer when the time is over", async () => {
    const origin = await listen((_request, response) => {
      response.statusCode = 503;
      response.end('{"problems":[{"field":"AUTH_SECRET"}]}');
    });
    await expect(waitUntilReady(origin, 300, isOk, NEVER)).rejects.toThrow(
      /was not ready after 0.3 s; the last answer was: 503 .*AUTH_SECRET/,
    );
  });

  it("refuses at once when the process has ended", async () => {
    await expect(waitUntilReady("http://127.0.0.1:9", 60_000, isOk, Promise.resolve(2))).rejects.toThrow(
      "ended with exit code 2",
    );
  });
});
