import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      /** The ordered SQL migrations, handed to the tests by vitest.config.ts. */
      MIGRATIONS: D1Migration[];
    }
  }
}
