/**
 * The header that makes a browser save a picture under a name (RFC 6266). The name comes from a person's title,
 * so nothing of it gets into the header that could end it, name a folder, or hide the real extension.
 */
import { extensionOf, type ImageFormat } from "./image-facts.ts";

const NAME_MAX_CHARACTERS = 100;
const FALLBACK_NAME = "picture";
/** Controls, formatting (bidirectional overrides), lone surrogates, private and unassigned characters. */
const INVISIBLE_PATTERN = /\p{C}/gu;
/** What some file system reads as a path, a stream or a wildcard, and what the header itself uses. */
const UNSAFE_PATTERN = /[/\\:*?"<>|%;]/g;

/** `filename` may have an extension or not: the one of the format is the last one in any case. */
export function buildContentDisposition(filename: string, format: ImageFormat): string {
  const extension = extensionOf(format);
  const name = cleanName(filename, extension);
  const ascii = cleanName(name.normalize("NFKD").replace(/[^ -~]/g, ""), extension);
  return `attachment; filename="${ascii}${extension}"; filename*=UTF-8''${encodeExtended(name + extension)}`;
}

/** A name without extension that is safe as a file name and never empty. */
function cleanName(raw: string, extension: string): string {
  const spaced = raw.normalize("NFC").replace(/\s/g, " ");
  const visible = spaced.replace(INVISIBLE_PATTERN, "").replace(/ +/g, " ");
  const stem = visible.toLowerCase().endsWith(extension) ? visible.slice(0, -extension.length) : visible;
  const cut = Array.from(stem.replace(UNSAFE_PATTERN, "-")).slice(0, NAME_MAX_CHARACTERS).join("");
  return cut.replace(/^[. ]+|[. ]+$/g, "") || FALLBACK_NAME;
}

/** RFC 8187, section 3.2.1: encodeURIComponent leaves four characters that are not allowed there. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
