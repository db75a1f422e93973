/** Reads a posted form: text fields as they were typed, and a file where a form has one. Says why one is refused. */
import { AppError, type FieldError, statusOf } from "../../errors.ts";
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
  if (!FORM_TYPE.test(c.req.header("Content-Type") ?? "")) {
    throw new AppError("unsupported_media_type", {
      detail:
        "Send the form as application/x-www-form-urlencoded or multipart/form-data. Nothing was changed.",
    });
  }
  try {
    return await c.req.parseBody({ all: true });
  } catch (cause) {
    throw new AppError("malformed_body", {
      detail: "The form could not be read. Nothing was changed.",
      cause,
    });
  }
}

/** What a form says about its refusal: sentences at its fields, or one above them all. */
export interface Refusal {
  errors: FieldErrors;
  detail: string | undefined;
}

/** Gives the answer the refusal's status and headers, and the log its reason. `renamed` maps the API's names of fields. */
export function refuseForm(
  c: AppContext,
  error: AppError,
  renamed: Readonly<Record<string, string>> = {},
): Refusal {
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  c.set("refusal", error.reason ?? error.code);
  c.status(statusOf(error.code));
  if (error.errors === undefined) return { errors: {}, detail: error.message };
  const errors = error.errors.map(({ field, message }) => ({ field: renamed[field] ?? field, message }));
  return { errors: toFieldErrors(errors), detail: undefined };
}

/** The same for what is wrong with the fields themselves. */
export function refuseFields(c: AppContext, errors: FieldError[]): Refusal {
  return refuseForm(c, new AppError("invalid_request", { errors }));
}

/** One sentence per field for the form; an error inside a list belongs to the list's field. */
function toFieldErrors(errors: readonly FieldError[]): FieldErrors {
  const byField: Record<string, string> = {};
  for (const { field, message } of errors) byField[field.replace(/\.\d+$/, "")] ??= message;
  return byField;
}

/** `//host` and `/\host` are other sites to a browser. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x7e]*$/;
/** It travels sealed in a cookie while somebody is at a provider, and browsers drop cookies of more than 4,096 bytes. */
const NEXT_PATH_MAX_CHARACTERS = 2000;

/**
 * Where to go after signing in: a path of this site, or the start page. What is judged is the address that a browser
 * makes of it, because `/.//host` has no dots any more when it gets there.
 */
export function parseNextPath(text: string, origin: string): string {
  if (!OWN_PATH.test(text) || !URL.canParse(text, origin)) return "/";
  const url = new URL(text, origin);
  const path = url.pathname + url.search;
  const isOwn = url.origin === origin && OWN_PATH.test(path);
  return isOwn && path.length <= NEXT_PATH_MAX_CHARACTERS ? path : "/";
}
