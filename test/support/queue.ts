/** A queue that records what was sent, so that a test decides what is delivered, when and how often. */
import type { GenerationMessage } from "../../src/generations/message.ts";

export interface RecordingQueue {
  queue: Queue<GenerationMessage>;
  sent: GenerationMessage[];
}

export function recordingQueue(options: { fails?: boolean } = {}): RecordingQueue {
  const sent: GenerationMessage[] = [];
  const record = (bodies: GenerationMessage[]): void => {
    if (options.fails === true) throw new Error("queue unavailable");
    sent.push(...bodies);
  };
  const queue = {
    send: async (body: GenerationMessage) => record([body]),
    sendBatch: async (messages: Iterable<MessageSendRequest<GenerationMessage>>) =>
      record(Array.from(messages, (message) => message.body)),
  };
  return { queue: queue as unknown as Queue<GenerationMessage>, sent };
}
