/** Gives every request an id and one log line: method, route, status, duration, and which check refused. */
import type { MiddlewareHandler } from "hono";
import { newId } from "../../ids.ts";
import { logInfo } from "../../log.ts";
import type { AppEnv } from "../context.ts";

export function logRequests(): MiddlewareHandler<AppEnv> {
  return async function requestLog(c, next) {
    const startedAt = Date.now();
    const requestId = newId(startedAt);
    c.set("requestId", requestId);
    await next();
    c.res.headers.set("X-Request-Id", requestId);
    logInfo("request", {
      requestId,
      method: c.req.method,
      route: c.get("route"),
      status: c.res.status,
      durationMs: Date.now() - startedAt,
      userId: c.get("principal")?.id,
      refusal: c.get("refusal"),
    });
  };
}
