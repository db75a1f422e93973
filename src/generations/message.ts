/**
 * The queue's message: an id and a version. The row is the outbox and holds everything else,
 * so a message may come twice, late or never.
 */
import * as z from "zod/mini";
import { ID_PATTERN } from "../ids.ts";
import { logWarning } from "../log.ts";

const messageSchema = z.strictObject({ v: z.literal(1), id: z.string().check(z.regex(ID_PATTERN)) });

export type GenerationMessage = z.infer<typeof messageSchema>;

/** Cloudflare's limit of messages in one send. */
const SEND_BATCH_MAX_MESSAGES = 100;

/** Null for anything that isn't ours. */
export function parseMessage(body: unknown): GenerationMessage | null {
  const parsed = messageSchema.safeParse(body);
  return parsed.success ? parsed.data : null;
}

/**
 * Tells the consumer about these jobs. A queue that doesn't answer is logged and not an error:
 * the sweeper finds every job whose message was lost, within two minutes.
 */
export async function enqueueGenerations(
  queue: Queue<GenerationMessage>,
  ids: string[],
  delaySeconds = 0,
): Promise<void> {
  for (let start = 0; start < ids.length; start += SEND_BATCH_MAX_MESSAGES) {
    const messages = ids
      .slice(start, start + SEND_BATCH_MAX_MESSAGES)
      .map((id) => ({ body: { v: 1, id } satisfies GenerationMessage }));
    try {
      await queue.sendBatch(messages, { delaySeconds });
    } catch (error) {
      logWarning("enqueue_failed", { jobs: messages.length, error: String(error) });
    }
  }
}
