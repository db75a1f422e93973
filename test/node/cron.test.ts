import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCron, startCron } from "../../scripts/dev/cron.ts";
import { listen } from "./server.ts";

const MINUTE_MS = 60_000;

describe("runCron", () => {
  it("calls the scheduled handler's address", async () => {
    const paths: (string | undefined)[] = [];
    const origin = await listen((request, response) => {
      paths.push(request.url);
      response.end("ok");
    });
    await runCron(origin);
    expect(paths).toEqual(["/cdn-cgi/local/scheduled"]);
  });

  it("throws when the handler fails", async () => {
    const origin = await listen((_request, response) => {
      response.statusCode = 500;
      response.end();
    });
    await expect(runCron(origin)).rejects.toThrow("answered 500");
  });
});

describe("startCron", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  it("runs at once and every minute, and no more after it was stopped", async () => {
    let calls = 0;
    const origin = await listen((_request, response) => {
      calls++;
      response.end("ok");
    });
    const cron = startCron(origin, async () => undefined, vi.fn());
    await vi.waitFor(() => expect(calls).toBe(1));
    vi.advanceTimersByTime(2 * MINUTE_MS);
    await vi.waitFor(() => expect(calls).toBe(3));
    await cron.stop();
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(calls).toBe(3);
  });

  it("reports a failed run and goes on while the app is healthy", async () => {
    const report = vi.fn();
    const cron = startCron("http://127.0.0.1:9", async () => undefined, report);
    await vi.waitFor(() => expect(report).toHaveBeenCalledOnce());
    vi.advanceTimersByTime(MINUTE_MS);
    await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(2));
    expect(await Promise.race([cron.exited, Promise.resolve("goes on")])).toBe("goes on");
    await cron.stop();
  });

  it("ends when the app is not healthy any more", async () => {
    const cron = startCron("http://127.0.0.1:9", () => Promise.reject(new Error("gone")), vi.fn());
    await expect(cron.exited).resolves.toBeUndefined();
    await cron.stop();
  });
});
