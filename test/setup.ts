import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Settings of .dev.vars that a deployment lacks: vitest.config.ts.
for (const [name, value] of Object.entries(env)) {
  if (value === null) Reflect.deleteProperty(env, name);
}

// Storage is isolated per test file; every file starts with the schema of the migrations.
await applyD1Migrations(env.DB, env.MIGRATIONS);
