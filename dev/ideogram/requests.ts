/** Reads the body of a generate request, JSON or multipart, into values and pictures. */

import { fail, type Result, succeed } from "../../src/result.ts";
import { readImageHeader } from "./image-header.ts";
import type { Model, Refusal, Uploads } from "./models/model.ts";

export interface RequestBody {
  values: Record<string, unknown>;
  uploads: Uploads;
}

const FILE_MAX_BYTES = 25 * 1024 * 1024;
/** Six full files and their fields. */
export const BODY_MAX_BYTES = 160 * 1024 * 1024;

const INTEGER_FIELDS = new Set(["num_images", "seed"]);
const BOOLEAN_FIELDS = new Set(["async", "private", "enable_copyright_detection"]);
const JSON_FIELDS = new Set([
  "color_palette",
  "image_asset_identifiers",
  "style_reference_asset_identifiers",
]);
/** A field that may be repeated. */
const LIST_FIELDS = new Set(["style_codes"]);

export async function readBody(request: Request, model: Model): Promise<Result<RequestBody, Refusal>> {
  const contentType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (contentType === "application/json") return await readJson(request);
  const takesFiles = Object.keys(model.files).length > 0;
  if (contentType === "multipart/form-data" && takesFiles) return await readMultipart(request, model);
  const expected = takesFiles ? "application/json or multipart/form-data" : "application/json";
  return refuse(`Invalid Content-type (${contentType || "none"}), expected ${expected}`);
}

async function readJson(request: Request): Promise<Result<RequestBody, Refusal>> {
  const parsed = parseJson(await request.text());
  if (!parsed.ok || !isRecord(parsed.value)) return refuse("Request body is not a valid JSON object");
  return succeed({ values: parsed.value, uploads: {} });
}

async function readMultipart(request: Request, model: Model): Promise<Result<RequestBody, Refusal>> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    // The runtime says only that it could not parse; so does the provider.
    return refuse("Request body is not valid multipart/form-data");
  }
  const values: Record<string, unknown> = {};
  const uploads: Record<string, Uploads[string]> = {};
  for (const name of new Set(form.keys())) {
    const parts = form.getAll(name);
    const files = parts.filter((part) => part instanceof File);
    if (files.length === 0) {
      const texts = parts.filter((part) => typeof part === "string");
      values[name] = LIST_FIELDS.has(name) ? texts : parseScalar(name, texts.at(-1) ?? "");
      continue;
    }
    const headers = await readFiles(name, files, model.files[name] ?? 0);
    if (!headers.ok) return headers;
    uploads[name] = headers.value;
  }
  return succeed({ values, uploads });
}

async function readFiles(
  name: string,
  files: readonly File[],
  max: number,
): Promise<Result<Uploads[string], Refusal>> {
  if (max === 0) return refuse(`Additional properties are not allowed ('${name}' was unexpected)`);
  if (files.length > max) return refuse(`At most ${max} files are allowed - '${name}'`);
  const headers: Uploads[string][number][] = [];
  for (const file of files) {
    if (file.size > FILE_MAX_BYTES) return refuse(`File is larger than 25 MB - '${name}'`);
    const header = readImageHeader(new Uint8Array(await file.arrayBuffer()));
    if (header === null) return refuse(`File is not a JPEG, PNG or WEBP image - '${name}'`);
    headers.push(header);
  }
  return succeed(headers);
}

/** A text part as the value that JSON would have carried; what does not fit stays text and fails its check. */
function parseScalar(name: string, text: string): unknown {
  if (INTEGER_FIELDS.has(name) && /^-?\d+$/.test(text)) return Number(text);
  if (BOOLEAN_FIELDS.has(name) && (text === "true" || text === "false")) return text === "true";
  if (!JSON_FIELDS.has(name)) return text;
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** Parses JSON; a syntax error is an expected outcome here. */
export function parseJson(text: string): Result<unknown, string> {
  try {
    return succeed(JSON.parse(text));
  } catch (error) {
    return fail(String(error));
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(message: string): { ok: false; error: Refusal } {
  return fail({ kind: "schema", message });
}
