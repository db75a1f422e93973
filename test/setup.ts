import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Storage is isolated per test file; every file starts with the schema of the migrations.
await applyD1Migrations(env.DB, env.MIGRATIONS);
