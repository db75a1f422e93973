/**
 * A form that came after its session had ended: what has to be on the answer so that nothing typed is lost. Never
 * repeats what another site sent, because its person would send that as their own, and never a password.
 */
import { isFromOwnPage } from "../../auth/middleware/same-origin.ts";
import type { AppContext } from "../context.ts";
import { typedValues } from "../views/form-values.ts";
import type { UnsentForm } from "../views/model.ts";
import { readForm } from "./form.ts";

const PLAIN_FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
/** `current` is the password that somebody has, beside a new one or another change. */
const SECRET_NAME = /password|current|token/i;

/** By its name, because what a browser sends doesn't say which field was one for passwords. */
export function isSecretField(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Null when the request was no such form: a script's, one with a file, one with a secret, or somebody else's. */
export async function findUnsentForm(c: AppContext): Promise<UnsentForm | null> {
  const isForm = c.req.method === "POST" && PLAIN_FORM_TYPE.test(c.req.header("Content-Type") ?? "");
  if (!isForm || !isFromOwnPage(c.req.raw.headers, c.get("config").origin)) return null;
  const values = await readForm(c);
  const names = Object.keys(values);
  if (names.some(isSecretField)) return null;
  const fields = names.flatMap((name) => typedValues(values, name).map((value) => [name, value] as const));
  return { action: c.req.path, fields };
}
