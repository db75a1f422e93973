/** Notices that the process which started this one is gone. A killed process can't say goodbye, so it is looked at. */

const CHECK_INTERVAL_MS = 500;

/** Calls `react` once when this process has got another parent. */
export function onParentGone(react: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    react();
  }, CHECK_INTERVAL_MS);
  timer.unref();
}
