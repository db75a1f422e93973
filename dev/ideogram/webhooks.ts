/** Tells a submitter that a generation is done: signed with Ed25519, repeated a few times, never guaranteed. */

import { fromBase64Url, toBase64Url, toHex } from "./encoding.ts";
import { findFault } from "./faults.ts";
import { createId, findJob, statusOf } from "./jobs.ts";
import { buildResults } from "./results.ts";
import type { Simulation } from "./simulation.ts";
import { append, DELIVERIES_MAX, type Delivery, type Job, type WebhookKey } from "./state.ts";

export type SendWebhook = (request: Request) => Promise<Response>;

const LATE_DEFAULT_SECONDS = 600;
/** After a refused delivery; when the list is used up, the provider gives up. */
const RETRY_DELAYS_SECONDS = [5, 30, 120];
const DELIVERY_TIMEOUT_MILLISECONDS = 10_000;
const USER_ID = "simulated-user";

/** Notes when a generation's webhook is due. */
export function planDeliveries(simulation: Simulation, job: Job): void {
  if (job.webhookUrl === null || job.completesAt === null || findFault(job.faults, "hook-never") !== null)
    return;
  const late = findFault(job.faults, "hook-late");
  const delay = late === null ? 0 : (late.number ?? LATE_DEFAULT_SECONDS) * 1_000;
  const delivery = { generationId: job.id, dueAt: job.completesAt + delay, attempt: 0 };
  const copies = findFault(job.faults, "hook-dup") === null ? 1 : 2;
  for (let i = 0; i < copies; i++) append(simulation.state.deliveries, { ...delivery }, DELIVERIES_MAX);
}

/** When the next webhook is due, on the virtual clock; null when there is none. */
export function findNextDelivery(simulation: Simulation): number | null {
  const times = simulation.state.deliveries.map(({ dueAt }) => dueAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** Sends what is due, and answers how many deliveries were accepted. */
export async function deliverDueWebhooks(simulation: Simulation, send: SendWebhook): Promise<number> {
  const now = simulation.now();
  const due = simulation.state.deliveries.filter(({ dueAt }) => dueAt <= now);
  simulation.state.deliveries = simulation.state.deliveries.filter(({ dueAt }) => dueAt > now);
  let accepted = 0;
  for (const delivery of due) {
    const job = findJob(simulation, delivery.generationId);
    // The provider's documents mention completed generations only.
    if (job === null || statusOf(job, now) !== "completed") continue;
    if (await deliver(simulation, job, send)) accepted++;
    else planRetry(simulation, delivery);
  }
  return accepted;
}

/** The public keys, as a JSON Web Key Set. */
export async function buildKeySet(simulation: Simulation): Promise<{ keys: Record<string, string>[] }> {
  const { current, previous } = await getKeys(simulation);
  const keys = [current, previous].map(({ kid, publicKey }) => {
    return { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid, x: publicKey };
  });
  return { keys };
}

async function deliver(simulation: Simulation, job: Job, send: SendWebhook): Promise<boolean> {
  try {
    const response = await send(await buildDelivery(simulation, job));
    await response.body?.cancel();
    return response.ok;
  } catch {
    // A receiver that can't be reached is an expected outcome: the delivery is repeated.
    return false;
  }
}

function planRetry(simulation: Simulation, { generationId, attempt }: Delivery): void {
  const seconds = RETRY_DELAYS_SECONDS[attempt];
  if (seconds === undefined) return;
  const dueAt = simulation.now() + seconds * 1_000;
  append(simulation.state.deliveries, { generationId, dueAt, attempt: attempt + 1 }, DELIVERIES_MAX);
}

async function buildDelivery(simulation: Simulation, job: Job): Promise<Request> {
  const created = new Date(job.createdAt).toISOString();
  const data = await buildResults(simulation, job, job.origin);
  const body = JSON.stringify({ generation_id: job.id, created, data });
  const timestamp = String(Math.floor(simulation.now() / 1_000));
  const { current, previous } = await getKeys(simulation);
  const key = findFault(job.faults, "hook-oldkey") === null ? current : previous;
  const isSpoiled = findFault(job.faults, "hook-badsig") !== null;
  return new Request(job.webhookUrl ?? "", {
    method: "POST",
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MILLISECONDS),
    headers: {
      "content-type": "application/json",
      "x-ideogram-webhook-generation-id": job.id,
      "x-ideogram-webhook-user-id": USER_ID,
      "x-ideogram-webhook-timestamp": timestamp,
      "x-ideogram-webhook-key-id": current.kid,
      "x-ideogram-webhook-signature": await sign(key, job.id, timestamp, isSpoiled ? `${body} ` : body),
    },
    body,
  });
}

async function sign(key: WebhookKey, generationId: string, timestamp: string, body: string): Promise<string> {
  const digest = toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
  const message = [generationId, USER_ID, timestamp, digest].join("\n");
  const bytes = fromBase64Url(key.privateKey);
  const privateKey = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", false, ["sign"]);
  return toHex(await crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(message)));
}

async function getKeys(simulation: Simulation): Promise<{ current: WebhookKey; previous: WebhookKey }> {
  const known = simulation.state.webhookKeys;
  if (known !== null) return known;
  const made = { current: await createKey(simulation), previous: await createKey(simulation) };
  // Another request may have made the keys meanwhile; the first ones stay.
  simulation.state.webhookKeys ??= made;
  return simulation.state.webhookKeys;
}

async function createKey(simulation: Simulation): Promise<WebhookKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Ed25519 keys come in pairs");
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.exportKey("pkcs8", pair.privateKey),
    crypto.subtle.exportKey("raw", pair.publicKey),
  ]);
  if (!(privateKey instanceof ArrayBuffer && publicKey instanceof ArrayBuffer))
    throw new Error("Both formats export bytes");
  return {
    kid: createId(simulation),
    privateKey: toBase64Url(new Uint8Array(privateKey)),
    publicKey: toBase64Url(new Uint8Array(publicKey)),
  };
}
