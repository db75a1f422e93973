import { describe, expect, it } from "vitest";
import * as z from "zod";
import { fromBase64Url, fromHex, toHex } from "../../../dev/ideogram/encoding.ts";
import type { FaultNameOf } from "../../../dev/ideogram/faults.ts";
import type { SimulatorOptions } from "../../../dev/ideogram/simulator.ts";
import { createHarness, type Harness } from "./harness.ts";

const HOOK = "https://app.example.com/hooks/ideogram";

interface Received {
  headers: Headers;
  body: string;
}

interface HookHarness extends Harness {
  received: Received[];
}

function createHookHarness(options: SimulatorOptions = {}, statuses: number[] = []): HookHarness {
  const received: Received[] = [];
  const harness = createHarness({
    sendWebhook: async (request) => {
      received.push({ headers: request.headers, body: await request.text() });
      return new Response("ok", { status: statuses.shift() ?? 200 });
    },
    ...options,
  });
  return { ...harness, received };
}

const keySetSchema = z.object({
  keys: z.array(
    z.object({
      kty: z.literal("OKP"),
      crv: z.literal("Ed25519"),
      alg: z.string(),
      use: z.literal("sig"),
      kid: z.string(),
      x: z.string(),
    }),
  ),
});

/** The ids of the published keys that verify a delivery, as a receiver would find them. */
async function findSigners({ call }: Harness, { headers, body }: Received): Promise<string[]> {
  const response = await call("GET", "/v1/.well-known/jwks.json", undefined, {});
  const { keys } = keySetSchema.parse(await response.json());
  const digest = toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
  const read = (name: string): string => headers.get(`x-ideogram-webhook-${name}`) ?? "";
  const message = [read("generation-id"), read("user-id"), read("timestamp"), digest].join("\n");
  const signers: string[] = [];
  for (const { x, kid } of keys) {
    const key = await crypto.subtle.importKey("raw", fromBase64Url(x), "Ed25519", false, ["verify"]);
    const signature = fromHex(read("signature"));
    if (await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(message)))
      signers.push(kid);
  }
  return signers;
}

describe("a webhook", () => {
  it("is sent once when the generation completes, signed by the key that it names", async () => {
    const harness = createHookHarness();
    const { start, simulator, received } = harness;
    const id = await start("x [[sim:slow:5]]", { webhook_url: HOOK, async: false });
    expect(await simulator.deliverWebhooks()).toBe(0);
    simulator.advanceClock(5);
    expect(await simulator.deliverWebhooks()).toBe(1);
    expect(await simulator.deliverWebhooks()).toBe(0);
    const [delivery] = received;
    if (delivery === undefined) throw new Error("Nothing was delivered");
    expect(JSON.parse(delivery.body)).toMatchObject({ generation_id: id, data: [{ is_image_safe: true }] });
    expect(delivery.headers.get("x-ideogram-webhook-generation-id")).toBe(id);
    expect(await findSigners(harness, delivery)).toEqual([delivery.headers.get("x-ideogram-webhook-key-id")]);
  });

  it("makes the request asynchronous", async () => {
    const { submit } = createHookHarness();
    expect(await (await submit("x", { webhook_url: HOOK, async: false })).json()).not.toHaveProperty("data");
  });

  it("is repeated a few times when refused, and then given up", async () => {
    const { start, simulator, received } = createHookHarness({}, [500, 503, 404, 500, 200]);
    await start("x", { webhook_url: HOOK });
    for (let i = 0; i < 6; i++) {
      await simulator.deliverWebhooks();
      simulator.advanceClock(200);
    }
    expect(received).toHaveLength(4);
    expect(simulator.nextWebhookAt()).toBeNull();
  });

  it("is repeated when the receiver cannot be reached", async () => {
    let attempts = 0;
    const { start, simulator } = createHarness({
      sendWebhook: () => {
        attempts++;
        return Promise.reject(new Error("Network connection lost."));
      },
    });
    await start("x", { webhook_url: HOOK });
    expect(await simulator.deliverWebhooks()).toBe(0);
    simulator.advanceClock(5);
    await simulator.deliverWebhooks();
    expect(attempts).toBe(2);
  });

  it("is not sent for a failed generation", async () => {
    const { start, simulator, received } = createHookHarness();
    await start("[[sim:failed]]", { webhook_url: HOOK });
    await simulator.deliverWebhooks();
    expect(received).toEqual([]);
  });

  it("may go to this machine only when that is allowed", async () => {
    const address = { webhook_url: "http://127.0.0.1:8787/hooks" };
    expect((await createHarness().submit("x", address)).status).toBe(400);
    expect((await createHarness({ allowsLoopbackWebhooks: true }).submit("x", address)).status).toBe(200);
  });

  it("tells on the outer clock when the next one is due", async () => {
    const { start, simulator } = createHookHarness();
    await start("[[sim:slow:30]]", { webhook_url: HOOK });
    const due = simulator.nextWebhookAt() ?? 0;
    simulator.advanceClock(10);
    expect(simulator.nextWebhookAt()).toBe(due - 10_000);
  });
});

const HOOK_MODES: Record<FaultNameOf<"webhook">, (harness: HookHarness) => Promise<void>> = {
  "hook-dup": async ({ received }) => {
    expect(received).toHaveLength(2);
    expect(received[0]?.body).toBe(received[1]?.body);
  },
  "hook-late": async ({ received, simulator }) => {
    expect(received).toEqual([]);
    simulator.advanceClock(600);
    expect(await simulator.deliverWebhooks()).toBe(1);
  },
  "hook-badsig": async (harness) => {
    const [delivery] = harness.received;
    if (delivery === undefined) throw new Error("Nothing was delivered");
    expect(await findSigners(harness, delivery)).toEqual([]);
  },
  "hook-oldkey": async (harness) => {
    const [delivery] = harness.received;
    if (delivery === undefined) throw new Error("Nothing was delivered");
    const signers = await findSigners(harness, delivery);
    expect(signers).toHaveLength(1);
    expect(signers).not.toContain(delivery.headers.get("x-ideogram-webhook-key-id"));
  },
  "hook-never": async ({ received, simulator }) => {
    simulator.advanceClock(24 * 60 * 60);
    await simulator.deliverWebhooks();
    expect(received).toEqual([]);
  },
};

describe("troubled webhooks", () => {
  it.each(Object.entries(HOOK_MODES))(
    "%s is what it says, and polling still completes",
    async (mode, prove) => {
      const harness = createHookHarness();
      const id = await harness.start(`x [[sim:${mode}]]`, { webhook_url: HOOK });
      await harness.simulator.deliverWebhooks();
      await prove(harness);
      expect(await (await harness.poll(id)).json()).toMatchObject({ status: "completed" });
    },
  );
});
