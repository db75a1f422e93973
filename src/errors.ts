/**
 * Every way in which a request can be refused: code → status → title, and the RFC 9457 body.
 * It knows no framework; routes throw AppError and one renderer (routes/error-renderer.tsx) answers.
 */

export type ErrorCode =
  | "malformed_body"
  | "idempotency_key_required"
  | "unauthenticated"
  | "insufficient_credits"
  | "forbidden"
  | "cross_origin"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "idempotency_key_reused"
  | "payload_too_large"
  | "unsupported_media_type"
  | "range_not_satisfiable"
  | "invalid_request"
  | "too_many_requests"
  | "internal"
  | "feature_disabled"
  | "unavailable"
  | "misconfigured";

export interface FieldError {
  field: string;
  message: string;
}

/** RFC 9457 problem details with this product's three additions: code, requestId and timestamp. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  requestId: string;
  timestamp: string;
  errors?: FieldError[];
}

export interface AppErrorOptions {
  /** A sentence for the person: what happened, whether credits were charged, what to do next. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Which check refused, for the log only. Never a secret, a token, a prompt or an address. */
  reason?: string;
  cause?: unknown;
}

/** The request can't go on. Thrown by handlers and middleware, rendered once. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? defaultDetail(code), { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 405 | 409 | 413 | 415 | 416 | 422 | 429 | 500 | 503;

export function statusOf(code: ErrorCode): ErrorStatus {
  switch (code) {
    case "malformed_body":
    case "idempotency_key_required":
      return 400;
    case "unauthenticated":
      return 401;
    case "insufficient_credits":
      return 402;
    case "forbidden":
    case "cross_origin":
      return 403;
    case "not_found":
      return 404;
    case "method_not_allowed":
      return 405;
    case "conflict":
    case "idempotency_key_reused":
      return 409;
    case "payload_too_large":
      return 413;
    case "unsupported_media_type":
      return 415;
    case "range_not_satisfiable":
      return 416;
    case "invalid_request":
      return 422;
    case "too_many_requests":
      return 429;
    case "internal":
      return 500;
    case "feature_disabled":
    case "unavailable":
    case "misconfigured":
      return 503;
  }
}

export function titleOf(code: ErrorCode): string {
  switch (code) {
    case "malformed_body":
      return "The request could not be read";
    case "idempotency_key_required":
      return "An Idempotency-Key is required";
    case "unauthenticated":
      return "Please sign in";
    case "insufficient_credits":
      return "Not enough credits";
    case "forbidden":
      return "This is not yours to do";
    case "cross_origin":
      return "The request came from another site";
    case "not_found":
      return "Nothing is here";
    case "method_not_allowed":
      return "This address does not do that";
    case "conflict":
      return "That can't be done as things are";
    case "idempotency_key_reused":
      return "This Idempotency-Key was used for something else";
    case "payload_too_large":
      return "The request is too large";
    case "unsupported_media_type":
      return "This content type is not accepted";
    case "range_not_satisfiable":
      return "That part of the picture does not exist";
    case "invalid_request":
      return "Some fields need another look";
    case "too_many_requests":
      return "Too many requests";
    case "internal":
      return "Something broke on our side";
    case "feature_disabled":
      return "This feature is switched off";
    case "unavailable":
      return "Not available right now";
    case "misconfigured":
      return "The service is not set up correctly";
  }
}

function defaultDetail(code: ErrorCode): string {
  switch (code) {
    case "malformed_body":
      return "The body is not valid JSON. Nothing was changed.";
    case "idempotency_key_required":
      return "Send an Idempotency-Key header of 1 to 255 characters, so that a retry can't be applied twice. Nothing was changed.";
    case "unauthenticated":
      return "This needs a signed-in person. Sign in and try again.";
    case "insufficient_credits":
      return "There are not enough credits for this. Nothing was charged.";
    case "forbidden":
      return "Your role does not allow this. Nothing was changed.";
    case "cross_origin":
      return "Requests that change something must come from this site itself. Nothing was changed.";
    case "not_found":
      return "There is nothing at this address, or it is not visible to you.";
    case "method_not_allowed":
      return "This address exists, but not for this method. Nothing was changed.";
    case "conflict":
      return "The state has moved on since. Nothing was changed.";
    case "idempotency_key_reused":
      return "The same Idempotency-Key came with another request before. Use a new key for a new operation. Nothing was changed.";
    case "payload_too_large":
      return "The body is larger than this address accepts. Nothing was changed.";
    case "unsupported_media_type":
      return "Send the body as application/json. Nothing was changed.";
    case "range_not_satisfiable":
      return "The Range header asks for bytes beyond the end.";
    case "invalid_request":
      return "Correct the fields named below and send it again. Nothing was changed.";
    case "too_many_requests":
      return "Wait a little and try again. Nothing was changed.";
    case "internal":
      return "The request failed because of a fault of ours, and it is in our log under the request id below. Before you repeat it, look at your credits and your gallery: they are always right.";
    case "feature_disabled":
      return "An administrator has switched this off for now. Nothing was changed.";
    case "unavailable":
      return "A part that we depend on does not answer. Try again in a minute.";
    case "misconfigured":
      return "A setting is missing or wrong. The operator finds its name in the health report and in the log.";
  }
}

/** Builds the body of an error answer. `timestamp` is milliseconds UTC. */
export function buildProblem(error: AppError, requestId: string, timestamp: number): Problem {
  return {
    type: `urn:eventide:error:${error.code}`,
    title: titleOf(error.code),
    status: statusOf(error.code),
    detail: error.message,
    code: error.code,
    requestId,
    timestamp: new Date(timestamp).toISOString(),
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}
