/**
 * A person's pictures as a ZIP file, packed while they are read: one chunk of one picture is all that is in memory.
 * Pictures are compressed already, so they are stored as they are.
 */
import { Zip, ZipPassThrough } from "fflate";
import type { ExportPicture } from "../db/export.ts";
import { logAlarm } from "../log.ts";
import { extensionOf } from "../r2/image-facts.ts";
import { findObjectBody } from "../r2/objects.ts";

/** Two gigabytes at the most, which every program that reads ZIP files can read. */
export const PICTURES_PER_ARCHIVE = 100;
const MISSING_NOTE = "MISSING.txt";

/** The archive's bytes. A picture whose object is missing is named in a note instead of being left out silently. */
export function packPictures(
  bucket: R2Bucket,
  pictures: readonly ExportPicture[],
): ReadableStream<Uint8Array> {
  const packing = pack(bucket, pictures);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await packing.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await packing.return();
    },
  });
}

async function* pack(
  bucket: R2Bucket,
  pictures: readonly ExportPicture[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    ready.push(chunk);
  });
  const missing: string[] = [];
  for (const picture of pictures) {
    const found = await findObjectBody(bucket, picture.key);
    if (found === null) {
      logAlarm("export_without_object", { imageId: picture.id });
      missing.push(`${picture.id} ${picture.title}`);
      continue;
    }
    const file = startFile(zip, nameOf(picture), picture.createdAt);
    for await (const chunk of found.body) {
      file.push(chunk);
      yield* ready.splice(0);
    }
    file.push(new Uint8Array(), true);
  }
  if (missing.length > 0) addNote(zip, missing);
  zip.end();
  yield* ready.splice(0);
}

function startFile(zip: Zip, name: string, createdAt: number): ZipPassThrough {
  const file = new ZipPassThrough(name);
  file.mtime = createdAt;
  zip.add(file);
  return file;
}

function addNote(zip: Zip, missing: readonly string[]): void {
  const text = `These pictures could not be read. We have been told.\n\n${missing.join("\n")}\n`;
  startFile(zip, MISSING_NOTE, Date.now()).push(new TextEncoder().encode(text), true);
}

/** Day and id: no title, which could be a path. */
function nameOf(picture: ExportPicture): string {
  const day = new Date(picture.createdAt).toISOString().slice(0, 10);
  return `${day}-${picture.id}${extensionOf(picture.format)}`;
}
