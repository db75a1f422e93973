/** What a deployment needs from wrangler.toml, and the only change that it makes there: the ids of new resources. */
import type { Unstable_Config } from "wrangler";
import { Refusal } from "../dev/refusal.ts";

export const NO_DATABASE_ID = "00000000-0000-0000-0000-000000000000";
export const NO_NAMESPACE_ID = "00000000000000000000000000000000";

export interface DeployConfig {
  worker: string;
  /** The one public origin, or empty when nobody has written it yet. */
  origin: string;
  database: { name: string; id: string };
  namespaces: { title: string; id: string }[];
  buckets: string[];
  queues: string[];
}

/** A namespace has no name in the file; it is called after the Worker and its binding. */
export function readDeployConfig(config: Unstable_Config): DeployConfig {
  const worker = config.name ?? "";
  const [database] = config.d1_databases;
  if (database?.database_name === undefined) throw new Refusal("wrangler.toml names no database.");
  const queues = [
    ...(config.queues.producers ?? []).map(({ queue }) => queue),
    ...(config.queues.consumers ?? []).flatMap(({ queue, dead_letter_queue: dead }) => [queue, dead]),
  ].filter((queue) => queue !== undefined);
  return {
    worker,
    origin: String(config.vars["APP_ORIGIN"] ?? ""),
    database: { name: database.database_name, id: database.database_id ?? NO_DATABASE_ID },
    namespaces: config.kv_namespaces.map(({ binding, id }) => ({
      title: `${worker}-${binding.toLowerCase()}`,
      id: id ?? NO_NAMESPACE_ID,
    })),
    buckets: config.r2_buckets.flatMap(({ bucket_name: name }) => (name === undefined ? [] : [name])),
    queues: [...new Set(queues)],
  };
}

/** The text of wrangler.toml with an id where the placeholder stood. */
export function replacePlaceholder(text: string, placeholder: string, id: string): string {
  const parts = text.split(`"${placeholder}"`);
  if (parts.length === 2) return parts.join(`"${id}"`);
  throw new Refusal(`wrangler.toml must hold "${placeholder}" exactly once; put "${id}" there by hand.`);
}
