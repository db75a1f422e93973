import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
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

/** The address of a scheduled handler that says when it was called for the n-th time. */
async function countRuns() {
  let runs = 0;
  const waiting = new Map<number, () => void>();
  const origin = await listen((_request, response) => {
    response.end("ok");
    waiting.get(++runs)?.();
  });
  return { origin, runs: () => runs, reach: (n: number) => new Promise<void>((go) => waiting.set(n, go)) };
}

/** A report, and a promise of its n-th call. */
function countReports() {
  const waiting = new Map<number, () => void>();
  const report = vi.fn(() => waiting.get(report.mock.calls.length)?.());
  return { report, reach: (n: number) => new Promise<void>((go) => waiting.set(n, go)) };
}

describe("startCron", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  it("says nothing about a run that the end of the app cut off", async () => {
    const answer = Promise.withResolvers<Response>();
    const fetching = vi.spyOn(globalThis, "fetch").mockReturnValue(answer.promise);
    onTestFinished(() => fetching.mockRestore());
    const [report, awaitHealth] = [vi.fn(), vi.fn(async () => undefined)];
    const cron = startCron("http://127.0.0.1:9", awaitHealth, report);
    await cron.stop();
    answer.reject(new TypeError("fetch failed"));
    await new Promise(setImmediate);
    expect(report).not.toHaveBeenCalled();
    expect(awaitHealth).not.toHaveBeenCalled();
  });

  it("runs at once and every minute, and no more after it was stopped", async () => {
    const { origin, runs, reach } = await countRuns();
    const [first, third] = [reach(1), reach(3)];
    const cron = startCron(origin, async () => undefined, vi.fn());
    await first;
    vi.advanceTimersByTime(2 * MINUTE_MS);
    await third;
    await cron.stop();
    vi.advanceTimersByTime(5 * MINUTE_MS);
    await runCron(origin);
    expect(runs()).toBe(4);
  });

  it("reports a failed run and goes on while the app is healthy", async () => {
    const { report, reach } = countReports();
    const [first, second] = [reach(1), reach(2)];
    const cron = startCron("http://127.0.0.1:9", async () => undefined, report);
    await first;
    vi.advanceTimersByTime(MINUTE_MS);
    await second;
    expect(await Promise.race([cron.exited, Promise.resolve("goes on")])).toBe("goes on");
    await cron.stop();
  });

  it("ends when the app is not healthy any more", async () => {
    const cron = startCron("http://127.0.0.1:9", () => Promise.reject(new Error("gone")), vi.fn());
    await expect(cron.exited).resolves.toBeUndefined();
    await cron.stop();
  });
});
