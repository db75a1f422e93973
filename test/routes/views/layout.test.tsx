/** The frame around every page: who sees which way, what is current, and what the last request said. */
import { describe, expect, it } from "vitest";
import { ErrorPage, NotFoundPage } from "../../../src/routes/views/error-page.tsx";
import { Page } from "../../../src/routes/views/layout.tsx";
import type { Frame, Role } from "../../../src/routes/views/model.ts";
import { attribute, type Element, readElements, render } from "./markup.ts";
import { frameFor, VIEWER } from "./samples.tsx";

async function renderPage(frame: Frame): Promise<Element[]> {
  return readElements(
    await render(
      <Page {...frame} title="Gallery" current="gallery">
        <h1>Gallery</h1>
      </Page>,
    ),
  );
}

function navigation(elements: readonly Element[]): string[] {
  return elements
    .filter((element) => attribute(element, "class") === "nav-link")
    .flatMap((element) => attribute(element, "href") ?? []);
}

describe("the navigation", () => {
  it("offers signing in to someone who isn't, and no way out", async () => {
    const elements = await renderPage(frameFor(null));
    expect(navigation(elements)).toEqual(["/create", "/signin"]);
    expect(elements.some((element) => attribute(element, "action") === "/signout")).toBe(false);
  });

  it.each<[Role, string[]]>([
    ["USER", ["/create", "/gallery", "/account"]],
    ["ADMIN", ["/create", "/gallery", "/account", "/admin"]],
    ["HERO", ["/create", "/gallery", "/account", "/admin"]],
  ])("shows a %s what there is for them", async (role, expected) => {
    expect(navigation(await renderPage(frameFor({ ...VIEWER, role })))).toEqual(expected);
  });

  it("marks the page that is on", async () => {
    const elements = await renderPage(frameFor(VIEWER));
    const current = elements.filter((element) => attribute(element, "aria-current") === "page");
    expect(current.map((element) => attribute(element, "href"))).toEqual(["/gallery"]);
  });

  it("signs out by POST", async () => {
    const elements = await renderPage(frameFor(VIEWER));
    const form = elements.find((element) => attribute(element, "action") === "/signout");
    expect(form && attribute(form, "method")).toBe("post");
  });
});

describe("the frame", () => {
  it("shows name, credits and credits set aside, as text", async () => {
    const html = await render(
      <Page {...frameFor({ ...VIEWER, name: "<b>Ines</b>" })} title="<Gallery>" current="gallery">
        <h1>Gallery</h1>
      </Page>,
    );
    expect(html).toContain("&lt;b&gt;Ines&lt;/b&gt;");
    expect(html).toContain("<title>&lt;Gallery&gt; · Eventide</title>");
    expect(html).not.toContain("<b>Ines");
    const elements = await readElements(html);
    const badge = elements.find((element) => attribute(element, "class") === "credits-badge");
    expect(badge?.text).toBe("7 credits +3 set aside");
  });

  it.each([
    ["error", "alert"],
    ["success", "status"],
    ["info", "status"],
    ["warning", "status"],
  ] as const)("announces a notice of the kind %s as %s", async (kind, role) => {
    const elements = await renderPage(frameFor(VIEWER, { notice: { kind, text: "It is done & dusted." } }));
    const notice = elements.find((element) => attribute(element, "class") === `notice notice-${kind}`);
    expect(notice && attribute(notice, "role")).toBe(role);
    expect(notice?.text).toBe("It is done & dusted.");
  });

  it("switches motion off when it is told to", async () => {
    const [on] = await renderPage(frameFor(null));
    const [off] = await renderPage(frameFor(null, { animations: false }));
    expect(on && attribute(on, "data-animations")).toBe("on");
    expect(off && attribute(off, "data-animations")).toBe("off");
  });

  it("names the build, and makes a new one a new address for scripts and styles", async () => {
    const elements = await renderPage(frameFor(null, { build: { version: "1.2.3", commit: "a b&c" } }));
    const loaded = elements.flatMap(
      (element) => attribute(element, "src") ?? attribute(element, "href") ?? [],
    );
    expect(loaded).toContain("/app.css?v=a%20b%26c");
    expect(loaded).toContain("/scripts/common.js?v=a%20b%26c");
    expect(elements.find(({ tag }) => tag === "footer")?.text).toContain("Eventide 1.2.3");
  });
});

describe("an error page", () => {
  const facts = {
    title: "Please sign in",
    detail: "This needs a signed-in <person>.",
    code: "unauthenticated",
    requestId: "01k9zq3v7x2m4n6p8r0s2t4v6w",
    timestamp: "2026-11-22T18:05:30.000Z",
  };

  it("says what happened, and gives what leads to the log", async () => {
    const elements = await readElements(
      await render(
        <ErrorPage
          {...facts}
          frame={frameFor(VIEWER)}
          status={422}
          errors={[{ field: "count", message: "At most <8>." }]}
        />,
      ),
    );
    const text = elements.find(({ tag }) => tag === "main")?.text ?? "";
    for (const part of ["signed-in <person>", "unauthenticated", facts.requestId, "count", "At most <8>."]) {
      expect(text).toContain(part);
    }
    const time = elements.find(({ tag }) => tag === "time");
    expect(time && attribute(time, "datetime")).toBe(facts.timestamp);
    expect(time?.text).toBe("22 Nov 2026, 18:05 UTC");
  });

  it.each([
    [401, null, ["/signin", "/"]],
    [401, VIEWER, ["/signin", "/"]],
    [404, null, ["/signin", "/"]],
    [503, null, ["/"]],
    [500, VIEWER, ["/", "/create"]],
    [403, VIEWER, ["/", "/create"]],
  ])("with status %i leads on to what may help", async (status, viewer, expected) => {
    const elements = await readElements(
      await render(<ErrorPage {...facts} frame={frameFor(viewer)} status={status} />),
    );
    const links = elements.filter((element) => attribute(element, "class")?.startsWith("button "));
    const next = links.flatMap((element) => attribute(element, "href") ?? []);
    expect(next).toEqual(expected);
  });

  it("of a wrong setting leads to the report that names it, as no other page would answer", async () => {
    const elements = await readElements(
      await render(<ErrorPage {...facts} code="misconfigured" frame={frameFor(null)} status={503} />),
    );
    const links = elements.filter((element) => attribute(element, "class")?.startsWith("button "));
    expect(links.map((element) => attribute(element, "href"))).toEqual(["/api/health"]);
  });

  it("for an address where nothing is has no log entry to quote", async () => {
    const html = await render(<NotFoundPage frame={frameFor(VIEWER)} />);
    expect(html).toContain("There is nothing at this address");
    expect(html).not.toContain("Request");
  });
});
