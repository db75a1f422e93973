/** Reads a posted form: text fields as they were typed, and a file where a form has one. */
import { AppError, type FieldError } from "../../errors.ts";
import type { AppContext } from "../context.ts";
import type { FieldErrors, FormValues } from "../views/model.ts";

const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

export async function readForm(c: AppContext): Promise<FormValues> {
  const fields = await parseFields(c);
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string") values[name] = value;
    else if (Array.isArray(value)) values[name] = value.filter((item) => typeof item === "string");
  }
  return values;
}

/** The bytes of one file; none for a form without it, which no picture is. */
export async function readFile(c: AppContext, name: string): Promise<Uint8Array> {
  const fields = await parseFields(c);
  const file = fields[name];
  return file instanceof File ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
}

async function parseFields(c: AppContext): Promise<Record<string, unknown>> {
  if (!FORM_TYPE.test(c.req.header("Content-Type") ?? "")) throw new AppError("unsupported_media_type");
  try {
    return await c.req.parseBody({ all: true });
  } catch (cause) {
    throw new AppError("malformed_body", {
      detail: "The form could not be read. Nothing was changed.",
      cause,
    });
  }
}

/** One sentence per field for the form; an error inside a list belongs to the list's field. */
export function toFieldErrors(errors: readonly FieldError[]): FieldErrors {
  const byField: Record<string, string> = {};
  for (const { field, message } of errors) byField[field.replace(/\.\d+$/, "")] ??= message;
  return byField;
}

/** `//host` and `/\host` are other sites to a browser. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x7e]*$/;

/**
 * Where to go after signing in: a path of this site, or the start page. What is judged is the address that a browser
 * makes of it, because `/.//host` has no dots any more when it gets there.
 */
export function parseNextPath(text: string, origin: string): string {
  if (!OWN_PATH.test(text) || !URL.canParse(text, origin)) return "/";
  const url = new URL(text, origin);
  const path = url.pathname + url.search;
  return url.origin === origin && OWN_PATH.test(path) ? path : "/";
}
