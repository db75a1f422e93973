/** The local database and the variables before the app runs, exactly as the app will get them from wrangler. */
import { join } from "node:path";
import type { PlatformProxy } from "wrangler";
import type { LocalBindings } from "./settings.ts";
import { CONFIG_PATH, loadWrangler } from "./wrangler.ts";

/** `varsFile` replaces .dev.vars. The caller disposes of what it gets. */
export async function openBindings(
  stateDir: string,
  varsFile?: string,
): Promise<PlatformProxy<LocalBindings>> {
  const { getPlatformProxy } = await loadWrangler(stateDir);
  return keepSignals(() =>
    getPlatformProxy<LocalBindings>({
      configPath: CONFIG_PATH,
      // wrangler dev puts its state into this folder of what it is told to use.
      persist: { path: join(stateDir, "v3") },
      remoteBindings: false,
      ...(varsFile === undefined ? {} : { envFiles: [varsFile] }),
    }),
  );
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Takes away the signal handlers that `open` adds: the runtime's own exit the process at once, before whoever
 * called this could stop anything. The runtime still ends with the process.
 */
async function keepSignals<Opened>(open: () => Promise<Opened>): Promise<Opened> {
  const before = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  const opened = await open();
  for (const signal of SIGNALS) {
    const added = process.listeners(signal).filter((listener) => !before.has(listener));
    for (const listener of added) process.removeListener(signal, listener);
  }
  return opened;
}
