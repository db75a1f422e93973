/**
 * The simulator as a Worker of its own. One Durable Object holds its memory, so that every request sees the same
 * state and a restart forgets nothing. Run: wrangler dev -c dev/ideogram/wrangler.toml --port 8788
 */

import { DurableObject } from "cloudflare:workers";
import { brokenBody } from "./bodies.ts";
import { ConnectionLost, createSimulator, SIMULATOR_API_KEY, type Simulator } from "./simulator.ts";
import { joinState, splitState } from "./snapshots.ts";

interface SimulatorEnv {
  SIMULATOR: DurableObjectNamespace<IdeogramSimulator>;
  SIM_API_KEY?: string;
  SIM_LATENCY_SCALE?: string;
  /** "true" lets webhooks go to this machine. */
  SIM_LOOPBACK_WEBHOOKS?: string;
}

const LATENCY_SCALE_DEFAULT = 0.3;

export class IdeogramSimulator extends DurableObject<SimulatorEnv> {
  private readonly simulator: Simulator;

  constructor(ctx: DurableObjectState, env: SimulatorEnv) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS snapshot (piece INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    );
    this.simulator = createSimulator({
      apiKey: env.SIM_API_KEY ?? SIMULATOR_API_KEY,
      latencyScale: parseScale(env.SIM_LATENCY_SCALE),
      allowsLoopbackWebhooks: env.SIM_LOOPBACK_WEBHOOKS === "true",
      state: joinState(this.readPieces()),
    });
  }

  override async fetch(request: Request): Promise<Response> {
    try {
      return keepLength(await this.simulator.fetch(request));
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      // A Worker cannot break a connection before the head of its answer; it can right after it.
      return new Response(brokenBody());
    } finally {
      await this.keep();
    }
  }

  override async alarm(): Promise<void> {
    await this.simulator.deliverWebhooks();
    await this.keep();
  }

  private readPieces(): string[] {
    const rows = this.ctx.storage.sql.exec<{ body: string }>("SELECT body FROM snapshot ORDER BY piece");
    return rows.toArray().map(({ body }) => body);
  }

  private async keep(): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec("DELETE FROM snapshot");
    for (const [piece, body] of splitState(this.simulator.state).entries())
      sql.exec("INSERT INTO snapshot (piece, body) VALUES (?, ?)", piece, body);
    const next = this.simulator.nextWebhookAt();
    if (next !== null) await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
  }
}

/** workerd sends a Content-Length with a streamed body only when the stream is of a fixed length. */
function keepLength(response: Response): Response {
  const length = response.headers.get("content-length");
  if (length === null || response.body === null) return response;
  return new Response(response.body.pipeThrough(new FixedLengthStream(Number(length))), response);
}

function parseScale(text: string | undefined): number {
  if (text === undefined || text === "") return LATENCY_SCALE_DEFAULT;
  const scale = Number(text);
  if (!(scale >= 0)) throw new Error("SIM_LATENCY_SCALE must be a number from 0 up");
  return scale;
}

export default {
  fetch: (request, env) => env.SIMULATOR.get(env.SIMULATOR.idFromName("ideogram")).fetch(request),
} satisfies ExportedHandler<SimulatorEnv>;
