/**
 * A small provider for tests of jobs: everything succeeds at once unless a script says otherwise.
 * It counts what it was asked and what it would bill, which is how a test sees that nothing is bought twice.
 */
import type { IdeogramSettings } from "../../src/ideogram/settings.ts";
import { buildPng } from "../r2/fixtures.ts";
import { createDeadlines } from "./deadlines.ts";

/** At once. */
export type QuickAnswer = (request: Request) => Response | Promise<Response>;
/** One that keeps its caller waiting calls `passDeadline`, because no deadline runs out by itself. */
export type Answer = (request: Request, passDeadline: () => void) => Response | Promise<Response>;

export interface TestProvider {
  settings: IdeogramSettings;
  /** Answers for the next requests of each kind; when they are used up, the provider is well again. */
  script: { submit: Answer[]; poll: Answer[]; picture: Answer[] };
  /** Answers for every request of a kind that has no scripted one left. */
  always: { submit?: Answer; poll?: Answer; picture?: Answer };
  seen: { submits: number; polls: number; downloads: number };
  /** The prompt of each purchase that was accepted, which the provider bills. */
  bought: string[];
  /** Accepts a purchase, as a well provider does. */
  accept: QuickAnswer;
}

/** The right shape for 1024 × 1024, and few bytes. */
export const PICTURE = buildPng({ width: 512, height: 512, colourType: 0, bitDepth: 1 });
export const PICTURE_URL = "https://pictures.test/picture.png";

export function createProvider(): TestProvider {
  const deadlines = createDeadlines();
  const provider: TestProvider = {
    settings: {
      fetch: (request) => answerRequest(provider, request, deadlines.pass),
      startDeadline: deadlines.start,
      baseUrl: "https://provider.test",
      apiKey: "test-key",
      imageHosts: [{ hostname: "pictures.test", isWildcard: false, port: null }],
      allowHttpLoopback: false,
    },
    script: { submit: [], poll: [], picture: [] },
    always: {},
    seen: { submits: 0, polls: 0, downloads: 0 },
    bought: [],
    accept: async (request) => {
      provider.bought.push(await readPrompt(request));
      return Response.json({ generation_id: `bought-${crypto.randomUUID()}`, seed: 4711 });
    },
  };
  return provider;
}

async function answerRequest(
  provider: TestProvider,
  request: Request,
  passDeadline: () => void,
): Promise<Response> {
  const { script, always, seen } = provider;
  if (request.method === "POST") {
    seen.submits++;
    return (script.submit.shift() ?? always.submit ?? provider.accept)(request, passDeadline);
  }
  if (new URL(request.url).host === "provider.test") {
    seen.polls++;
    return (script.poll.shift() ?? always.poll ?? answerCompleted)(request, passDeadline);
  }
  seen.downloads++;
  return (script.picture.shift() ?? always.picture ?? answerPicture)(request, passDeadline);
}

export async function readPrompt(request: Request): Promise<string> {
  const { prompt } = await request.clone().json<{ prompt: string }>();
  return prompt;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): QuickAnswer {
  return () => Response.json(body, { status, headers });
}

export const pending: QuickAnswer = (request) =>
  Response.json({ generation_id: request.url.split("/").at(-1), status: "pending" });

/** Completed, with one picture; `changes` bend it. */
export function completed(changes: Record<string, unknown> = {}): QuickAnswer {
  return (request) =>
    Response.json({
      generation_id: request.url.split("/").at(-1),
      status: "completed",
      data: [
        {
          object_type: "image.generation",
          url: PICTURE_URL,
          resolution: "1024x1024",
          seed: 4711,
          is_image_safe: true,
          ...changes,
        },
      ],
    });
}

const answerCompleted = completed();

export const answerPicture: QuickAnswer = () => picture(PICTURE);

export function picture(bytes: Uint8Array, headers: Record<string, string> = {}): Response {
  return new Response(bytes, { headers: { "Content-Type": "image/png", ...headers } });
}
