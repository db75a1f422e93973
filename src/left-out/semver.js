/**
 * Takes the place of semver (wrangler.toml, [alias]), of which flagd-core uses three functions. Its index brings all of
 * them along, with ranges and comparators; these are the same functions from their own files.
 */
export { default as coerce } from "../../node_modules/semver/functions/coerce.js";
export { default as compare } from "../../node_modules/semver/functions/compare.js";
export { default as parse } from "../../node_modules/semver/functions/parse.js";
