/**
 * Deliveries of the two queues, acknowledged or retried one by one. It never throws: a thrown error would deliver
 * neighbours again that were already done.
 */
import { failDeadJob } from "../db/generation-sweeps.ts";
import { logAlarm, logError, logWarning } from "../log.ts";
import { advanceJob } from "./advance-job.ts";
import type { JobContext } from "./job-context.ts";
import { deleteLeftovers } from "./leftovers.ts";
import { enqueueGenerations, parseMessage } from "./message.ts";

/** When the database doesn't answer: the lease that the delivery may have left ends about then. */
const FAULT_DELAY_SECONDS = 60;
/** A message that was delivered this often is sent anew, so that patience never ends in the dead-letter queue. */
const DELIVERIES_BEFORE_RENEWAL = 80;
const DEAD_LETTER_SUFFIX = "-dlq";

export async function consumeBatch(context: JobContext, batch: MessageBatch): Promise<void> {
  const isDead = batch.queue.endsWith(DEAD_LETTER_SUFFIX);
  for (const message of batch.messages) {
    try {
      await (isDead ? consumeDeadLetter(context, message) : consumeMessage(context, message));
    } catch (error) {
      logError("delivery_failed", error, { queue: batch.queue, attempts: message.attempts });
      // The row is the outbox: the sweeper sends an open job anew, and an outage ends no job before its age does.
      if (message.attempts < DELIVERIES_BEFORE_RENEWAL) message.retry({ delaySeconds: FAULT_DELAY_SECONDS });
      else message.ack();
    }
  }
}

async function consumeMessage(context: JobContext, message: Message): Promise<void> {
  const parsed = parseMessage(message.body);
  if (parsed === null) {
    logWarning("message_malformed", { messageId: message.id });
    message.ack();
    return;
  }
  const delivery = await advanceJob(context, parsed.id);
  if (delivery.kind === "done") {
    message.ack();
  } else if (message.attempts < DELIVERIES_BEFORE_RENEWAL) {
    message.retry({ delaySeconds: delivery.delaySeconds });
  } else {
    await enqueueGenerations(context.queue, [parsed.id], delivery.delaySeconds);
    message.ack();
  }
}

/** A message that killed its deliveries. The job is ended and its credits go back, unless it has ended already. */
async function consumeDeadLetter(context: JobContext, message: Message): Promise<void> {
  const parsed = parseMessage(message.body);
  if (parsed !== null) {
    const job = await failDeadJob(context.db, parsed.id);
    if (job !== null) {
      logAlarm("generation_dead", { generationId: job.id });
      await deleteLeftovers(context.bucket, job, null);
    }
  }
  message.ack();
}
