/** Something that the person at the terminal can mend. Its message is one clear sentence and is shown without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Runs a script; a refusal becomes its sentence and exit code 1, anything else is a bug and keeps its stack. */
export async function runScript(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
