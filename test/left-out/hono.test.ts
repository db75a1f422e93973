/** What stands in for the RegExpRouter: Hono goes on with the other router, as it does without it. */
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { describe, expect, it } from "vitest";
import { RegExpRouter } from "../../src/left-out/hono.ts";

describe("Hono without its RegExpRouter", () => {
  it.each([
    ["/", "/"],
    ["/images/:id", "/images/abc"],
    ["/images/:id{[a-z]+}/*", "/images/abc/original"],
    ["*", "/anything"],
  ])("routes %s by the TrieRouter", (route, path) => {
    const router = new SmartRouter<unknown>({ routers: [new RegExpRouter(), new TrieRouter()] });
    router.add("GET", route, "found");
    expect(router.match("GET", path)[0].map(([handler]) => handler)).toEqual(["found"]);
    expect(router.activeRouter).toBeInstanceOf(TrieRouter);
  });

  it("finds nothing by itself", () => {
    expect(() => new RegExpRouter().match()).toThrow("left out");
  });
});
