/** The Retry-After header (RFC 9110, section 10.2.3) as a bounded wait. */

/**
 * Whole seconds to wait, from 1 to RETRY_AFTER_MAX_SECONDS, or null when the header is absent or unreadable.
 * The header is a number of seconds or an HTTP date. `now` is milliseconds UTC.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const value = header?.trim() ?? "";
  if (/^\d+$/.test(value)) return bound(Number(value));
  if (!HTTP_DATE.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : bound(Math.ceil((at - now) / MS_PER_SECOND));
}

/** A longer wait than this is cut: the job's own age limit decides when waiting ends. */
export const RETRY_AFTER_MAX_SECONDS = 120;

const MS_PER_SECOND = 1_000;
// Date.parse alone would also take "-5" or "2", and give a year.
const HTTP_DATE = /^[A-Z][a-z]{2,8}, .+ GMT$/;

function bound(seconds: number): number {
  return Math.min(Math.max(seconds, 1), RETRY_AFTER_MAX_SECONDS);
}
