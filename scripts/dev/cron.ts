/** The minute's cron, which production has and `wrangler dev` leaves to whoever runs it. */
import type { Part } from "./supervisor.ts";

const CRON_INTERVAL_MS = 60_000;
const CRON_TIMEOUT_MS = 50_000;

export async function runCron(origin: string): Promise<void> {
  const response = await fetch(`${origin}/cdn-cgi/local/scheduled`, {
    signal: AbortSignal.timeout(CRON_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the scheduled handler answered ${response.status}`);
}

/**
 * Runs it at once, because things fell due while nothing ran, and then every minute. After a run that failed, `awaitHealth` decides whether the app is still there: wrangler
 * outlives a runtime that was killed and hangs without a word, so this part ends in the app's name.
 */
export function startCron(
  origin: string,
  awaitHealth: () => Promise<void>,
  report: (reason: string) => void,
): Part {
  const { promise: exited, resolve: end } = Promise.withResolvers<void>();
  let isStopped = false;
  const run = () => {
    runCron(origin).catch((error: unknown) => {
      // The app ends before its answer does.
      if (isStopped) return;
      report(String(error));
      awaitHealth().catch(() => end());
    });
  };
  run();
  const timer = setInterval(run, CRON_INTERVAL_MS);
  return {
    name: "app",
    exited,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
