/**
 * Takes the place of Hono's RegExpRouter (wrangler.toml, [alias]). Hono tries it first and, because it can't tell all
 * routes of this product apart, goes on with its TrieRouter. This one says so at once, whatever the routes are.
 */
import { type Router, UnsupportedPathError } from "hono/router";

export class RegExpRouter implements Router<unknown> {
  readonly name = "RegExpRouter";

  add(): never {
    throw new UnsupportedPathError("The RegExpRouter is left out");
  }

  match(): never {
    throw new UnsupportedPathError("The RegExpRouter is left out");
  }
}
