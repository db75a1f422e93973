/** What holds for every page, whatever it is about: the security policy's rules and the basics of accessibility. */
import { describe, expect, it } from "vitest";
import { isSecretField } from "../../../src/routes/pages/unsent-form.ts";
import { attribute, byId, type Element, isInside, readElements, render } from "./markup.ts";
import { PAGES } from "./samples.tsx";

const pages = await Promise.all(
  Object.entries(PAGES).map(async ([name, view]) => {
    const html = await render(view);
    return { name, html, elements: await readElements(html) };
  }),
);

const CONTROLS = new Set(["input", "select", "textarea"]);
const ADDRESS_ATTRIBUTES = ["href", "src", "action", "formaction"];

function isShownControl(element: Element): boolean {
  const isHidden = attribute(element, "type") === "hidden" || element.attributes.has("hidden");
  return CONTROLS.has(element.tag) && !isHidden;
}

describe.each(pages)("page: $name", ({ html, elements }) => {
  it("is a whole document in its language, with one h1 and a title", () => {
    expect(html.startsWith("<!DOCTYPE html>")).toBe(true);
    expect(elements.filter(({ tag }) => tag === "h1")).toHaveLength(1);
    expect(elements.find(({ tag }) => tag === "title")?.text).toMatch(/Eventide/);
    const root = elements.find(({ tag }) => tag === "html");
    expect(root && attribute(root, "lang")).toBe("en-GB");
  });

  it("has no inline style, no inline script and no event attribute", () => {
    expect(elements.filter(({ tag }) => tag === "style")).toEqual([]);
    for (const element of elements) {
      expect(
        [...element.attributes.keys()].filter((name) => name === "style" || name.startsWith("on")),
      ).toEqual([]);
      if (element.tag === "script") expect(attribute(element, "src")).toMatch(/^\/scripts\//);
    }
  });

  it("names addresses of this site only", () => {
    for (const element of elements) {
      for (const name of ADDRESS_ATTRIBUTES) {
        const address = attribute(element, name);
        if (address !== undefined) expect(address).toMatch(/^(\/(?!\/)|#)/);
      }
    }
  });

  it("uses every id once, and points to ids that exist", () => {
    const ids = elements.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const element of elements) {
      for (const name of ["for", "aria-describedby", "aria-labelledby"]) {
        const missing = (attribute(element, name) ?? "")
          .split(" ")
          .filter((id) => id !== "" && byId(elements, id) === undefined);
        expect(missing).toEqual([]);
      }
    }
  });

  it("names every field for a password so that it is never repeated", () => {
    const passwords = elements.filter((element) => attribute(element, "type") === "password");
    for (const field of passwords) expect(attribute(field, "name")).toSatisfy(isSecretField);
  });

  it("labels every control", () => {
    const labelled = new Set(
      elements.filter(({ tag }) => tag === "label").map((label) => attribute(label, "for")),
    );
    const unlabelled = elements.filter(
      (element) =>
        isShownControl(element) &&
        !isInside(element, "label") &&
        !labelled.has(attribute(element, "id") ?? ""),
    );
    expect(unlabelled.map((element) => attribute(element, "name"))).toEqual([]);
  });

  it("reserves the room of every picture and describes it", () => {
    for (const image of elements.filter(({ tag }) => tag === "img")) {
      expect(Number(attribute(image, "width"))).toBeGreaterThan(0);
      expect(Number(attribute(image, "height"))).toBeGreaterThan(0);
      expect(attribute(image, "alt")).toBeDefined();
    }
  });

  it("changes things by POST only, with buttons that have words", () => {
    for (const form of elements.filter(({ tag }) => tag === "form")) {
      expect(["post", "get"]).toContain(attribute(form, "method"));
      if (attribute(form, "method") === "get") expect(attribute(form, "class")).toBe("filters");
    }
    for (const button of elements.filter(({ tag }) => tag === "button")) {
      expect(button.text.trim()).not.toBe("");
      expect(attribute(button, "type")).toBe("submit");
    }
  });

  it("can be reached past the header, and leaves out no level of heading", () => {
    const skip = elements.find(({ tag }) => tag === "a");
    expect(skip && attribute(skip, "href")).toBe("#content");
    expect(byId(elements, "content")?.tag).toBe("main");
    const levels = elements.filter(({ tag }) => /^h[1-6]$/.test(tag)).map(({ tag }) => Number(tag.slice(1)));
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });
});
