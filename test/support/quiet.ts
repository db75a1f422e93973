/** Tests that break things hundreds of times keep the log to themselves, so that what matters can be seen. */
import { afterAll, beforeAll, vi } from "vitest";

export function keepLogQuiet(): void {
  beforeAll(() => {
    for (const level of ["log", "warn", "error"] as const)
      vi.spyOn(console, level).mockReturnValue(undefined);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
}
