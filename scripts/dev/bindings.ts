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
  return getPlatformProxy<LocalBindings>({
    configPath: CONFIG_PATH,
    // wrangler dev puts its state into this folder of what it is told to use.
    persist: { path: join(stateDir, "v3") },
    remoteBindings: false,
    ...(varsFile === undefined ? {} : { envFiles: [varsFile] }),
  });
}
