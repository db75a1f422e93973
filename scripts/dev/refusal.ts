/** Something that the person at the terminal can mend. Its message is one clear sentence and is shown without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/**
 * Runs a script; a refusal, or an option that there isn't, becomes its sentence and exit code 1. Anything else is a bug
 * and keeps its stack.
 */
export async function runScript(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refusal || isMistyped(error))) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** What parseArgs of Node.js throws for a command line that it can't read. */
function isMistyped(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
