/**
 * OpenFeature Remote Evaluation Protocol 0.3.0: outside clients ask for one flag or for all of them. Nothing changes
 * here, so other origins may ask; what they see depends on who they are (flags-caller.ts).
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { AppError } from "../errors.ts";
import { type EvaluationContext, isEvaluationContext } from "../flags/context.ts";
import { isJsonObject } from "../flags/json.ts";
import { RULES_KEY } from "../flags/keys.ts";
import { answerOfrep, isFailure, listEvaluableKeys, notFound, type OfrepFailure } from "../flags/ofrep.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import { matchesIfNoneMatch } from "../r2/http-conditions.ts";
import { fail, type Result, succeed } from "../result.ts";
import type { AppEnv } from "./context.ts";
import { requireSnapshot } from "./flags.ts";
import { buildCallerContext, type FlagCaller, maySee, resolveFlagCaller } from "./flags-caller.ts";

export const OFREP_PATHS = "/ofrep/*";

const BODY_MAX_BYTES = 16 * 1024;
const PREFLIGHT_SECONDS = 3_600;

/** Without credentials: a browser then sends no cookie of ours from another site. */
export const allowOtherOrigins = cors({
  origin: "*",
  allowMethods: ["POST"],
  allowHeaders: ["Authorization", "X-API-Key", "Content-Type", "If-None-Match"],
  exposeHeaders: ["ETag", "Retry-After"],
  maxAge: PREFLIGHT_SECONDS,
});

const limitBody = bodyLimit({
  maxSize: BODY_MAX_BYTES,
  onError: () => {
    throw new AppError("payload_too_large");
  },
});

export const ofrep = new Hono<AppEnv>()
  .post("/ofrep/v1/evaluate/flags/:key", limitBody, async (c) => {
    const caller = await resolveFlagCaller(c);
    const { key } = c.req.param();
    const asked = await readContext(c);
    if (!asked.ok) return c.json({ key, ...asked.error }, 400);
    const snapshot = requireSnapshot(c);
    if (!maySee(caller, snapshot, key)) return c.json(notFound(key), 404);
    const answer = answerOfrep(snapshot, key, buildCallerContext(c, caller, asked.value));
    if (!isFailure(answer)) return c.json(answer);
    return c.json(answer, answer.errorCode === "FLAG_NOT_FOUND" ? 404 : 400);
  })
  .post("/ofrep/v1/evaluate/flags", limitBody, async (c) => {
    const caller = await resolveFlagCaller(c);
    const asked = await readContext(c);
    if (!asked.ok) return c.json(asked.error, 400);
    const snapshot = requireSnapshot(c);
    const context = buildCallerContext(c, caller, asked.value);
    const etag = await computeEtag(snapshot, caller, context);
    if (matchesIfNoneMatch(c.req.header("If-None-Match") ?? null, etag)) {
      return c.body(null, 304, { ETag: etag });
    }
    const keys = listEvaluableKeys(snapshot).filter((key) => maySee(caller, snapshot, key));
    return c.json({ flags: keys.map((key) => answerOfrep(snapshot, key, context)) }, 200, { ETag: etag });
  });

type ContextFault = Omit<OfrepFailure, "key">;

async function readContext(c: Context): Promise<Result<EvaluationContext, ContextFault>> {
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch {
    return fail({ errorCode: "PARSE_ERROR", errorDetails: "The body is not valid JSON." });
  }
  const context = isJsonObject(body) ? (body["context"] ?? {}) : null;
  if (isEvaluationContext(context)) return succeed(context);
  return fail({
    errorCode: "INVALID_CONTEXT",
    errorDetails:
      "Send an object whose context is an object, not too deep, with a targetingKey that is text.",
  });
}

/** Of everything that the answer depends on: the stored flags, what the caller may see, and the whole context. */
async function computeEtag(
  snapshot: FlagSnapshot,
  caller: FlagCaller,
  context: EvaluationContext,
): Promise<string> {
  const rules = snapshot.values[RULES_KEY].value ?? "";
  const dependsOnTime = rules.includes("$flagd") && rules.includes("timestamp");
  const second = dependsOnTime ? Math.floor(Date.now() / 1_000) : null;
  const attributes = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([snapshot.rev, snapshot.environment, caller.seesAll, second, attributes]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `"${Buffer.from(digest).toString("base64url").slice(0, ETAG_CHARACTERS)}"`;
}

const ETAG_CHARACTERS = 24;
