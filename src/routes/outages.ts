/**
 * Which errors mean that something we depend on doesn't answer, or not yet with the schema that this code needs. That
 * is no fault in this code and passes: 503, not 500. It knows texts only, for the runtime gives nothing else.
 */

/** What a statement of ours did wrong; D1 answered. */
const OWN_FAULT = /SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)|D1_TYPE_ERROR/;
/** A migration that has not been applied yet: health says so as well. */
const SCHEMA_BEHIND = /no such (?:table|column)|has no column named/;
/** R2, KV, Queues and fetch say it in their own words. */
const NO_ANSWER =
  /Network connection lost|internal error|overloaded|timed? ?out|was reset|fetch failed|please try again/i;

export function isOutage(error: Error): boolean {
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return [error.message, cause].some(isOutageText);
}

function isOutageText(text: string): boolean {
  if (SCHEMA_BEHIND.test(text)) return true;
  if (OWN_FAULT.test(text)) return false;
  return text.startsWith("D1_") || NO_ANSWER.test(text);
}
