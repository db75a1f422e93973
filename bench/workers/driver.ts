/**
 * Sends requests to other Workers: a block of them, a few at a time, reading every answer to its end; or a single one
 * whose answer is handed on.
 */

export interface BlockRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface Block {
  /** The name of a service binding of this Worker. */
  target: string;
  expectedStatus: number;
  requests: BlockRequest[];
}

export interface BlockReport {
  answered: number;
  /** The first answer that wasn't the expected one. */
  unexpected: { status: number; body: string } | null;
}

export interface Question {
  target: string;
  request: BlockRequest;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Requests under way at the same time. */
const LANES = 8;
const BODY_MAX_CHARACTERS = 500;

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/ask") {
      const question = await request.json<Question>();
      return Response.json(await ask(getTarget(env, question.target), question.request));
    }
    const block = await request.json<Block>();
    return Response.json(await drive(getTarget(env, block.target), block));
  },
} satisfies ExportedHandler<Record<string, Fetcher>>;

function getTarget(env: Record<string, Fetcher>, name: string): Fetcher {
  const target = env[name];
  if (target === undefined) throw new Error(`no service ${name}`);
  return target;
}

async function ask(target: Fetcher, request: BlockRequest): Promise<Answer> {
  const response = await send(target, request);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

async function drive(target: Fetcher, block: Block): Promise<BlockReport> {
  const report: BlockReport = { answered: 0, unexpected: null };
  const waiting = block.requests.values();
  const runLane = async () => {
    for (const request of waiting) {
      const response = await send(target, request);
      const text = await response.text();
      report.answered += 1;
      if (response.status === block.expectedStatus) continue;
      report.unexpected ??= { status: response.status, body: text.slice(0, BODY_MAX_CHARACTERS) };
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
  return report;
}

function send(target: Fetcher, { url, method, headers, body }: BlockRequest): Promise<Response> {
  return target.fetch(url, { method, headers, body, redirect: "manual" });
}
