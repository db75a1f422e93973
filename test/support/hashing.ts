/** What passwords cost: every slow hash that is made while a test looks. */
import crypto from "node:crypto";
import { onTestFinished, vi } from "vitest";

/** The parameters of each hash since then, in order, until the test is over. */
export function watchHashing(): () => unknown[] {
  const scrypt = vi.spyOn(crypto, "scryptSync");
  onTestFinished(() => scrypt.mockRestore());
  return () => scrypt.mock.calls.map(([_password, _salt, keyBytes, options]) => ({ keyBytes, ...options }));
}
