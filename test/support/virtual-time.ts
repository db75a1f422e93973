/**
 * A queue, a cron and a clock that run as fast as the machine can: when every delivery waits, time jumps to whatever
 * comes next, and the jobs' times in the database move into the past by as much. In between it goes on like the
 * database's own clock, however slow the machine is.
 */
import type { JobContext } from "../../src/generations/job-context.ts";
import type { GenerationMessage } from "../../src/generations/message.ts";
import { consumeBatch } from "../../src/generations/queue-consumer.ts";
import { sweepJobs } from "../../src/generations/sweeper.ts";
import { letTimePass } from "./jobs.ts";

interface Waiting {
  at: number;
  go: () => void;
}

export interface VirtualTime {
  /** Milliseconds since it began. */
  now: () => number;
  /** For deliveries only: it lets time go on. */
  sleep: (ms: number) => Promise<void>;
  /** Does something at that time, outside of the queue. */
  plan: (at: number, work: () => Promise<void>) => void;
  queue: Queue<GenerationMessage>;
  seen: { deliveries: number; messagesMax: number };
  /** Delivers and sweeps until no message is left and `isOver`; how much time was jumped over, which is hardly less than all. */
  run: (world: VirtualWorld) => Promise<number>;
}

export interface VirtualWorld {
  /** What a delivery works with; it may be another for each. */
  context: () => JobContext;
  /** Deliveries at one time. */
  concurrency: number;
  isOver: () => Promise<boolean>;
  /** A delivery or a sweep that ends before its work does has died; its message, or the next minute, comes again. */
  death?: (context: JobContext) => Promise<void>;
}

const MINUTE_MS = 60_000;
const REDELIVERY_MS = 5_000;
const LONGEST_MS = 3 * 3_600_000;

function deathOf(world: VirtualWorld, context: JobContext): Promise<void> {
  return world.death?.(context) ?? new Promise<void>(() => undefined);
}

/** Time goes on in steps, so that what happens at almost the same time costs one look at the database. */
export function createVirtualTime(tickMs = 500): VirtualTime {
  const startedAt = Date.now();
  let jumped = 0;
  let awake = 0;
  let nextMinute = MINUTE_MS;
  let consumers = 0;
  let whenQuiet: (() => void) | null = null;
  const sleepers: Waiting[] = [];
  const messages: { body: GenerationMessage; attempts: number; at: number }[] = [];
  const seen = { deliveries: 0, messagesMax: 0 };

  const now = (): number => Date.now() - startedAt + jumped;

  const rest = (): void => {
    if (--awake === 0) whenQuiet?.();
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      sleepers.push({ at: now() + ms, go: resolve });
      rest();
    });

  const plan = (at: number, work: () => Promise<void>): void => {
    sleepers.push({ at, go: () => void work().finally(rest) });
  };

  const send = (body: GenerationMessage, delaySeconds: number, attempts = 1): void => {
    messages.push({ body, attempts, at: now() + delaySeconds * 1000 });
    seen.messagesMax = Math.max(seen.messagesMax, messages.length);
  };

  const start = (work: () => Promise<void>): void => {
    awake++;
    void work().finally(rest);
  };

  const deliver = async (
    world: VirtualWorld,
    { body, attempts }: (typeof messages)[number],
  ): Promise<void> => {
    seen.deliveries++;
    const context = world.context();
    let isAnswered = false;
    const answer = (): void => {
      isAnswered = true;
    };
    const retry = (options?: QueueRetryOptions): void => {
      answer();
      send(body, options?.delaySeconds ?? 0, attempts + 1);
    };
    const message = { id: body.id, timestamp: new Date(), body, attempts, ack: answer, retry };
    const batch = { queue: "generations", messages: [message] } as unknown as MessageBatch;
    await Promise.race([consumeBatch(context, batch), deathOf(world, context)]);
    if (!isAnswered) send(body, REDELIVERY_MS / 1000, attempts + 1);
    consumers--;
  };

  const sweep = async (world: VirtualWorld): Promise<void> => {
    const context = world.context();
    await Promise.race([sweepJobs(context), deathOf(world, context)]);
  };

  const startDue = (world: VirtualWorld): void => {
    messages.sort((a, b) => a.at - b.at);
    while (consumers < world.concurrency && messages[0] !== undefined && messages[0].at <= now()) {
      const message = messages.shift();
      if (message === undefined) return;
      consumers++;
      start(() => deliver(world, message));
    }
    if (nextMinute > now()) return;
    nextMinute = now() + MINUTE_MS;
    start(() => sweep(world));
  };

  const quiet = async (): Promise<void> => {
    if (awake === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    whenQuiet = resolve;
    await promise;
    whenQuiet = null;
  };

  const jump = async (world: VirtualWorld): Promise<void> => {
    const free = consumers < world.concurrency ? messages.map(({ at }) => at) : [];
    const soonest = Math.min(nextMinute, ...sleepers.map(({ at }) => at), ...free);
    const gap = Math.max(0, Math.ceil(soonest / tickMs) * tickMs - now());
    await letTimePass(gap);
    jumped += gap;
    for (const sleeper of sleepers.filter(({ at }) => at <= now())) {
      sleepers.splice(sleepers.indexOf(sleeper), 1);
      awake++;
      sleeper.go();
    }
  };

  const run = async (world: VirtualWorld): Promise<number> => {
    for (;;) {
      startDue(world);
      await quiet();
      const isIdle = messages.length === 0 && sleepers.length === 0;
      if (isIdle && (await world.isOver())) return jumped;
      if (now() > LONGEST_MS) throw new Error("virtual time: this never ends");
      await jump(world);
    }
  };

  const queue = {
    send: async (body: GenerationMessage) => send(body, 0),
    sendBatch: async (
      batch: Iterable<MessageSendRequest<GenerationMessage>>,
      options?: QueueSendBatchOptions,
    ) => {
      for (const { body } of batch) send(body, options?.delaySeconds ?? 0);
    },
  } as unknown as Queue<GenerationMessage>;

  return { now, sleep, plan, queue, seen, run };
}
