/**
 * Takes the place of object-hash (wrangler.toml, [alias]), of which flagd-core uses one function, and that only to see
 * whether the definition of a flag has changed. A definition is plain JSON, so its text tells that as well.
 */
export function sha1(definition: unknown): string {
  return JSON.stringify(definition);
}
