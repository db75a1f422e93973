/**
 * Takes the place of @openfeature/core (wrangler.toml, [alias]), of which flagd-core uses two tables of words, two
 * errors and a logger that it is never given the chance to use: ours is always passed in.
 */

export const ErrorCode = {
  PROVIDER_NOT_READY: "PROVIDER_NOT_READY",
  PROVIDER_FATAL: "PROVIDER_FATAL",
  FLAG_NOT_FOUND: "FLAG_NOT_FOUND",
  PARSE_ERROR: "PARSE_ERROR",
  TYPE_MISMATCH: "TYPE_MISMATCH",
  TARGETING_KEY_MISSING: "TARGETING_KEY_MISSING",
  INVALID_CONTEXT: "INVALID_CONTEXT",
  GENERAL: "GENERAL",
} as const;

export const StandardResolutionReasons = {
  TARGETING_MATCH: "TARGETING_MATCH",
  SPLIT: "SPLIT",
  DISABLED: "DISABLED",
  DEFAULT: "DEFAULT",
  UNKNOWN: "UNKNOWN",
  STATIC: "STATIC",
  CACHED: "CACHED",
  ERROR: "ERROR",
  STALE: "STALE",
} as const;

export class GeneralError extends Error {
  readonly code = ErrorCode.GENERAL;
}

export class ParseError extends Error {
  readonly code = ErrorCode.PARSE_ERROR;
}

type Log = (...words: unknown[]) => void;

/** The logger that is passed in, as it is. */
export class SafeLogger {
  readonly error: Log;
  readonly warn: Log;
  readonly info: Log;
  readonly debug: Log;

  constructor(logger: Record<"error" | "warn" | "info" | "debug", Log>) {
    this.error = logger.error;
    this.warn = logger.warn;
    this.info = logger.info;
    this.debug = logger.debug;
  }
}

export class DefaultLogger {
  constructor() {
    throw new Error("@openfeature/core is left out: pass a logger");
  }
}
