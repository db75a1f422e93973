/** The one place where an error becomes an answer: problem+json for programs, a page with the same facts for people. */
import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { NO_SESSION } from "../auth/middleware/guard-routes.ts";
import { AppError, buildProblem, type Problem } from "../errors.ts";
import { logError } from "../log.ts";
import { ROUTES } from "./access.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { buildFrame } from "./frame.ts";
import { isOutage } from "./outages.ts";
import { findUnsentForm } from "./pages/unsent-form.ts";
import { ErrorPage, NotFoundPage } from "./views/error-page.tsx";

export const renderError: ErrorHandler<AppEnv> = (error, c) => {
  const appError = toAppError(error);
  if (appError.code === "internal" || appError.code === "unavailable") {
    logError("request_failed", error, {
      requestId: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
    });
  }
  c.set("refusal", appError.reason ?? appError.code);
  const problem = buildProblem(appError, c.get("requestId"), Date.now());
  const response = wantsPage(c) ? renderPage(c, problem, appError) : c.json(problem);
  return withProblemHeaders(response, problem, appError.headers);
};

function toAppError(error: Error): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException && error.status === 413) return new AppError("payload_too_large");
  if (isOutage(error)) return new AppError("unavailable", { cause: error });
  return new AppError("internal", { cause: error });
}

const API_PATH = /^\/(?:api|ofrep)\//;
const BYTES_PATHS = ROUTES.filter(({ kind }) => kind === "bytes").map(
  ({ path }) => new RegExp(`^${path.replaceAll(/:[a-z]+/g, "[^/]+")}$`),
);

/** A form may be sent to the address of a picture, and then a page answers. */
function isForBytes(c: AppContext): boolean {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") return false;
  return BYTES_PATHS.some((pattern) => pattern.test(c.req.path));
}

/** Pages answer in HTML unless the caller asks for JSON only; the API and the bytes never answer in HTML. */
function wantsPage(c: AppContext): boolean {
  if (API_PATH.test(c.req.path) || isForBytes(c)) return false;
  const accept = c.req.header("Accept") ?? "";
  return accept.includes("text/html") || !accept.includes("json");
}

async function renderPage(c: AppContext, problem: Problem, error: AppError): Promise<Response> {
  const frame = buildFrame(c, null);
  if (problem.code === "not_found") return c.html(<NotFoundPage frame={frame} />);
  const unsent = error.reason === NO_SESSION ? await findUnsentForm(c) : null;
  return c.html(<ErrorPage frame={frame} {...problem} unsent={unsent} />);
}

async function withProblemHeaders(
  response: Response | Promise<Response>,
  problem: Problem,
  headers: Record<string, string>,
): Promise<Response> {
  const rendered = await response;
  const answer = new Response(rendered.body, { status: problem.status, headers: rendered.headers });
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
    answer.headers.set("Content-Type", "application/problem+json");
  }
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
