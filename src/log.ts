/**
 * One JSON object a line, so that a log service can search by field.
 * Callers pass facts by name and never a secret, a token, a prompt or a whole address.
 */

export type LogFields = Record<string, string | number | boolean | null | undefined>;

export function logInfo(event: string, fields: LogFields = {}): void {
  write("info", event, fields);
}

export function logWarning(event: string, fields: LogFields = {}): void {
  write("warning", event, fields);
}

/** An operator has to do something: the provider's wallet is empty, a key is refused, money disagrees. */
export function logAlarm(event: string, fields: LogFields = {}): void {
  write("alarm", event, fields);
}

export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  write("error", event, { ...fields, ...describeError(error) });
}

/** Name, message and stack of an error and its cause, cut to a bounded length. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) {
    return { error: String(error).slice(0, ERROR_TEXT_MAX_CHARACTERS) };
  }
  const cause = error.cause instanceof Error ? `${labelOf(error.cause)}: ${error.cause.message}` : undefined;
  // A stack begins with the whole message; here only the frames are wanted.
  const frames = error.stack?.replace(error.message, "");
  return {
    error: `${labelOf(error)}: ${readMessage(error)}`.slice(0, ERROR_TEXT_MAX_CHARACTERS),
    cause: cause?.slice(0, ERROR_TEXT_MAX_CHARACTERS),
    stack: frames?.slice(0, STACK_MAX_CHARACTERS),
  };
}

/** In the deployed bundle a class's own name is one or two letters; a type or code beside it says the same everywhere. */
function labelOf(error: Error): string {
  if ("type" in error && typeof error.type === "string") return error.type;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name;
}

/** Drizzle puts a query's parameters into the message of its error: addresses, hashes. The query alone says enough. */
function readMessage(error: Error): string {
  const isQueryError = "params" in error && "query" in error && typeof error.query === "string";
  return isQueryError ? `failed query: ${error.query}` : error.message;
}

const ERROR_TEXT_MAX_CHARACTERS = 500;
const STACK_MAX_CHARACTERS = 2_000;

function write(level: "info" | "warning" | "alarm" | "error", event: string, fields: LogFields): void {
  const line = JSON.stringify({ level, event, at: new Date().toISOString(), ...fields });
  if (level === "info") console.log(line);
  else if (level === "warning") console.warn(line);
  else console.error(line);
}
